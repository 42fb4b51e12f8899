"""What the API takes and gives, field by field: nothing that is not named here goes in or out."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from bot.core.case import State
from bot.core.message import MAX_TEXT

MAX_PAGE: Final = 200
MAX_SEARCH: Final = 200
MAX_KEY: Final = 200


def _plain(text: str) -> str:
    """Text as a person types it: lines end in LF, no control characters but tabs, not only blanks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for place, sign in enumerate(text):
        if unicodedata.category(sign) == "Cc" and sign not in "\n\t":
            raise ValueError(
                f"control character U+{ord(sign):04X} at position {place}: send text, line breaks and tabs"
            )
    if not text.strip():
        raise ValueError("only blanks: say something")
    return text


def _one_line(text: str) -> str:
    """A value of one line, without blanks around it."""
    text = _plain(text).strip()
    if "\n" in text or "\t" in text:
        raise ValueError("line break or tab in a value of one line: take it out")
    return text


def _phone(text: str) -> str:
    if not re.fullmatch(r"\+?[0-9][0-9 ()./-]{3,30}", text):
        raise ValueError(
            "not a telephone number: write digits, with +, blanks, brackets, dots or dashes, "
            "such as +852 9195 0500"
        )
    return text


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>\"(),:;]{1,64}@[^@\s<>\"(),:;]+\.[^@\s<>\"(),:;.]{2,}", text):
        raise ValueError("not an e-mail address: write it as anna@example.org")
    return text


def _blank_is_none(value: object) -> object:
    """`?state=&q=` asks for nothing."""
    return None if value == "" else value


Words = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_plain)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_KEY,
        pattern=r"^[!-~]+$",
        description="Chosen by you, one for each thing you say: the same key sent again is not said again. "
        "The header Idempotency-Key does the same.",
        examples=["7c9e6679-7425-40de-944b-e07fc1f90ae7"],
    ),
]


class Closed(BaseModel):
    """A body or a query that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Closed):
    """No fields: an empty body or `{}`."""


class Said(Closed):
    """Words of an agent."""

    text: Words = Field(description="1 to 4,000 characters; line breaks and tabs are kept.")
    key: Key | None = None


class NewCase(Closed):
    """A case made by hand, after a telephone call for example."""

    summary: Words = Field(description="What it is about; becomes the case's first note.")
    name: Line | None = Field(None, description="Of the customer.")
    phone: Annotated[Line, AfterValidator(_phone)] | None = Field(None, examples=["+852 9195 0500"])
    email: Annotated[Line, AfterValidator(_email)] | None = Field(None, examples=["anna@example.org"])
    intent: Annotated[str, Field(pattern=r"^[a-z_]{1,30}(\.[a-z_]{1,30})?$")] | None = Field(
        None, description="What the customer wants, by its id.", examples=["order.cancel"]
    )
    order_number: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{3,40}$")] | None = Field(
        None, examples=["ORD20241234"]
    )
    channel: Literal["phone"] = Field("phone", description="How the customer reached you.")
    key: Key | None = None


class Asked(Closed):
    """Which cases to list."""

    state: Annotated[State | None, BeforeValidator(_blank_is_none)] = Field(
        None, description="Only cases in this state."
    )
    assignee: Annotated[Line | None, BeforeValidator(_blank_is_none)] = Field(
        None, description="The name of an agent, `me`, or `none` for cases that nobody has."
    )
    q: Annotated[
        Annotated[str, Field(max_length=MAX_SEARCH), AfterValidator(_one_line)] | None,
        BeforeValidator(_blank_is_none),
    ] = Field(
        None, description="Words to look for in case and order numbers, intents, names, messages and notes."
    )
    cursor: Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_blank_is_none)] = Field(
        None, description="`next` of the page before."
    )
    limit: int = Field(50, ge=1, le=MAX_PAGE, description="Cases on a page.")


class Person(BaseModel):
    """The customer."""

    id: str = Field(examples=["P-17"])
    name: str = Field(description="Empty when the customer gave none.")
    addresses: list[str] = Field(description="Where the customer can be reached: `mail:anna@example.org`.")


class Last(BaseModel):
    """What was said last."""

    author: str
    name: str
    text: str = Field(description="At most 200 characters of it.")
    at: datetime


class _Matter(BaseModel):
    """What a case is, in the list and by itself."""

    id: str = Field(examples=["CD-1042"])
    state: State = Field(description="Who has to act: the bot, the queue, an agent, the customer, nobody.")
    assignee: str | None = Field(description="The name of the agent who has it.", examples=["Mei"])
    intent: str = Field(description="What the customer wants.", examples=["shipping.delay"])
    urgency: str = Field(
        description="Which response clocks run: regular, urgent, complex, complaint, feedback or escalation."
    )
    resolution: str = Field(description="How long the policy gives for it: simple, general or special.")
    channel: str = Field(description="Where it began.", examples=["webchat"])
    lang: str = Field(description="The customer's language, BCP 47.", examples=["zh-Hans"])
    order_number: str = Field(description="Empty when none is known.", examples=["ORD20241234"])
    causes: list[str] = Field(description="Why it was handed over, so far.")
    opened_at: datetime
    due_at: datetime | None = Field(description="When the next promise to the customer falls due.")
    overdue: bool = Field(description="A promise has been broken.")


class CaseLine(_Matter):
    """A case as the list shows it."""

    person_name: str = Field(description="Empty when the customer gave none.")
    last: Last | None = Field(description="What was said last.")


class Page(BaseModel):
    """One page of cases."""

    items: list[CaseLine]
    next: str | None = Field(description="Give it as `cursor` to get the next page; null at the end.")


class Conversation(BaseModel):
    """A conversation of the case."""

    id: int
    channel: str
    address: str = Field(examples=["webchat:5f0c"])
    lang: str
    timezone: str = Field(description="IANA name; empty when unknown.", examples=["Europe/Berlin"])
    head: int = Field(description="How many events the customer may see.")
    customer_read: int = Field(description="Up to which of them the customer has read.")


class Clock(BaseModel):
    """A promise that runs for the case."""

    clock: str = Field(examples=["first_response"])
    started_at: datetime
    due_at: datetime
    paused: bool = Field(description="It stands still while the customer has to answer.")
    customers: bool = Field(description="True for a time that the customer has to keep.")
    facts: list[str] = Field(description="Where the policy promises it.")


class Event(BaseModel):
    """Something that was said or done."""

    id: int
    seq: int | None = Field(description="Its place in what the customer sees, if that.")
    conversation: int = Field(description="The id of the conversation it stands in.")
    kind: str = Field(description="message, case, decision, note, step or clock")
    author: str = Field(description="customer, bot, agent or system")
    name: str = Field(description="Of the customer or the agent who speaks.")
    text: str
    lang: str
    data: dict[str, JsonValue] | None = Field(description="What belongs to its kind, such as choices.")
    at: datetime


class Case(_Matter):
    """A case with all that the desk knows of it."""

    person: Person
    conversations: list[Conversation] = Field(description="Where the customer talks with us about it.")
    clocks: list[Clock] = Field(description="The promises that run.")
    understood: dict[str, JsonValue] | None = Field(description="The bot's last decision on this case.")
    events: list[Event] = Field(description="Oldest first, internal notes included; the newest 500 at most.")
    earlier: int | None = Field(description="Give it as `before` for the events before these; null if none.")


class FieldFault(BaseModel):
    """What is wrong with one field."""

    field: str
    error: str


class Fault(BaseModel):
    """Every answer that is not a success."""

    error: str = Field(description="One sentence: what was found, what was expected.")
    fields: list[FieldFault] | None = None
    assignee: str | None = Field(None, description="Who has the case, when that is the reason.")
