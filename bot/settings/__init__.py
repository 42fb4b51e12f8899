"""Addresses, switches and secrets of one deployment, read once at the start (docs/settings.md)."""

from bot.settings.cache import models_folder
from bot.settings.clock import CLOCK, start_clock
from bot.settings.load import FILE, BadSettingsError, Fault, find_file, load_settings
from bot.settings.model import Group, Mailbox, Oauth, Section, Settings

__all__ = [
    "CLOCK",
    "FILE",
    "BadSettingsError",
    "Fault",
    "Group",
    "Mailbox",
    "Oauth",
    "Section",
    "Settings",
    "find_file",
    "load_settings",
    "models_folder",
    "start_clock",
]
