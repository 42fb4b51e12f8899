"""The web chat's frames, both ways. Pure: text in, values out; values in, text out; no input makes it raise.

Every frame is one JSON object whose `t` names its kind. What comes up is read field by field, from an
allow-list: a frame may carry whatever else it likes (`author`, `name`, `private` ...), nobody looks at it.
What goes down is written from an allow-list too.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from bot.core.event import Author, Event, EventKind
from bot.core.message import MAX_TEXT, Kind

VERSION: Final = 1
MAX_FRAME: Final = 65_536
"""Bytes of one frame; the server refuses a longer one with 1009 before it gets here."""
MAX_VALUE: Final = 100
MAX_SEQ: Final = 2**53 - 1
"""The highest whole number that JavaScript counts exactly."""

_RATES: Final = frozenset("12345")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all of Unicode's Cc but tab and newline


class Code(StrEnum):
    """Why a frame was not taken."""

    BAD_FRAME = "bad_frame"
    TOO_LONG = "too_long"
    RATE_LIMITED = "rate_limited"
    FILE_REFUSED = "file_refused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Hello:
    """The first frame: who the client is and the last `seq` it has. `token` is None when it carries none."""

    cursor: int
    token: str | None
    lang: str
    tz: str


@dataclass(frozen=True, slots=True)
class Write:
    """The customer wrote `text`, already cleaned and within its length."""

    cid: str
    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """The customer pressed something; `value` is what belongs to the kind, "" for HUMAN."""

    cid: str
    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Typing:
    """The customer is writing."""


@dataclass(frozen=True, slots=True)
class Read:
    """The customer has seen everything up to this `seq`."""

    upto: int


@dataclass(frozen=True, slots=True)
class Nack:
    """A frame that is not taken; `cid` is its id if one could be read."""

    cid: str | None
    code: Code
    message: str

    @property
    def counts(self) -> bool:
        """True for what a correct client never sends: the third time closes the socket."""
        return self.code in {Code.BAD_FRAME, Code.TOO_LONG}


Up = Hello | Write | Press | Typing | Read


class _Bad(Exception):  # noqa: N818 - it never leaves this module
    """Carries the nack out of the readers below."""

    def __init__(self, message: str, code: Code = Code.BAD_FRAME) -> None:
        super().__init__(message)
        self.code = code


# ------------------------------------------------------------------------------------------ up


def parse(raw: str | bytes, languages: Collection[str]) -> Up | Nack:
    """Read one frame as the socket brought it; `languages` are the codes that the bot serves."""
    fields: Any = None
    try:
        fields = _object(raw)
        return _frame(fields, languages)
    except _Bad as bad:
        return Nack(_any_cid(fields), bad.code, str(bad))


def _object(raw: str | bytes) -> Mapping[str, Any]:
    if isinstance(raw, bytes):
        raise _Bad("found a binary frame, expected text")
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):  # too deep, or a number too long to read, is no JSON to us
        raise _Bad("found no valid JSON, expected one JSON object") from None
    if not isinstance(fields, dict):
        raise _Bad(f"found JSON of type {_name(fields)}, expected an object")
    return fields


def _frame(fields: Mapping[str, Any], languages: Collection[str]) -> Up:
    match fields.get("t"):
        case "hello":
            return _hello(fields)
        case "msg":
            return _write(fields)
        case "action":
            return _press(fields, languages)
        case "typing":
            return Typing()
        case "read":
            return Read(_count(fields, "upto"))
        case _:
            raise _Bad("found no known kind in 't', expected hello, msg, action, typing or read")


def _hello(fields: Mapping[str, Any]) -> Hello:
    version = fields.get("v")
    if isinstance(version, bool) or version != VERSION:
        raise _Bad(f"hello: found an unknown 'v', expected {VERSION}")
    token = fields.get("token")
    if token is not None and not isinstance(token, str):
        raise _Bad(f"hello: found 'token' of type {_name(token)}, expected a string")
    _string(fields, "identity")  # reserved; a wrong type is a mistake today as it will be then
    return Hello(
        cursor=_count(fields, "cursor") if "cursor" in fields else 0,
        token=token,
        lang=_shaped(_string(fields, "lang"), _LANGUAGE, at_most=35),
        tz=_shaped(_string(fields, "tz"), _ZONE, at_most=64),
    )


def _write(fields: Mapping[str, Any]) -> Write:
    cid = _cid(fields)
    text = fields.get("text")
    if not isinstance(text, str):
        raise _Bad(f"msg: found 'text' of type {_name(text)}, expected a string")
    files = fields.get("files")
    if files is not None and not isinstance(files, list):
        raise _Bad(f"msg: found 'files' of type {_name(files)}, expected an array")
    if files:
        raise _Bad("msg: files cannot be sent here yet; send the text alone", Code.FILE_REFUSED)
    text = clean(text)
    if not text:
        raise _Bad("msg: found an empty 'text', expected 1 to 4000 characters")
    if len(text) > MAX_TEXT:
        raise _Bad(f"msg: found {len(text)} characters of text, expected {MAX_TEXT} or fewer", Code.TOO_LONG)
    return Write(cid, text)


def _press(fields: Mapping[str, Any], languages: Collection[str]) -> Press:
    cid = _cid(fields)
    value = fields.get("value")
    match fields.get("name"):
        case "human":
            return Press(cid, Kind.HUMAN, "")
        case "choose":
            if not isinstance(value, str) or not clean(value) or len(value) > MAX_VALUE:
                raise _Bad(
                    f"action choose: expected 'value' to be the id of a choice, 1 to {MAX_VALUE} characters"
                )
            return Press(cid, Kind.CHOOSE, clean(value))
        case "rate":
            if isinstance(value, bool) or not isinstance(value, int | str) or str(value) not in _RATES:
                raise _Bad("action rate: expected 'value' to be a whole number from 1 to 5")
            return Press(cid, Kind.RATE, str(value))
        case "language":
            if not isinstance(value, str) or value not in languages:
                raise _Bad(f"action language: expected 'value' to be one of {', '.join(languages)}")
            return Press(cid, Kind.LANGUAGE, value)
        case _:
            raise _Bad("action: found no known 'name', expected choose, human, rate or language")


def clean(text: str) -> str:
    """Bring line ends to newlines, drop control characters but newline and tab, and the blanks around it all.

    A half of a surrogate pair cannot be stored or sent on: it makes the frame a bad one.
    """
    if _LONE_SURROGATE.search(text):
        raise _Bad("found half a surrogate pair in a text, expected whole characters")
    return _CONTROL.sub("", _LINE_END.sub("\n", text)).strip()


def _cid(fields: Mapping[str, Any]) -> str:
    cid = fields.get("cid")
    if not isinstance(cid, str) or not _UUID.fullmatch(cid):
        raise _Bad("expected 'cid' to be a UUID such as 0f8fad5b-d9cb-469f-a165-70867728950e")
    return cid


def _any_cid(fields: object) -> str | None:
    """Whatever the client will know its frame by, if it is short and can be sent back."""
    cid = fields.get("cid") if isinstance(fields, dict) else None
    return cid if isinstance(cid, str) and len(cid) <= MAX_VALUE and not _LONE_SURROGATE.search(cid) else None


def _count(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_SEQ:
        raise _Bad(f"expected '{name}' to be a whole number, 0 or more")
    return value


def _string(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Bad(f"found '{name}' of type {_name(value)}, expected a string")
    return value


def _shaped(value: str, shape: re.Pattern[str], *, at_most: int) -> str:
    """Keep a hint only if it looks like one: a wrong hint is no reason to turn a customer away."""
    return value if len(value) <= at_most and shape.fullmatch(value) else ""


def _name(value: object) -> str:
    """The type in JSON's words."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")


# ---------------------------------------------------------------------------------------- down


def welcome(*, conversation: str, token: str | None, head: int, features: Collection[str]) -> str:
    """Answer a hello; `token` is None when the session came by a cookie, which scripts shall not see."""
    shown = {} if token is None else {"token": token}
    return _dump(
        {
            "t": "welcome",
            "v": VERSION,
            "conv": conversation,
            **shown,
            "head": head,
            "features": list(features),
        }
    )


def features(languages: Collection[str]) -> list[str]:
    """What this server can do, in the words of `welcome`."""
    return ["choices", "human", "rate", "read", "typing", *(f"lang:{code}" for code in languages)]


def event(shown: Event) -> str | None:
    """One entry of the log as the customer may see it; None for what only the desk may see."""
    if shown.seq is None:
        return None
    frame: dict[str, Any] = {"t": "ev", "seq": shown.seq, "kind": shown.kind.value}
    if shown.kind is EventKind.MESSAGE:
        return _dump(frame | _message(shown))
    if shown.kind is EventKind.CASE:
        return _dump(frame | _case(shown))
    return None


def _message(shown: Event) -> dict[str, Any]:
    fields: dict[str, Any] = {"author": shown.author.value}
    if shown.name and shown.author is not Author.CUSTOMER:
        fields["name"] = shown.name
    fields |= {"text": shown.text, "lang": shown.lang}
    choices = [
        {"id": choice["id"], "label": choice["label"]}
        for choice in _list(shown.data, "choices")
        if _is_choice(choice)
    ]
    if choices:
        fields["choices"] = choices
    if shown.author is Author.CUSTOMER and shown.external_id:  # an agent's key is nobody else's business
        fields["cid"] = shown.external_id
    return fields | {"at": shown.at.isoformat(timespec="milliseconds")}


def _case(shown: Event) -> dict[str, Any]:
    data = shown.data or {}
    name = data.get("case") or (f"CD-{shown.case_id}" if shown.case_id is not None else "")
    fields = {"case": name, "state": data.get("state", "")}
    return fields | ({"due": data["due"]} if data.get("due") else {})


def _list(data: Mapping[str, object] | None, name: str) -> list[Any]:
    value = (data or {}).get(name)
    return list(value) if isinstance(value, list | tuple) else []


def _is_choice(value: object) -> bool:
    return (
        isinstance(value, dict) and isinstance(value.get("id"), str) and isinstance(value.get("label"), str)
    )


def ack(cid: str, seq: int) -> str:
    """The frame `cid` is stored for good, as entry `seq` of the conversation."""
    return _dump({"t": "ack", "cid": cid, "seq": seq})


def nack(refused: Nack) -> str:
    """A frame was not taken, and why."""
    return _dump({"t": "nack", "cid": refused.cid, "code": refused.code.value, "message": refused.message})


def typing(author: Literal["agent", "bot"]) -> str:
    """Somebody on our side is writing."""
    return _dump({"t": "typing", "author": author})


def read(upto: int) -> str:
    """The desk has read everything up to this `seq`."""
    return _dump({"t": "read", "upto": upto})


def reset() -> str:
    """The client's cursor is not of this log: forget all, it comes again from 1."""
    return _dump({"t": "reset"})


def bye(retry_in: float) -> str:
    """We close now; come back in so many seconds."""
    return _dump({"t": "bye", "retry_in": round(retry_in, 1)})


def _dump(frame: Mapping[str, Any]) -> str:
    text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair would break the connection
