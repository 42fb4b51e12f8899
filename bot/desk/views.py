"""Cases as the API shows them, and the cursor of a list."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from bot.core.case import Case
from bot.core.event import Event
from bot.desk import schemas
from bot.store.desk import Dossier, Place, Summary

SHOWN: Final = 200
"""Characters of the last message in a list."""


def page(summaries: list[Summary], end: Place | None) -> schemas.Page:
    """One page of the list."""
    return schemas.Page(
        items=[_line(one) for one in summaries], next=None if end is None else write_cursor(end)
    )


def case_out(found: Dossier) -> schemas.Case:
    """The whole case."""
    return schemas.Case(
        **_shared(found.case),
        person=schemas.Person(
            id=f"P-{found.case.person_id}", name=found.person, addresses=[str(one) for one in found.addresses]
        ),
        conversations=[
            schemas.Conversation(
                id=one.id,
                channel=one.address.channel,
                address=str(one.address),
                lang=one.lang,
                timezone=one.timezone,
                head=one.head,
                customer_read=one.customer_read,
            )
            for one in found.threads
        ],
        clocks=[
            schemas.Clock(
                clock=one.name,
                started_at=one.start.astimezone(UTC),
                due_at=one.due.astimezone(UTC),
                paused=one.paused_at is not None,
                customers=one.customers,
                facts=list(one.facts),
            )
            for one in found.case.clocks
        ],
        understood=_json(found.understood),
        events=[_event(one.conversation_id, one.event) for one in found.entries],
        earlier=found.entries[0].event.id if found.more else None,
    )


def write_cursor(place: Place) -> str:
    """The place as text that nobody is tempted to make up."""
    due_at = "" if place.due_at is None else place.due_at
    return base64.urlsafe_b64encode(f"1.{due_at}.{place.id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> Place:
    """The place that `write_cursor` wrote; ValueError for anything else."""
    try:
        inside = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
    except ValueError:
        inside = ""
    parts = re.fullmatch(r"1\.(-?[0-9]{1,15})?\.([0-9]{1,15})", inside)
    if parts is None or text.endswith("="):
        raise ValueError(
            "no cursor of ours: take `next` from the page before, or leave it out for the first page"
        )
    return Place(None if parts[1] is None else int(parts[1]), int(parts[2]))


def _shared(case: Case) -> dict[str, Any]:
    return {
        "id": case.number,
        "state": case.state,
        "assignee": case.assignee or None,
        "intent": case.intent,
        "urgency": case.urgency,
        "resolution": case.resolution,
        "channel": case.channel,
        "lang": case.lang,
        "order_number": case.order_number,
        "causes": list(case.causes),
        "opened_at": case.opened_at,
        "due_at": case.due_at and case.due_at.astimezone(UTC),
        "overdue": case.overdue,
    }


def _line(one: Summary) -> schemas.CaseLine:
    last = one.last
    return schemas.CaseLine(
        **_shared(one.case),
        person_name=one.person,
        last=None
        if last is None
        else schemas.Last(author=last.author, name=last.name, text=last.text[:SHOWN], at=last.at),
    )


def _event(conversation_id: int, event: Event) -> schemas.Event:
    return schemas.Event(
        id=event.id,
        seq=event.seq,
        conversation=conversation_id,
        kind=event.kind,
        author=event.author,
        name=event.name,
        text=event.text,
        lang=event.lang,
        data=_json(event.data),
        at=event.at,
    )


def _json(stored: Mapping[str, object] | None) -> dict[str, Any] | None:
    return None if stored is None else dict(stored)
