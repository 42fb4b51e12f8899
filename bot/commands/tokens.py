"""`crossdesk tokens`: what programs call the API with."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.commands.given import Config, Data, deployment
from bot.commands.table import show
from bot.commands.within import reading, writing
from bot.errors import RefusedError
from bot.store import accounts


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="What programs call the API with.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("revoke")(revoke)
    app.add_typer(group, name="tokens")


def add(
    context: typer.Context,
    *,
    agent: Annotated[str, typer.Option(metavar="NAME", help="Whose name and role the token carries.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Make a token. It is printed alone on the last line, and never again."""
    here = deployment(context, config, data)
    made = asyncio.run(writing(here, _add, agent, here.clock()))
    typer.echo("Keep this token in a safe place; it cannot be shown again.", err=True)
    typer.echo(made)


def _add(connection: Connection, name: str, now: datetime) -> str:
    found = accounts.find_agent(connection, name)
    if found.disabled:
        raise RefusedError(f"{found.name} is locked out: crossdesk agents disable --undo {found.name!r}")
    return accounts.add_token(connection, found.id, now)


def list_(context: typer.Context, *, config: Config = None, data: Data = None) -> None:
    """List all tokens by their numbers; the tokens themselves are stored nowhere."""
    here = deployment(context, config, data)
    tokens = asyncio.run(reading(here, accounts.list_tokens))
    show(
        ("NUMBER", "AGENT", "STATE", "MADE", "LAST USED"),
        [
            (
                str(each.id),
                each.agent_name,
                "revoked" if each.revoked else "valid",
                f"{each.created_at:%Y-%m-%d}",
                f"{each.last_used_at:%Y-%m-%d %H:%M}" if each.last_used_at.timestamp() else "never",
            )
            for each in tokens
        ],
    )


def revoke(
    context: typer.Context,
    *,
    token: Annotated[str, typer.Argument(metavar="NUMBER", help="The token's number, or the token itself.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Make a token worthless from the next call on."""
    here = deployment(context, config, data)
    number = token.split("_")[1] if token.startswith("cd_") and token.count("_") > 1 else token
    if not number.isdecimal() or len(number) > 15:  # noqa: PLR2004 - longer ones fit no column
        raise RefusedError(
            "Expected a token's number, as crossdesk tokens list shows it, or the token itself."
        )
    gone = asyncio.run(writing(here, accounts.revoke_token, int(number)))
    typer.echo(f"Token {gone.id} of {gone.agent_name} lets nobody in any more.")
