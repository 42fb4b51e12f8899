"""What we say: every sentence of ours in the customer's language, with its values filled in."""

from bot.wording.catalog import locales_dir
from bot.wording.wording import Wording

__all__ = ["Wording", "locales_dir"]
