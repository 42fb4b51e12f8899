"""`crossdesk run`: everything in one process."""

import asyncio
from typing import Annotated

import typer
import uvloop

from bot.app.server import run_server
from bot.commands.given import Config, Data, deployment


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    context: typer.Context,
    *,
    host: Annotated[
        str | None, typer.Option(metavar="H", help="Network address to listen on.", show_default=False)
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="N", help="TCP port to listen on.", show_default=False)
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="P", help="Policy profile.", show_default=False)
    ] = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Run the bot, the desk and the web chat until Ctrl+C or SIGTERM; prints where they are."""
    given: dict[str, dict[str, object]] = {
        "server": {"host": host, "port": port},
        "profile": {"name": profile},
    }
    overrides = {
        section: {key: value for key, value in keys.items() if value is not None}
        for section, keys in given.items()
    }
    here = deployment(context, config, data, overrides=overrides, serving=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_server(here.settings, here.data, here.clock, typer.echo))
