"""What has happened in a conversation: the log that sockets, pages and commands read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """MESSAGE and CASE are shown to the customer and carry a `seq`; the others are for the desk alone."""

    MESSAGE = "message"
    CASE = "case"
    DECISION = "decision"
    NOTE = "note"
    STEP = "step"
    CLOCK = "clock"
    RATING = "rating"


class Author(StrEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a conversation's log, as stored.

    `seq` counts 1, 2, 3 ... without a gap among the events the customer may see; it is None for what only the
    desk sees. `data` holds what belongs to the kind: choices `[{id,label}]`, `case`, `state`, `due`; a
    decision's outcome and intent.
    """

    id: int
    seq: int | None
    kind: EventKind
    author: Author
    at: datetime
    text: str = ""
    lang: str = ""
    name: str = ""
    external_id: str = ""
    case_id: int | None = None
    data: dict[str, object] | None = None
