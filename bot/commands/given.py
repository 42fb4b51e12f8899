"""What every command is given: `--config` and `--data`, before or after its name, and what they lead to."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import telemetry
from bot.core.policies import Policies
from bot.core.policy import Policy
from bot.policies.load import load_policies
from bot.settings import Settings, find_file, load_settings, start_clock
from bot.settings.load import Overrides

POLICIES = "policies"
"""Folder in the data folder for the operator's own profiles."""

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        show_default=False,
        help="Settings file (default: crossdesk.toml here or in the data folder, if it is there).",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        show_default=False,
        help="Folder of the database and of all else that is kept (default: data).",
    ),
]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The settings, the data folder and the clock that a command works with."""

    settings: Settings
    data: Path
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Files:
    """Where the settings and the data are."""

    config: Path | None
    data: Path


def remember(context: typer.Context, config: Path | None, data: Path | None) -> None:
    """Keep the options that stand before the command's name."""
    context.obj = (config, data)


def files(context: typer.Context, config: Path | None, data: Path | None) -> Files:
    """The options as given, those after the command's name first."""
    earlier_config, earlier_data = context.obj
    folder = data or earlier_data or Path("data")
    return Files(find_file(config or earlier_config, folder), folder)


def policies(here: Deployment) -> Policies:
    """The policy profile of the settings with its versions. Raises PolicyError, which names file and line."""
    chosen = here.settings.profile.name
    return load_policies(chosen, folder=here.data / POLICIES, operator=here.settings.operator)


def profile(here: Deployment) -> Policy:
    """The version that is in force. Errors as `policies`."""
    return policies(here).now(here.clock())


def deployment(
    context: typer.Context,
    config: Path | None,
    data: Path | None,
    *,
    overrides: Overrides | None = None,
    serving: bool = False,
) -> Deployment:
    """Read the settings and start the clock. Raises MisconfiguredError.

    Only a server (`serving`) tells of its daily business; other commands log no more than warnings, because
    their output is for people or other programs.
    """
    found = files(context, config, data)
    settings = load_settings(found.config, overrides=overrides)
    quiet = not serving and settings.log.level == "info"
    telemetry.set_up(level="warning" if quiet else settings.log.level, style=settings.log.format)
    clock = start_clock(os.environ, production=settings.server.production)
    return Deployment(settings, found.data, clock)
