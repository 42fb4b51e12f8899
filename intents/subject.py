"""Subject lines: `Region - Type - OrderNo` (X2.6), `Escalation - order number - customer ID` (X7.2).

Customers write them in any order and with any separator, behind reply prefixes, in brackets, in full-width
letters, with country names for codes. What cannot be read stays empty and is asked for once; nothing is
guessed.
"""

import re
import unicodedata
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from enum import StrEnum
from pathlib import Path

from intents.datafile import joined, table
from intents.entities import order_numbers, without_order_numbers
from intents.regions import region_code


class SubjectKind(StrEnum):
    """What the line is built like."""

    ORDER = "order"
    ESCALATION = "escalation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject line, taken apart. `flags` say what was odd or missing, for the desk and for asking back."""

    kind: SubjectKind
    region: str | None = None
    """ISO 3166 code."""
    type: str = ""
    order_numbers: tuple[str, ...] = ()
    customer_id: str = ""
    flags: tuple[str, ...] = ()


_MAX = 500
_MARK = "\ue000"
"""Stands where an order number was."""
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\ue000]|[\x00-\x1f\x7f]")
_TAG = re.compile(
    r"[\[【]\s*(?:(?:#|CD-|Ticket\s*#?|Case\s*#?)\s*\d{1,12}|EXTERN(?:AL|E)?|EXT|SPAM|外部(?:邮件|郵件)?)\s*[\]】]",
    re.IGNORECASE,
)
_WORDS = table(Path(__file__).parent / "subject.yaml")
_FORWARD = frozenset(_WORDS["forward"])
_PREFIXES = sorted([*_WORDS["reply"], *_WORDS["forward"]], key=len, reverse=True)
_PREFIX = re.compile(
    rf"\s*(?P<word>{'|'.join(map(re.escape, _PREFIXES))})"
    r"\s*(?:[\[(]\s*\d{1,3}\s*[\])]|\^\d{1,3}|\*\d{1,3})?\s*:",
    re.IGNORECASE,
)
_KANA = "\u3041-\u309f\u30a1-\u30fa"
_LONG_VOWEL = re.compile(rf"(?<![{_KANA}])\u30fc|\u30fc(?![{_KANA}])")
_SPACED = re.compile(
    rf"\s+[{_DASHES}]+\s*|\s*[{_DASHES}]+\s+|\s*[{_DASHES}]{{2,}}\s*|\s*[|¦·・•»>→~＞\\]\s*|\s+[/_:]+\s+"
)
_TIGHT = re.compile(rf"\s*[{_DASHES}/_]\s*")
_LIST = re.compile(r"\s*[,;、،:]\s*")
_BRACKETS = re.compile(r"[\[\](){}<>\"“”„«»【】「」『』〔〕《》]")
_LABEL = re.compile(f"^(?:{'|'.join(_WORDS['label'])})$", re.IGNORECASE)
_ESCALATION = joined(_WORDS["escalation"], re.IGNORECASE)
_SECOND = joined(_WORDS["second"], re.IGNORECASE)
_FINAL = joined(_WORDS["final"], re.IGNORECASE)
_CUSTOMER = re.compile(
    rf"(?:{'|'.join(_WORDS['customer'])})"
    r"[\s_-]{0,2}(?:id|no|number|nr|nummer|编号|編號|番号|번호|号|號|номер)?\.?"
    r"\s{0,2}[:#№]?\s{0,2}(?P<id>[A-Za-z]{0,4}-?\d{2,15})\b",
    re.IGNORECASE,
)
_ID = re.compile(r"^(?:id\s*[:#]?\s*)?#?(?P<id>[A-Za-z]{0,4}-?\d{3,15})$", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"ORD\s?\d{4}\s?[X*x]{2,8}|ORD\s?[X*]{4,12}", re.IGNORECASE)
_BARE = re.compile(r"^[#№]?\s?\d{6,20}$")
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{2,3}(?![A-Za-z])")


def decoded(line: str) -> str:
    """A header as people see it: encoded words (RFC 2047) decoded, folded lines joined.

    Broken ones stay as they are.
    """
    if "=?" not in line:
        return line
    try:
        pieces = decode_header(re.sub(r"\r?\n[ \t]+", " ", line))
    except (HeaderParseError, ValueError):
        return line
    text = ""
    run, charset = b"", ""
    for piece, name in [*pieces, ("", None)]:
        if isinstance(piece, bytes) and name and name.lower() == charset:
            run += piece
            continue
        if run:
            text += _bytes(run, charset)
        run, charset = (piece, name.lower()) if isinstance(piece, bytes) and name else (b"", "")
        if not run:
            text += piece.decode("ascii", "replace") if isinstance(piece, bytes) else piece
    return text


def _bytes(raw: bytes, charset: str) -> str:
    charset = {"gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949"}.get(
        charset, charset
    )
    try:
        return raw.decode(charset, "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def read_subject(line: str) -> Subject:
    """Take one subject line apart, raw or decoded. Never raises."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", decoded(line)[:_MAX].replace("\t", " "))).strip()
    flags: dict[str, None] = {}
    text = _without_prefixes(text, flags)
    numbers = order_numbers(text)
    if _PLACEHOLDER.search(text):
        flags["placeholder"] = None
        text = _PLACEHOLDER.sub(_MARK, text)
    text = _LONG_VOWEL.sub(" - ", without_order_numbers(text, _MARK))
    customer = ""
    if labelled := _CUSTOMER.search(text):
        customer = labelled["id"].upper()
        text = f"{text[: labelled.start()]} {_MARK} {text[labelled.end() :]}"
    parts, structured = _parts(text)
    escalation = [part for part in parts if _ESCALATION.search(part)]
    if escalation and (numbers or customer or len(escalation[0].split()) <= 3):
        return _escalation(parts, numbers, customer, flags, line=text)
    return _order(parts, numbers, customer, flags, structured=structured)


def _without_prefixes(text: str, flags: dict[str, None]) -> str:
    while True:
        tagged = _TAG.sub(" ", text)
        if tagged != text:
            flags["ticket_tag"] = None
        text = tagged.strip()
        prefix = _PREFIX.match(text)
        if not prefix:
            return text
        flags["forward" if prefix["word"].lower() in _FORWARD else "reply"] = None
        text = text[prefix.end() :]


def _parts(text: str) -> tuple[list[str], bool]:
    """The pieces between separators, the strongest kind that occurs; and whether there was any."""
    if re.search(r"\[[^\]]*\]|【[^】]*】", text):
        text = re.sub(r"[\[【]([^\]】]*)[\]】]", r" | \1 | ", text)
    text = _BRACKETS.sub(" ", text)
    for separator in (_SPACED, _TIGHT, _LIST):
        pieces = [piece.strip(f" #:.{_DASHES}") for piece in separator.split(text.replace("#", ""))]
        pieces = [piece for piece in pieces if piece]
        if len(pieces) > 1:
            return pieces, True
    return [piece for piece in re.split(rf"({_MARK})|\s{{2,}}", text) if piece and piece.strip()], False


def _escalation(
    parts: list[str], numbers: tuple[str, ...], customer: str, flags: dict[str, None], *, line: str
) -> Subject:
    region = next((code for part in parts if (code := region_code(part))), None)
    if not customer:
        ids = [match["id"].upper() for part in parts if (match := _ID.match(part.replace(_MARK, "").strip()))]
        customer = ids[0] if ids else ""
    if _FINAL.search(line):
        flags["final"] = None
    elif _SECOND.search(line):
        flags["second_level"] = None
    if not numbers:
        flags["missing_order"] = None
    if not customer:
        flags["missing_customer"] = None
    return Subject(SubjectKind.ESCALATION, region, "", numbers, customer, tuple(flags))


def _order(
    parts: list[str], numbers: tuple[str, ...], customer: str, flags: dict[str, None], *, structured: bool
) -> Subject:
    region, kinds, around = _sorted(parts, flags, structured=structured)
    if region is None:
        region, kinds = _region_inside(kinds, flags)
    if region is None:
        region, around = _region_inside(around, flags)
    if not kinds:
        kinds = [kind for rest in around if (kind := _without_label(rest))]
    elif around:
        flags["extra_text"] = None
    kind = " - ".join(kinds)
    regular = structured and region and (kind or "bare_number" in flags)
    if not (numbers or "placeholder" in flags or regular):
        flags |= {} if region or kind else {"empty": None}
        return Subject(SubjectKind.OTHER, region, kind, numbers, customer, tuple(flags))
    missing = {"missing_region": region, "missing_type": kind, "missing_order": numbers}
    flags |= {name: None for name, value in missing.items() if not value}
    return Subject(SubjectKind.ORDER, region, kind, numbers, customer, tuple(flags))


def _sorted(
    parts: list[str], flags: dict[str, None], *, structured: bool
) -> tuple[str | None, list[str], list[str]]:
    """The region, the parts that may be a type, and what stood around an order number."""
    region: str | None = None
    kinds: list[str] = []
    around: list[str] = []
    for part in parts:
        rest = part.replace(_MARK, " ").strip(" .,;:!?、，。：")
        if not rest or _LABEL.match(rest):
            continue
        if _BARE.match(rest):
            flags["bare_number"] = None
        elif region is None and (structured or len(rest) > 1) and (code := region_code(rest)):
            region = code
        elif _MARK in part:
            around.append(rest)
        else:
            kinds.append(rest)
    return region, kinds, around


def _region_inside(parts: list[str], flags: dict[str, None]) -> tuple[str | None, list[str]]:
    """A region written as a code in capitals, or as one of a few words, within a part that holds more."""
    for place, part in enumerate(parts):
        words = part.split()
        for word in [match.group() for match in _CODE.finditer(part)] + (
            [words[0], words[-1]] if len(words) > 1 else []
        ):
            code = region_code(word) if word.isupper() or len(word) > 3 or not word.isascii() else None
            if not code or (part.isupper() and len(words) > 3):
                continue
            rest = part.replace(word, " ", 1).strip(" !?,.;:！？，。")
            others = [*parts[:place], *([rest] if rest else []), *parts[place + 1 :]]
            if len(parts) > 1 and rest:
                flags["extra_text"] = None
                others = [*parts[:place], *parts[place + 1 :]]
            return code, others
    return None, parts


def _without_label(text: str) -> str:
    """The text around an order number without words like "order number"."""
    kept = [word for word in text.split() if not _LABEL.match(word)]
    joined = " ".join(kept)
    return "" if _LABEL.match(joined) else joined
