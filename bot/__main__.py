"""The command `crossdesk`; `python -m bot` is the same."""

import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Final

import typer

from bot.commands.failure import explained
from bot.commands.given import Config, Data, remember

COMMANDS: Final = {
    "run": "run",
    "chat": "chat",
    "read": "read",
    "subject": "read",
    "due": "due",
    "evaluate": "evaluate",
    "check": "check",
    "agents": "agents",
    "tokens": "tokens",
    "migrate": "store",
    "replay": "store",
}
"""Every command and the module of `bot.commands` that adds it."""


def main() -> None:
    """Carry out the command line of this process and end it: status 0, 1 (check, replay) or 2 (an error)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is no error
    sys.exit(explained(lambda: build(sys.argv[1:])(prog_name="crossdesk")))


def build(arguments: Sequence[str]) -> typer.Typer:
    """The program with the commands that these arguments may mean, or all if they mean none.

    A command's module is imported only when it is called for: `crossdesk due` needs no web server.
    """
    app = typer.Typer(
        name="crossdesk",
        help="Customer support for cross-border shops: one bot, one desk.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common)
    wanted = [word for word in arguments if word in COMMANDS] or list(COMMANDS)
    for module in dict.fromkeys(COMMANDS[name] for name in wanted):
        importlib.import_module(f"bot.commands.{module}").add_to(app)
    return app


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"crossdesk {version('crossdesk')}")
        raise typer.Exit


def _common(
    context: typer.Context,
    *,
    config: Config = None,
    data: Data = None,
    _: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    remember(context, config, data)


if __name__ == "__main__":
    main()
