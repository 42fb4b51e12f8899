"""One package for each way in which customers reach us.

A package is a channel when it defines `open_channel(options)`.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from bot.core.ports import Channel
from bot.errors import MisconfiguredError


def names() -> list[str]:
    """Every channel there is, in alphabetical order, whether it is configured or not."""
    return sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))


def open_channel(name: str, options: Mapping[str, Any]) -> Channel:
    """Make the channel `name` ready to run; `options` are the channel's own and described by it.

    Raises MisconfiguredError for a channel that does not exist or an option it cannot use.
    """
    if name not in names():
        raise MisconfiguredError(f"channels.{name}: no such channel; there are {', '.join(names())}")
    opened: Channel = import_module(f"channels.{name}").open_channel(options)
    return opened
