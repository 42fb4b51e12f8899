"""What a customer sent, in one shape for every channel."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_TEXT = 4000
"""Longest text, in characters, that a message keeps; channels say so to the customer before they store it."""


class Kind(StrEnum):
    """What the customer did: wrote, or pressed something that stands for words."""

    TEXT = "text"
    CHOOSE = "choose"
    HUMAN = "human"
    RATE = "rate"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody can be reached: `webchat:<visitor>`, `telegram:<user id>`, `mail:<address>`."""

    channel: str
    key: str

    def __str__(self) -> str:
        """The written form, as commands take it: `mail:anna@example.org`."""
        return f"{self.channel}:{self.key}"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing a customer did in one conversation.

    `conversation` names the thread of talk within the channel (a web visitor, a private chat, (group, topic,
    user), a mail thread); `sender` says who. `external_id` is the channel's own id: the same id twice in one
    conversation is one message. `value` belongs to the kinds that press something: the choice's id, a rating
    "1".."5", a language code.
    """

    conversation: Address
    sender: Address
    external_id: str
    text: str
    received_at: datetime
    kind: Kind = Kind.TEXT
    value: str = ""
    sender_name: str = ""
    language_hint: str = ""
    """BCP 47 code that the channel knows (browser, app, Content-Language); "" when it knows none."""
    timezone: str = ""
    """IANA name of the customer's zone; "" when unknown."""
    private: bool = True
    """False where others can read the answer (a community group)."""
    automatic: str = ""
    """Why this was not written by a person (bounce, auto-reply, list, feedback, loop); "" when it was."""
