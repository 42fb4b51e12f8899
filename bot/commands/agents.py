"""`crossdesk agents`: who works at the desk."""

import asyncio
import sys
from getpass import getpass
from typing import Annotated

import typer

from bot.commands.given import Config, Data, deployment
from bot.commands.table import show
from bot.commands.within import reading, writing
from bot.core.action import Role
from bot.errors import RefusedError
from bot.store import accounts

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name that colleagues and customers see.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Take the password from the first line of standard input.")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Who works at the desk.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("disable")(disable)
    group.command("reset")(reset)
    app.add_typer(group, name="agents")


def add(
    context: typer.Context,
    *,
    name: Name,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    password_stdin: PasswordStdin = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Add somebody to the desk."""
    here = deployment(context, config, data)
    accounts.check_name(name)
    hashed = accounts.hash_password(_password(from_stdin=password_stdin))
    asyncio.run(writing(here, accounts.add_agent, name, role.value, hashed, here.clock()))
    typer.echo(
        f"{name} works here now as {role}. Programs need a token: crossdesk tokens add --agent {name!r}"
    )


def list_(context: typer.Context, *, config: Config = None, data: Data = None) -> None:
    """List everybody, in the order they came."""
    here = deployment(context, config, data)
    everyone = asyncio.run(reading(here, accounts.list_agents))
    if not everyone:
        typer.echo(
            "Nobody works here yet: crossdesk agents add NAME --role administrator --password-stdin", err=True
        )
    show(
        ("NAME", "ROLE", "STATE", "SINCE"),
        [
            (each.name, each.role, "disabled" if each.disabled else "active", f"{each.created_at:%Y-%m-%d}")
            for each in everyone
        ],
    )


def disable(
    context: typer.Context,
    *,
    name: Name,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Lock somebody out, and their tokens with them, from the next call on."""
    here = deployment(context, config, data)
    found = asyncio.run(writing(here, accounts.set_disabled, name, disabled=not undo))
    typer.echo(f"{found.name} is {'let in again' if undo else 'locked out'}.")


def reset(
    context: typer.Context,
    *,
    name: Name,
    password_stdin: PasswordStdin = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Give somebody a new password. Tokens stay as they are: see crossdesk tokens revoke."""
    here = deployment(context, config, data)
    asyncio.run(reading(here, accounts.find_agent, name))
    hashed = accounts.hash_password(_password(from_stdin=password_stdin))
    found = asyncio.run(writing(here, accounts.set_password, name, hashed))
    typer.echo(f"{found.name} has a new password.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = getpass("Password: ")
        if getpass("Once more: ") != password:
            raise RefusedError("The two passwords differ; nothing was changed.")
    else:
        raise RefusedError("There is no terminal to ask for the password in; pass it with --password-stdin.")
    accounts.check_password(password)
    return password
