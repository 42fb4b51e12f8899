"""One database function within the store of a deployment, while a server may be running on it."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from bot.app.store import open_store
from bot.commands.given import Deployment

P = ParamSpec("P")
R = TypeVar("R")


async def writing(
    here: Deployment, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Run `function(connection, ...)` in a transaction of its own."""
    async with open_store(here.settings, here.data) as database:
        return await database.write(function, *args, **kwargs)


async def reading(
    here: Deployment, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """Run `function(connection, ...)` on a snapshot."""
    async with open_store(here.settings, here.data) as database:
        return await database.read(function, *args, **kwargs)
