"""Accounts of the desk on a real database: names, passwords, tokens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from bot.core.action import Role
from bot.errors import ConflictError, NotFoundError, RefusedError
from bot.store import accounts
from bot.store.migrate import migrate

NOW = datetime(2026, 2, 16, 2, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{tmp_path / 'crossdesk.db'}")
    with engine.begin() as connection:
        migrate(connection)
        yield connection
    engine.dispose()


def hire(house: Connection, name: str = "Anna", role: str = Role.AGENT) -> int:
    """An account whose password nobody will ask for."""
    return accounts.add_agent(house, name, role, "-", NOW)


def test_an_agent_is_listed_as_made(house: Connection) -> None:
    hire(house, "Anna", Role.SENIOR)
    hire(house, "Ben")
    assert accounts.list_agents(house) == [
        accounts.Agent(1, "Anna", "senior", disabled=False, created_at=NOW),
        accounts.Agent(2, "Ben", "agent", disabled=False, created_at=NOW),
    ]
    assert accounts.count_agents(house) == 2


@pytest.mark.parametrize("same", ["Zoë", "ZOË", "Zoe\u0308", "zoë"])
def test_no_two_agents_look_the_same(house: Connection, same: str) -> None:
    hire(house, "Zoë")
    with pytest.raises(ConflictError, match="There is an agent called 'Zoë' already"):
        hire(house, same)
    assert (accounts.find_agent(house, same)).name == "Zoë"


@pytest.mark.parametrize("name", ["", " Anna", "Anna\n", "An\tna", "An\u202ena", "x" * 61, "An\x00na"])
def test_names_that_nobody_can_have(house: Connection, name: str) -> None:
    with pytest.raises(RefusedError, match="A name has"):
        hire(house, name)


def test_a_role_that_does_not_exist(house: Connection) -> None:
    with pytest.raises(RefusedError, match="There is no role 'chef'; there are agent, senior, manager"):
        hire(house, "Anna", "chef")


@pytest.mark.parametrize("length", [0, 11, 257])
def test_passwords_of_a_wrong_length(length: int) -> None:
    with pytest.raises(RefusedError, match=f"A password has 12 to 256 characters, not {length}"):
        accounts.check_password("x" * length)


def test_what_is_stored_of_a_password_is_argon2_with_the_profile_of_owasp() -> None:
    accounts.check_password("correct horse")
    hashed = accounts.hash_password("correct horse")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert accounts.PASSWORDS.verify("correct horse", hashed)
    assert not accounts.PASSWORDS.verify("wrong horse!", hashed)


def test_a_password_is_replaced(house: Connection) -> None:
    hire(house)
    assert (accounts.set_password(house, "anna", "new")).name == "Anna"
    with pytest.raises(NotFoundError, match="No agent is called 'Cleo'; there are Anna"):
        accounts.set_password(house, "Cleo", "new")


def test_a_token_lets_its_agent_in(house: Connection) -> None:
    agent = hire(house, "Anna", Role.SUPERVISOR)
    made = accounts.add_token(house, agent, NOW)
    found = accounts.find_token(house, accounts.hash_token(made))
    assert found is not None
    assert (found.agent_name, found.role, found.revoked) == ("Anna", "supervisor", False)
    assert made.startswith(f"cd_{found.id}_")
    assert len(made.split("_", 2)[2]) == 43
    assert found.last_used_at == datetime(1970, 1, 1, tzinfo=UTC)
    accounts.touch_token(house, found.id, NOW + timedelta(hours=1))
    assert (accounts.list_tokens(house))[0].last_used_at == NOW + timedelta(hours=1)


def test_the_token_itself_is_not_in_the_database(house: Connection, tmp_path: Path) -> None:
    made = accounts.add_token(house, hire(house), NOW)
    house.commit()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert made.encode() not in stored
    assert accounts.hash_token(made).encode() in stored


def test_nobody_gets_in_by_another_token(house: Connection) -> None:
    made = accounts.add_token(house, hire(house), NOW)
    assert accounts.find_token(house, accounts.hash_token(made + "x")) is None
    assert accounts.find_token(house, "") is None


def test_a_revoked_token_lets_nobody_in(house: Connection) -> None:
    agent = hire(house)
    first, second = [accounts.add_token(house, agent, NOW) for _ in range(2)]
    assert (accounts.revoke_token(house, 1)).agent_name == "Anna"
    assert accounts.find_token(house, accounts.hash_token(first)) is None
    assert accounts.find_token(house, accounts.hash_token(second)) is not None
    assert [each.revoked for each in accounts.list_tokens(house)] == [True, False]
    with pytest.raises(NotFoundError, match="There is no token number 9"):
        accounts.revoke_token(house, 9)


def test_a_disabled_agent_is_out_until_let_in_again(house: Connection) -> None:
    made = accounts.add_token(house, hire(house), NOW)
    accounts.set_disabled(house, "Anna", disabled=True)
    assert accounts.find_token(house, accounts.hash_token(made)) is None
    assert (accounts.list_agents(house))[0].disabled
    accounts.set_disabled(house, "Anna", disabled=False)
    assert accounts.find_token(house, accounts.hash_token(made)) is not None
    with pytest.raises(NotFoundError, match="No agent is called 'Ben'"):
        accounts.set_disabled(house, "Ben", disabled=True)


def test_the_first_administrator_is_made_once(house: Connection) -> None:
    made = accounts.add_first(house, "Anna", "-", NOW)
    found = accounts.find_token(house, accounts.hash_token(made))
    assert found is not None
    assert found.role == Role.ADMINISTRATOR
    with pytest.raises(ConflictError, match="There is an administrator already"):
        accounts.add_first(house, "Ben", "-", NOW)
    assert accounts.count_agents(house) == 1


def test_without_agents_that_is_said(house: Connection) -> None:
    with pytest.raises(NotFoundError, match="there is none at all"):
        accounts.find_agent(house, "Anna")
