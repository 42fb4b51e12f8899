"""Agents by REST: list, show, make by hand, claim, release, hand back, answer, note, resolve, reopen."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Body, Depends, FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer

from bot.core.access import Right, authorize
from bot.core.action import Action, Actor, Verb
from bot.core.case import parse_number
from bot.desk import answers
from bot.desk.access import ACTOR
from bot.desk.schemas import MAX_KEY, Asked, Case, Fault, NewCase, Nothing, Page, Said
from bot.desk.views import case_out, page, read_cursor
from bot.engine.house import House
from bot.errors import NotFoundError, RefusedError
from bot.store.database import Database
from bot.store.desk import Place, Wanted, find_case, list_cases, show_case

VERSION: Final = version("crossdesk")
EVENTS: Final = 500
"""So many events of a case at a time."""

PLAIN: Final = {
    Verb.CLAIM: (
        "Take a case",
        "The case is yours from now on; the customer is told who has joined. 409 names whoever has it.",
    ),
    Verb.RELEASE: ("Put a case back into the queue", "Nobody has it then; its clocks run on."),
    Verb.HANDBACK: ("Hand a case back to the bot", "The bot answers again; the desk's clocks stop."),
    Verb.RESOLVE: ("Close a case", "The matter is settled; the customer is told and may rate."),
    Verb.REOPEN: ("Open a closed case again", "It goes back into the queue."),
}
SAYING: Final = {
    Verb.REPLY: (
        "Answer the customer",
        "Goes out through the channel the customer wrote in. Claim the case first.",
    ),
    Verb.NOTE: ("Leave a note for colleagues", "The customer never sees it."),
}
FAULTS: Final[dict[int | str, dict[str, Any]]] = {
    401: {"model": Fault, "description": "No token, or none that is valid; 429 after too many of these"},
    403: {"model": Fault, "description": "A role that may not do this"},
    404: {"model": Fault, "description": "No such case"},
    422: {"model": Fault, "description": "A field is not as expected; `fields` says which"},
    503: {
        "model": Fault,
        "description": "The store cannot be used just now; Retry-After says when to try again",
    },
}
LOST: Final[dict[int | str, dict[str, Any]]] = {
    409: {
        "model": Fault,
        "description": "Somebody else has the case (`assignee`), or its state does not allow this",
    },
    413: {"model": Fault, "description": "A body over 64 KiB"},
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes work with."""

    house: House
    database: Database


def _parts(request: Request) -> Parts:
    return cast("Parts", request.app.state.parts)


def _actor(request: Request) -> Actor:
    return cast("Actor", request.scope[ACTOR])


The = Annotated[Parts, Depends(_parts)]
By = Annotated[Actor, Depends(_actor)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=MAX_KEY,
        pattern=r"^[!-~]+$",
        description="Chosen by you: the same key sent again is not carried out again.",
    ),
]
router = APIRouter(
    prefix="/v1", tags=["cases"], responses=FAULTS, dependencies=[Depends(HTTPBearer(auto_error=False))]
)


def create(house: House, database: Database) -> FastAPI:
    """The API as an application to be mounted at /api, behind the gate that knows tokens."""
    app = FastAPI(
        title="Crossdesk",
        version=VERSION,
        summary="What an agent does at the desk, for programs.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.parts = Parts(house, database)
    answers.install(app)
    app.include_router(router)
    return app


@router.get("/cases", summary="List and search cases")
async def list_(the: The, by: By, asked: Annotated[Asked, Query()]) -> Page:
    """Those due first come first, then those without a due time, the newest first."""
    authorize(by, Right.LIST)
    return page(*await the.database.read(list_cases, _wanted(asked, by), _place(asked), asked.limit))


@router.post("/cases", status_code=201, summary="Make a case by hand", responses=LOST)
async def open_(
    the: The, by: By, new: NewCase, response: Response, idempotency_key: IdempotencyKey = None
) -> Case:
    """For a matter that came by telephone. It is queued with its clocks running."""
    authorize(by, Right.OPEN)
    key = _key(new.key, idempotency_key)
    try:
        opened = await the.house.open_case(
            actor=by,
            channel=new.channel,
            summary=_with_contacts(new),
            name=new.name or "",
            phone=re.sub(r"[^+0-9]", "", new.phone or ""),
            email=new.email or "",
            intent=new.intent or "",
            order_number=(new.order_number or "").upper(),
            key=key,
        )
    except RefusedError as error:
        raise _wrong("intent", str(error)) from error
    response.headers["Location"] = f"/api/v1/cases/{opened.number}"
    return await _shown(the, opened.id)


@router.get("/cases/{case_id}", summary="Show a case with its events")
async def show(
    the: The,
    by: By,
    case_id: str,
    before: Annotated[
        int | None, Query(ge=1, le=10**15, description="`earlier` of the answer before.")
    ] = None,
) -> Case:
    """The id is written CD-1042, cd-1042 or 1042."""
    authorize(by, Right.SHOW)
    return await _shown(the, _number(case_id), before)


@router.post("/cases/{case_id}/typing", summary="Show the customer that you are typing", responses=LOST)
async def typing(the: The, by: By, case_id: str, _body: Annotated[Nothing | None, Body()] = None) -> Case:
    """It fades by itself after some seconds; nothing is stored."""
    number = _number(case_id)
    case = await the.database.read(find_case, number)
    if case is None:
        raise _unknown(case_id)
    authorize(by, Right.TYPING, assignee_id=case.assignee_id, assignee=case.assignee)
    shown = await _shown(the, number)
    for thread in shown.conversations:
        await the.house.signal(thread.address, "typing:agent")
    return shown


def _plain(verb: Verb) -> Callable[..., Awaitable[Case]]:
    async def act(the: The, by: By, case_id: str, _body: Annotated[Nothing | None, Body()] = None) -> Case:
        return await _acted(the, Action(verb, _number(case_id), by))

    return act


def _saying(verb: Verb) -> Callable[..., Awaitable[Case]]:
    async def act(the: The, by: By, case_id: str, said: Said, idempotency_key: IdempotencyKey = None) -> Case:
        key = _key(said.key, idempotency_key)
        # Two agents may choose the same key, and one agent the same for an answer and a note.
        key = f"{verb}:{by.id}:{key}" if key else ""
        return await _acted(the, Action(verb, _number(case_id), by, said.text, key))

    return act


def _install(verb: Verb, act: Callable[..., Awaitable[Case]], summary: str, description: str) -> None:
    router.add_api_route(
        f"/cases/{{case_id}}/{verb}",
        act,
        methods=["POST"],
        name=verb,
        summary=summary,
        description=description,
        responses=LOST,
    )


for _verb, (_summary, _description) in PLAIN.items():
    _install(_verb, _plain(_verb), _summary, _description)
for _verb, (_summary, _description) in SAYING.items():
    _install(_verb, _saying(_verb), _summary, _description)


async def _acted(the: Parts, action: Action) -> Case:
    """The case after the act. Who may do what is decided by the engine, in the transaction that does it."""
    await the.house.act(action)
    return await _shown(the, action.case_id)


async def _shown(the: Parts, number: int, before: int | None = None) -> Case:
    found = await the.database.read(show_case, number, before=before, limit=EVENTS)
    if found is None:
        raise _unknown(f"CD-{number}")
    return case_out(found)


def _number(written: str) -> int:
    number = parse_number(written)
    if number is None:
        raise _unknown(written)
    return number


def _unknown(written: str) -> NotFoundError:
    return NotFoundError(f"There is no case {written[:40]!r}: cases are written CD-1042.")


def _with_contacts(new: NewCase) -> str:
    """The first note: what it is about, and how to call back."""
    ways = [("Telephone", new.phone), ("E-mail", new.email)]
    contacts = "\n".join(f"{way}: {value}" for way, value in ways if value)
    return "\n\n".join(part for part in (new.summary, contacts) if part)


def _key(in_body: str | None, in_header: str | None) -> str:
    if in_body and in_header and in_body != in_header:
        raise _wrong("key", "differs from the header Idempotency-Key: send one of them")
    return in_body or in_header or ""


def _wrong(field: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": "value_error", "loc": ("body", field), "msg": message}])


def _wanted(asked: Asked, by: Actor) -> Wanted:
    who = asked.assignee
    return Wanted(
        states=() if asked.state is None else (asked.state,),
        assignee_id=by.id if who == "me" else None,
        assignee="" if who in {None, "me", "none"} else str(who),
        unassigned=who == "none",
        words=asked.q or "",
    )


def _place(asked: Asked) -> Place | None:
    try:
        return None if asked.cursor is None else read_cursor(asked.cursor)
    except ValueError as error:
        raise RequestValidationError(
            [{"type": "value_error", "loc": ("query", "cursor"), "msg": str(error)}]
        ) from None
