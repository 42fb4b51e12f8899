"""The engine with all its parts, on one database, for as long as a context lasts."""

import asyncio
import fcntl
import os
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

import structlog

from bot.app.store import open_store
from bot.coordination import open_coordination
from bot.core.deadlines import calendar_warnings
from bot.core.ports import Channel, Clock, Coordination
from bot.core.understanding import Hit, Understanding
from bot.engine.clockwork import Clockwork
from bot.engine.house import House
from bot.engine.hub import Hub
from bot.engine.intake import ChannelHouse, Intake
from bot.engine.keeper import keep
from bot.engine.pump import Pump
from bot.engine.revision import Revision
from bot.engine.rules import Rules
from bot.engine.sender import Sender
from bot.engine.watcher import Watcher
from bot.engine.worker import CaseNumbers, Mind, Worker
from bot.errors import MisconfiguredError
from bot.policies.load import load_policies
from bot.policies.profile import stamp
from bot.settings import Settings, models_folder
from bot.store import codec, inbox, outbox
from bot.store.database import Database, sqlite_path
from bot.store.facts import highest_case_id
from bot.store.inbox import Waiting
from bot.store.outbox import Due
from bot.wording import Wording
from faq.library import Library
from faq.search import search
from intents.entities import mask
from intents.understand import Reader

log = structlog.get_logger(__name__)

T = TypeVar("T")


POLICIES = "policies"
"""Folder in the data folder for the operator's own profiles; one of the same name goes before ours."""


@dataclass(slots=True)
class Engine:
    """The running parts, as the server and the command line use them."""

    database: Database
    coordination: Coordination
    hub: Hub
    house: House
    intake: Intake
    rules: Rules
    wording: Wording
    clock: Clock
    numbers: CaseNumbers
    pushing: frozenset[str]
    """The channels that have to be handed what is said."""
    owner: bool
    """False if another process works on this database; then this one only brings messages and reads."""
    revision: Revision
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the reader is loaded and messages are being handled."""

    mind: Mind | None = None
    """What turns think with; None until `ready`."""
    receiving: list[asyncio.Task[None]] = field(default_factory=list)

    async def leave(self) -> None:
        """Let the channels say goodbye and end.

        What is stored goes on being handled until the engine closes.
        """
        for task in self.receiving:
            task.cancel()
        if self.receiving:
            await asyncio.wait(self.receiving)

    def for_channel(self, name: str) -> ChannelHouse:
        """The house as this channel may see it."""
        return ChannelHouse(name, self.database, self.hub, self.intake, self.house)


@asynccontextmanager
async def open_engine(
    settings: Settings, data: Path, clock: Clock, channels: Sequence[Channel] = ()
) -> AsyncIterator[Engine]:
    """Open everything and run it: channels, worker, sender, clockwork.

    If another process owns the engine of this database, only what brings messages and reads is opened;
    channels are refused then (MisconfiguredError), because two would receive the same messages.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_store(settings, data))
        owner = await stack.enter_async_context(_ownership(database))
        if channels and not owner:
            raise MisconfiguredError(
                f"another process serves {sqlite_path(database.url)} already: stop it, or use another --data"
            )
        coordination = await stack.enter_async_context(open_coordination(settings.coordination.url))
        pushing = frozenset(channel.name for channel in channels if channel.pushes)
        engine = await _assemble(settings, data, database, coordination, clock, pushing=pushing, owner=owner)
        stack.enter_context(engine.hub.connected())
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(Watcher(database, engine.hub).run())]
            if owner:
                models = await asyncio.to_thread(models_folder, settings, data)
                running.append(tasks.create_task(_work(engine, channels, models)))
            try:
                yield engine
            finally:
                for task in running:
                    task.cancel()


async def _assemble(
    settings: Settings,
    data: Path,
    database: Database,
    coordination: Coordination,
    clock: Clock,
    *,
    pushing: frozenset[str],
    owner: bool,
) -> Engine:
    read = partial(load_policies, settings.profile.name, folder=data / POLICIES, operator=settings.operator)
    wording = await asyncio.to_thread(Wording.open)
    rules, hub = Rules(await asyncio.to_thread(read), wording), Hub(coordination)
    for warning in calendar_warnings(rules.now(clock()), clock()):
        log.warning("calendar missing", what=warning)
    numbers = CaseNumbers(await database.read(highest_case_id))
    return Engine(
        database=database,
        coordination=coordination,
        hub=hub,
        house=House(database, hub, rules=rules, clock=clock, numbers=numbers, pushing=pushing),
        intake=Intake(database, hub, wording, mask),
        rules=rules,
        wording=wording,
        clock=clock,
        numbers=numbers,
        pushing=pushing,
        owner=owner,
        revision=Revision(
            database,
            hub,
            rules,
            clock,
            read=read,
            stamp=partial(stamp, settings.profile.name, data / POLICIES),
        ),
    )


async def _work(engine: Engine, channels: Sequence[Channel], models: Path) -> None:
    """Receive at once; handle what was received as soon as the reader is loaded."""
    async with asyncio.TaskGroup() as tasks:
        for channel in channels:
            engine.receiving.append(tasks.create_task(keep(channel, engine.for_channel(channel.name))))
        # What is due is reckoned by the holidays and notices of today before anything can be called late.
        await engine.revision.catch_up()
        tasks.create_task(engine.revision.run())
        tasks.create_task(Clockwork(engine.database, engine.hub, engine.clock).run())
        engine.mind = mind = await _beside(lambda: _mind(engine, models))
        worker = Worker(engine.database, engine.hub, mind, engine.numbers, engine.pushing)
        handling: Pump[Waiting] = Pump(
            "inbox", lambda n: engine.database.read(inbox.waiting, n), worker.handle
        )
        engine.intake.arrived = handling.ring
        tasks.create_task(handling.run())
        if engine.pushing:
            sender = Sender(engine.database, {channel.name: channel for channel in channels}, engine.clock)
            sending: Pump[Due] = Pump("outbox", lambda n: _due(engine, n), sender.handle)
            worker.wrote = engine.house.wrote = sending.ring
            tasks.create_task(sending.run())
        engine.ready.set()


async def _beside(work: Callable[[], T]) -> T:
    """Run long work in a thread that does not hold up the end of the program, as those of the loop would."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast("T", result))

    def run() -> None:
        try:
            result, error = work(), None
        except Exception as raised:  # noqa: BLE001 - whoever waits gets it
            result, error = None, raised
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="reader", daemon=True).start()
    return await done


async def _due(engine: Engine, limit: int) -> Sequence[Due]:
    return await engine.database.read(outbox.due, limit, codec.to_ms(engine.clock()))


def _mind(engine: Engine, models: Path) -> Mind:
    rules, wording, now = engine.rules, engine.wording, engine.clock()
    reader = Reader.open(models)
    library = Library.open(rules.now(now).name)
    titles = {intent: wording.titles(intent, article.title) for intent, article in library.articles.items()}
    library = library.with_titles(titles)

    def find(text: str, meant: Understanding, now: datetime) -> Sequence[Hit]:
        return search(library, text, meant, now.astimezone(rules.now(now).zone).date())

    return Mind(reader.understand, find, rules, engine.clock)


@asynccontextmanager
async def _ownership(database: Database) -> AsyncIterator[bool]:
    """Hold the engine's lock on this database while the context is open; False if another process holds it.

    The lock is the operating system's: it goes with the process, however that ends.
    """
    path = sqlite_path(database.url)
    lock = path.with_name(f"{path.name}.engine")
    handle = await asyncio.to_thread(os.open, lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
