"""How values become columns: times as milliseconds, frozen values as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.case import Case, State
from bot.core.clocks import Clock
from bot.core.event import Author, Event, EventKind
from bot.core.message import Address, Kind, Message
from bot.core.policy import Unit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 of an aware datetime."""
    return (moment - EPOCH) // MILLISECOND


def from_ms(stored: int) -> datetime:
    """The moment in UTC."""
    return EPOCH + stored * MILLISECOND


def message_json(message: Message) -> dict[str, Any]:
    """The message as its inbox row keeps it; the conversation and the id have columns of their own."""
    stored = asdict(message)
    del stored["conversation"], stored["external_id"], stored["received_at"]
    return {name: value for name, value in stored.items() if value != ""}


def read_message(
    stored: Mapping[str, Any], conversation: Address, external_id: str, received_at: int
) -> Message:
    """Read what `message_json` wrote."""
    fields = dict(stored)
    fields["sender"] = Address(**fields["sender"])
    fields["kind"] = Kind(fields.get("kind", Kind.TEXT))
    fields.setdefault("text", "")
    return Message(
        conversation=conversation, external_id=external_id, received_at=from_ms(received_at), **fields
    )


def clocks_json(clocks: Iterable[Clock]) -> list[dict[str, Any]]:
    """The running promises of a case, with times as ISO 8601."""
    return [
        {
            "name": clock.name,
            "unit": clock.unit.value,
            "channel": clock.channel,
            "start": clock.start.isoformat(),
            "due": clock.due.isoformat(),
            "warnings": [moment.isoformat() for moment in clock.warnings],
            "progress": [moment.isoformat() for moment in clock.progress],
            "pauses": [[stopped.isoformat(), again.isoformat()] for stopped, again in clock.pauses],
            "paused_at": clock.paused_at.isoformat() if clock.paused_at else None,
            "customers": clock.customers,
            "provisional": clock.provisional,
            "facts": list(clock.facts),
        }
        for clock in clocks
    ]


def read_clocks(stored: Sequence[Mapping[str, Any]]) -> tuple[Clock, ...]:
    """Read what `clocks_json` wrote."""
    return tuple(
        Clock(
            name=clock["name"],
            unit=Unit(clock["unit"]),
            channel=clock["channel"],
            start=datetime.fromisoformat(clock["start"]),
            due=datetime.fromisoformat(clock["due"]),
            warnings=tuple(datetime.fromisoformat(moment) for moment in clock["warnings"]),
            progress=tuple(datetime.fromisoformat(moment) for moment in clock["progress"]),
            pauses=tuple(
                (datetime.fromisoformat(stopped), datetime.fromisoformat(again))
                for stopped, again in clock.get("pauses", ())
            ),
            paused_at=datetime.fromisoformat(clock["paused_at"]) if clock["paused_at"] else None,
            customers=clock["customers"],
            provisional=clock["provisional"],
            facts=tuple(clock["facts"]),
        )
        for clock in stored
    )


def case_columns(case: Case) -> dict[str, Any]:
    """The case as its row keeps it, without the id."""
    return {
        "person_id": case.person_id,
        "state": case.state.value,
        "intent": case.intent,
        "urgency": case.urgency,
        "resolution": case.resolution,
        "channel": case.channel,
        "lang": case.lang,
        "order_number": case.order_number,
        "assignee_id": case.assignee_id,
        "opened_at": to_ms(case.opened_at),
        "due_at": to_ms(case.due_at) if case.due_at else None,
        "clocks": clocks_json(case.clocks),
        "overdue": case.overdue,
        "causes": list(case.causes),
        "policy_version": case.policy_version,
        "region": case.region,
        "version": case.version,
    }


def read_case(row: Any, assignee: str | None) -> Case:  # noqa: ANN401 - a row of the case table, however joined
    """The case of a row; `assignee` is the agent's name."""
    return Case(
        id=row.id,
        person_id=row.person_id,
        state=State(row.state),
        intent=row.intent,
        urgency=row.urgency,
        resolution=row.resolution,
        channel=row.channel,
        lang=row.lang,
        order_number=row.order_number,
        assignee_id=row.assignee_id,
        assignee=assignee or "",
        opened_at=from_ms(row.opened_at),
        clocks=read_clocks(row.clocks),
        overdue=row.overdue,
        causes=tuple(row.causes),
        policy_version=row.policy_version,
        region=row.region,
        version=row.version,
    )


def read_event(row: Any) -> Event:  # noqa: ANN401 - a row of the event table, however joined
    """The event of a row."""
    return Event(
        id=row.id,
        seq=row.seq,
        kind=EventKind(row.kind),
        author=Author(row.author),
        at=from_ms(row.at),
        text=row.text,
        lang=row.lang,
        name=row.name,
        external_id=row.external_id or "",
        case_id=row.case_id,
        data=row.data,
    )
