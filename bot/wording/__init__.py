"""What we say: every sentence of ours in the customer's language, with its values filled in."""

from bot.wording.catalog import locales_dir
from bot.wording.checking import check
from bot.wording.values import policy_values
from bot.wording.wording import Wording

__all__ = ["Wording", "check", "locales_dir", "policy_values"]
