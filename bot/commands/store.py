"""`crossdesk migrate` and `crossdesk replay`: the database, and how a case came to be what it is."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.commands.given import Config, Data, deployment
from bot.commands.within import reading
from bot.core.case import Case, IllegalStepError, State, Step, parse_number, step
from bot.core.event import Event, EventKind
from bot.errors import NotFoundError, RefusedError
from bot.store import desk
from bot.store.migrate import revision_of

MOST = 1_000_000
"""Events of a case that are told."""


def add_to(app: typer.Typer) -> None:
    """Add both commands."""
    app.command()(migrate)
    app.command()(replay)


def migrate(context: typer.Context, *, config: Config = None, data: Data = None) -> None:
    """Bring the database to the shape that this version needs. `run` does so itself."""
    here = deployment(context, config, data)
    typer.echo(f"The database is at the newest step, {asyncio.run(reading(here, revision_of))}.")


def replay(
    context: typer.Context,
    *,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Its number, such as CD-1042.")],
    config: Config = None,
    data: Data = None,
) -> None:
    """Tell a case's story, and take its steps once more to see whether they lead to what is stored."""
    here = deployment(context, config, data)
    number = parse_number(case)
    if number is None:
        raise RefusedError(f"{case!r} is no case number: expected one such as CD-1042.")
    stored, events = asyncio.run(reading(here, _story, number))
    for event in events:
        typer.echo(_line(event))
    differences = list(_differences(stored, events))
    for each in differences:
        typer.echo(f"crossdesk: {each}", err=True)
    if differences:
        raise typer.Exit(1)
    steps = sum(_is_step(event, stored) for event in events)
    typer.echo(f"{stored.number}: {steps} step{'s' * (steps != 1)} to {_state(stored)}, as stored.")


def _story(connection: Connection, number: int) -> tuple[Case, Sequence[Event]]:
    found = desk.show_case(connection, number, before=None, limit=MOST)
    if found is None:
        raise NotFoundError(f"There is no case CD-{number}.")
    return found.case, sorted((entry.event for entry in found.entries), key=lambda event: event.id)


def _line(event: Event) -> str:
    data = event.data or {}
    match event.kind:
        case EventKind.STEP:
            said = f"{data.get('step')} -> {data.get('state')}"
        case EventKind.DECISION:
            said = f"{data.get('outcome')}: {data.get('intent')} ({data.get('reason')})"
        case EventKind.MESSAGE | EventKind.NOTE:
            said = " / ".join(filter(None, event.text.splitlines()))
        case _:
            said = ", ".join(f"{key} {value}" for key, value in data.items())
    who = f"{event.author} {event.name}".rstrip()
    return f"{event.at:%Y-%m-%d %H:%M:%S}Z  {event.kind:<8}  {who}: {said}"


def _differences(stored: Case, events: Sequence[Event]) -> Iterator[str]:
    """Where the log, the table of steps and the stored case disagree."""
    now = replace(stored, state=State.BOT, assignee_id=None, assignee="")
    for event in events:
        if not _is_step(event, stored):
            continue
        data = event.data or {}
        agent = str(data.get("assignee") or "")
        try:
            taken = Step(str(data.get("step")))
            now = step(now, taken, agent=(0, agent) if taken is Step.CLAIMED else None)
        except (IllegalStepError, ValueError) as error:
            yield f"event {event.id} cannot have happened: {error}"
            return
        if (now.state, now.assignee) != (data.get("state"), agent):
            yield f"event {event.id} says {data.get('state')} {agent}, but the step leads to {_state(now)}"
    if (now.state, now.assignee) != (stored.state, stored.assignee):
        yield f"the steps lead to {_state(now)}, but {_state(stored)} is stored"


def _is_step(event: Event, case: Case) -> bool:
    return event.kind is EventKind.STEP and event.case_id == case.id


def _state(case: Case) -> str:
    return f"{case.state} ({case.assignee})" if case.assignee else str(case.state)
