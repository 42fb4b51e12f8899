"""A desk on a real port: the engine's parts over a real database, agents with tokens, customers who write."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import uvicorn
from starlette.applications import Starlette

from bot.coordination import open_coordination
from bot.core.action import Role
from bot.core.message import Address, Kind, Message
from bot.core.policies import Policies
from bot.core.policy import UNKNOWN
from bot.core.understanding import Certainty, Understanding
from bot.desk import routes
from bot.engine.house import House
from bot.engine.hub import Hub
from bot.engine.intake import ChannelHouse, Intake
from bot.engine.rules import Rules
from bot.engine.worker import CaseNumbers, Mind, Worker
from bot.policies.load import load_policies
from bot.store import accounts, inbox
from bot.store.database import Database
from bot.store.facts import highest_case_id
from bot.store.migrate import migrate
from bot.wording import Wording

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten in the morning in Hong Kong, on a working day."""
TLS = ssl.create_default_context()
"""Made once: no test needs it, and every client would make its own."""
STORED = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
"""Has the form of a password's hash: no answer may ever hold it."""


@dataclass
class Clock:
    """A clock that the test sets."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now


class Server(uvicorn.Server):
    """Uvicorn that leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Office:
    """A running desk."""

    base: str
    database: Database
    house: House
    desk: routes.Desk
    web: ChannelHouse
    worker: Worker
    clock: Clock
    http: httpx2.AsyncClient
    sick: dict[str, str] = field(default_factory=dict)
    """What /readyz is told is wrong, by part."""

    async def hire(self, name: str, role: Role = Role.AGENT) -> "Agent":
        """Somebody who works here, with a token."""
        agent_id = await self.database.write(accounts.add_agent, name, role, STORED, self.clock())
        token = await self.database.write(accounts.add_token, agent_id, self.clock())
        return Agent(self, agent_id, name, token)

    async def customer_writes(
        self, visitor: str, text: str, *, kind: Kind = Kind.TEXT, name: str = ""
    ) -> None:
        """A customer of the web chat says something, and the house handles it."""
        where = Address("webchat", visitor)
        await self.web.accept(
            [
                Message(
                    where,
                    where,
                    str(uuid4()),
                    text,
                    self.clock(),
                    kind=kind,
                    sender_name=name,
                    language_hint="en",
                )
            ]
        )
        for row in await self.database.read(inbox.waiting, 100):
            assert await self.worker.handle(row)

    async def customer_wants_person(self, visitor: str = "", text: str = "", name: str = "") -> str:
        """A customer of the web chat presses the button for a person; gives the case's number."""
        visitor = visitor or uuid4().hex
        if text:
            await self.customer_writes(visitor, text, name=name)
        await self.customer_writes(visitor, "", kind=Kind.HUMAN, name=name)
        return f"CD-{await self.database.read(highest_case_id)}"

    async def said_to(self, visitor: str) -> list[str]:
        """What the customer of the web chat can read."""
        return [event.text for event in await self.web.since(visitor, 0)]


@dataclass
class Agent:
    """An agent with a token, and the calls of one."""

    office: Office
    id: int
    name: str
    token: str

    async def call(self, method: str, path: str, **more: Any) -> httpx2.Response:  # noqa: ANN401 - any option of httpx2
        """Call the API with the agent's token."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return await self.office.http.request(method, f"/api/v1{path}", headers=headers, **more)

    async def get(self, path: str, **query: object) -> httpx2.Response:
        """Read something."""
        return await self.call("GET", path, params={name: str(value) for name, value in query.items()})

    async def post(self, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """Do something."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.call("POST", path, headers=named, **({} if body is None else {"json": body}))

    async def takes_call(self, summary: str = "The caller asks for help.", **fields: str) -> str:
        """Make a case by hand; gives its number."""
        made = await self.post("/cases", {"summary": summary, **fields})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def has_case(self) -> str:
        """Claim the case of a customer in the web chat; gives its number."""
        number = await self.office.customer_wants_person()
        claimed = await self.post(f"/cases/{number}/claim")
        assert claimed.status_code == 200, claimed.text
        return number


@asynccontextmanager
async def open_office(data: Path) -> AsyncIterator[Office]:
    """A desk without anybody at it."""
    clock = Clock()
    async with (
        Database.open(f"sqlite:///{data / 'desk.db'}") as database,
        open_coordination("") as coordination,
    ):
        await database.write(migrate)
        policies, wording = await asyncio.to_thread(_texts)
        rules = Rules(policies, wording)
        hub = Hub(coordination)
        numbers = CaseNumbers(await database.read(highest_case_id))
        house = House(database, hub, rules=rules, clock=clock, numbers=numbers, pushing=frozenset())
        intake = Intake(database, hub, wording, lambda text: text)
        mind = Mind(_reads_nothing, lambda _text, _meant, _now: (), rules, clock)
        sick: dict[str, str] = {}

        async def reader() -> str:
            return sick.get("reader", "")

        desk = routes.build(house, database, coordination, clock, {"reader": reader})
        async with (
            _serving(Starlette(routes=list(desk.routes))) as base,
            httpx2.AsyncClient(base_url=base, verify=TLS) as http,
        ):
            yield Office(
                base=base,
                database=database,
                house=house,
                desk=desk,
                web=ChannelHouse("webchat", database, hub, intake, house),
                worker=Worker(database, hub, mind, numbers, frozenset()),
                clock=clock,
                http=http,
                sick=sick,
            )


@cache
def _texts() -> tuple[Policies, Wording]:
    """What all tests read and none changes."""
    return load_policies("xoobay"), Wording.open()


def _reads_nothing(text: str, *, hint: str = "", earlier: str = "") -> Understanding:
    """A reader for customers whose words do not matter to the test."""
    del text
    return Understanding(hint or earlier or "en", 1.0, UNKNOWN, 0.0, Certainty.LOST)


@asynccontextmanager
async def _serving(app: Starlette) -> AsyncIterator[str]:
    """Serve on a free port of loopback; gives the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(
        uvicorn.Config(app, lifespan="off", log_config=None, server_header=False, timeout_graceful_shutdown=2)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def minutes(count: int) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)
