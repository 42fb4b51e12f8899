"""All that one turn or one act changes, as a value; the shell writes it in one transaction."""

from dataclasses import dataclass

from bot.core.case import Case
from bot.core.decision import Decision
from bot.core.event import Author, EventKind
from bot.core.reply import Reply
from bot.core.talk import Talk


@dataclass(frozen=True, slots=True)
class Entry:
    """One line for the log. A `reply` is put into words by the shell; `text` is taken as it is."""

    kind: EventKind
    author: Author
    reply: Reply | None = None
    text: str = ""
    name: str = ""
    external_id: str = ""
    data: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a message or an act: the talk and the case afterwards, and what the log gets."""

    talk: Talk
    lang: str
    """The conversation's language afterwards."""
    entries: tuple[Entry, ...]
    case: Case | None = None
    """The case afterwards; None when there is none or it is left alone."""
    opened: bool = False
    """The case is new."""
    decision: Decision | None = None


def stepped(case: Case, happened: str, who: str) -> tuple[Entry, Entry]:
    """The two log entries of a step: for the desk (and `crossdesk replay`), and for the customer."""
    for_desk = Entry(
        EventKind.STEP,
        Author.SYSTEM,
        name=who,
        data={
            "step": happened,
            "state": case.state.value,
            "version": case.version,
            "assignee": case.assignee,
        },
    )
    return for_desk, Entry(EventKind.CASE, Author.SYSTEM, data=shown(case))


def shown(case: Case) -> dict[str, object]:
    """What the customer may know of his case: its number, who has to act, and until when."""
    found: dict[str, object] = {"case": case.number, "state": case.state.value}
    if case.due_at is not None:
        found["due"] = case.due_at.isoformat()
    return found
