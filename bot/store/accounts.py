"""Who works at the desk: agents with passwords, and the tokens that programs call the API with."""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.action import Role
from bot.errors import ConflictError, NotFoundError, RefusedError
from bot.store.codec import from_ms, to_ms
from bot.store.tables import agent, token

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256
LONGEST_NAME: Final = 60
RESERVED: Final = frozenset({"me", "none"})
"""Words that stand for something else where a list of cases is narrowed to an agent."""

# OWASP's password storage cheat sheet, argon2id: 19 MiB, two passes, one lane.
PASSWORDS: Final = PasswordHash((Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1),))


@dataclass(frozen=True, slots=True)
class Agent:
    """An account of the desk, without its password."""

    id: int
    name: str
    role: str
    disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it may be shown: everything but the token. `last_used_at` is 1970 if it never was used."""

    id: int
    agent_id: int
    agent_name: str
    role: str
    created_at: datetime
    last_used_at: datetime
    revoked: bool


def check_name(name: str) -> None:
    """Return if an agent may be called that; customers read this name. RefusedError says why not."""
    if not 1 <= len(name) <= LONGEST_NAME:
        raise RefusedError(f"A name has 1 to {LONGEST_NAME} characters, not {len(name)}.")
    if name != name.strip() or any(unicodedata.category(sign)[0] in "CZ" and sign != " " for sign in name):
        raise RefusedError(
            "A name has no blanks around it and no line breaks or other unprintable characters."
        )
    if _plain(name) in RESERVED:
        raise RefusedError(f"{name!r} cannot be a name: lists of cases use it for something else.")


def check_password(password: str) -> None:
    """Return if it is long enough to be a password. RefusedError says why not, without it."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise RefusedError(
            f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, not {len(password)}."
        )


def hash_password(password: str) -> str:
    """What is stored instead of the password. Takes tens of milliseconds and 19 MiB: keep it off the loop."""
    return PASSWORDS.hash(password)


def count_agents(connection: Connection) -> int:
    """How many accounts there are, disabled ones too."""
    return connection.execute(select(func.count()).select_from(agent)).scalar_one()


def add_agent(connection: Connection, name: str, role: str, password_hash: str, now: datetime) -> int:
    """Make an account; its id.

    Raises RefusedError for a name or role that cannot be, ConflictError if somebody is called that already:
    capitals and the like make no difference, so that no two agents look the same to a customer.
    """
    check_name(name)
    if role not in set(Role):
        raise RefusedError(f"There is no role {role!r}; there are {', '.join(Role)}.")
    taken = {_plain(each): each for each in connection.execute(select(agent.c.name)).scalars()}
    if _plain(name) in taken:
        raise ConflictError(f"There is an agent called {taken[_plain(name)]!r} already; choose another name.")
    row = insert(agent).values(name=name, role=role, password_hash=password_hash, created_at=to_ms(now))
    try:
        return int(connection.execute(row.returning(agent.c.id)).scalar_one())
    except IntegrityError:
        raise ConflictError(f"There is an agent called {name!r} already; choose another name.") from None


def add_first(connection: Connection, name: str, password_hash: str, now: datetime) -> str:
    """Make the first administrator and a token, which is returned and stored nowhere.

    Raises ConflictError if there is an agent already.
    """
    if count_agents(connection):
        raise ConflictError("There is an administrator already.")
    return add_token(connection, add_agent(connection, name, Role.ADMINISTRATOR, password_hash, now), now)


def list_agents(connection: Connection) -> Sequence[Agent]:
    """Every account, in the order they were made."""
    rows = connection.execute(select(agent).order_by(agent.c.id))
    return [Agent(row.id, row.name, row.role, row.disabled, from_ms(row.created_at)) for row in rows]


def find_agent(connection: Connection, name: str) -> Agent:
    """The account of that name, however it is capitalised. NotFoundError names those there are."""
    everyone = list_agents(connection)
    for each in everyone:
        if _plain(each.name) == _plain(name):
            return each
    there = f"there are {', '.join(each.name for each in everyone)}" if everyone else "there is none at all"
    raise NotFoundError(f"No agent is called {name!r}; {there}.")


def set_disabled(connection: Connection, name: str, *, disabled: bool) -> Agent:
    """Lock an account out, with its tokens, or let it in again. NotFoundError if there is none."""
    found = find_agent(connection, name)
    connection.execute(update(agent).where(agent.c.id == found.id).values(disabled=disabled))
    return found


def set_password(connection: Connection, name: str, password_hash: str) -> Agent:
    """Replace the password. NotFoundError if there is no such account."""
    found = find_agent(connection, name)
    connection.execute(update(agent).where(agent.c.id == found.id).values(password_hash=password_hash))
    return found


def add_token(connection: Connection, agent_id: int, now: datetime) -> str:
    """Make a token of this agent's: `cd_<its number>_<256 random bits>`. Only its SHA-256 is stored."""
    secret = secrets.token_urlsafe(32)
    row = insert(token).values(agent_id=agent_id, hash=secrets.token_hex(32), created_at=to_ms(now))
    number = connection.execute(row.returning(token.c.id)).scalar_one()
    made = f"cd_{number}_{secret}"
    connection.execute(update(token).where(token.c.id == number).values(hash=hash_token(made)))
    return made


def hash_token(shown: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(shown.encode()).hexdigest()


def find_token(connection: Connection, hashed: str) -> Token | None:
    """The token with this hash if it lets somebody in: neither revoked nor a disabled agent's."""
    valid = _TOKENS.where(token.c.hash == hashed, token.c.revoked.is_(False), agent.c.disabled.is_(False))
    row = connection.execute(valid).first()
    return _read_token(row) if row else None


def touch_token(connection: Connection, number: int, now: datetime) -> None:
    """Note that it was used."""
    connection.execute(update(token).where(token.c.id == number).values(last_used_at=to_ms(now)))


def list_tokens(connection: Connection) -> Sequence[Token]:
    """Every token, revoked ones too, in the order they were made."""
    return [_read_token(row) for row in connection.execute(_TOKENS.order_by(token.c.id))]


def revoke_token(connection: Connection, number: int) -> Token:
    """Make a token worthless from its next use on. NotFoundError if there is none of this number."""
    row = connection.execute(_TOKENS.where(token.c.id == number)).first()
    if row is None:
        raise NotFoundError(
            f"There is no token number {number}; `crossdesk tokens list` shows those there are."
        )
    connection.execute(update(token).where(token.c.id == number).values(revoked=True))
    return _read_token(row)


_TOKENS = select(
    token.c.id,
    token.c.agent_id,
    agent.c.name,
    agent.c.role,
    token.c.created_at,
    token.c.last_used_at,
    token.c.revoked,
).join(agent, agent.c.id == token.c.agent_id)


def _read_token(row: Row[*tuple[Any, ...]]) -> Token:
    number, agent_id, name, role, created_at, last_used_at, revoked = row
    return Token(number, agent_id, name, role, from_ms(created_at), from_ms(last_used_at), revoked)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
