"""Countries and regions by ISO code, name or adjective, in sixteen languages."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path

from babel import Locale

from intents.datafile import DataFaultError, compose, line_of, mapping, strings
from intents.language import LANGUAGES

ALIASES = Path(__file__).parent / "regions.yaml"
LOCALES = tuple(code.replace("-", "_") for code in LANGUAGES)

# Codes that are also short words of a customer's language: in running text they say nothing.
_CODE_WORDS = """
    AD AI AL AM AN AS AT BE BI CC CO DO ET GL GO ID IE IL IM IN IO IS IT JO LA LI LU MA MC ME MN MO
    MS MY NA NE NI NO NU OM PA PC PE PM PS QA RE SA SC SE SI SK SO ST SU SV TC TD TF TK TM TO TV UM
    UN VA VI WS YE YT ZM
"""
_WORDS = frozenset(_CODE_WORDS.split())
# Names that are also things: only with a capital first letter do they name a place.
_THINGS = frozenset(
    {
        "jersey",
        "chad",
        "turkey",
        "jordan",
        "guinea",
        "georgia",
        "niger",
        "mali",
        "cuba",
        "chile",
        "thai",
        "oz",
        "man",
        "togo",
    }
)
_SPACED_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*\.?")
_EDGE = re.compile(r"[ .'-]")
_LONGEST = 8
_ASIAN = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_BRACKETS = re.compile(r"\s*[(（][^)）]*[)）]")
_THREE_LETTERS = """
    USA=US GBR=GB DEU=DE GER=DE FRA=FR ESP=ES ITA=IT CHN=CN HKG=HK TWN=TW MAC=MO JPN=JP KOR=KR
    RUS=RU SGP=SG MYS=MY THA=TH VNM=VN IDN=ID PHL=PH AUS=AU NZL=NZ CAN=CA MEX=MX BRA=BR ARG=AR
    PRT=PT NLD=NL BEL=BE AUT=AT CHE=CH SUI=CH POL=PL TUR=TR ARE=AE SAU=SA IND=IN SWE=SE NOR=NO
    DNK=DK FIN=FI IRL=IE CZE=CZ HUN=HU ROU=RO GRC=GR UKR=UA KAZ=KZ ISR=IL ZAF=ZA
"""
_THREE = {three: two for three, _, two in (pair.partition("=") for pair in _THREE_LETTERS.split())}


def _plain(name: str) -> str:
    """Lower case, without accents: customers leave them out. Scripts of their own stay as they are."""
    name = unicodedata.normalize("NFKC", name).replace("’", "'").casefold()
    if not _ASIAN.search(name):
        name = "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))
    return name.strip(" .").replace("-", " ")


def read_regions(file: Path = ALIASES) -> Mapping[str, str]:
    """Names of regions, plain (lower case, no accents), with their codes: babel's and those of the file.

    Raises `DataFaultError` for the first thing that is wrong in the file.
    """
    names: dict[str, str] = {}
    for locale in LOCALES:
        for code, name in Locale.parse(locale).territories.items():
            if len(code) != 2 or not code.isalpha() or code in {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"}:
                continue
            names.setdefault(_plain(_BRACKETS.sub("", name)), code)
    for key, listed in mapping(file, compose(file)):
        if key.value not in _codes():
            raise DataFaultError(file, line_of(key), f"{key.value} is no ISO 3166 code of two letters")
        for alias, _ in strings(file, listed):
            names[_plain(alias)] = str(key.value)
    for name in [name for name in names if len(name) < 2]:
        del names[name]
    return names


def _first(name: str) -> str:
    """The first piece of a name, past a French or Italian article."""
    head, _, tail = _EDGE.sub(" ", name).partition(" ")
    return tail.partition(" ")[0] if len(head) == 1 and tail else head


@cache
def _names() -> Mapping[str, str]:
    return read_regions()


@cache
def _starts() -> frozenset[str]:
    """First words of all names: a word that is none of them cannot begin one."""
    return frozenset(_first(name) for name in _names() if not _ASIAN.match(name))


@cache
def _codes() -> frozenset[str]:
    codes = (str(code) for code in Locale.parse("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - {"ZZ", "EU", "UN"}


def prepare() -> None:
    """Load the tables now, so that the first message need not wait for them."""
    _names()
    _starts()
    _codes()


def region_code(text: str) -> str | None:
    """The region that a short text *is*: `HK`, `usa`, `Deutschland`, `中国香港`.

    None when it is anything else.
    """
    name = _plain(text.strip(" []()（）【】「」<>"))
    code = name.upper()
    if len(code) == 2 and code.isascii():
        code = {"UK": "GB", "EL": "GR"}.get(code, code)
        return code if code in _codes() else None
    return _THREE.get(code) or _names().get(name)


def regions(text: str) -> Iterator[str]:
    """The regions that a running text names, in its order; a code counts only where it cannot be a word."""
    yield from (code for _, code in sorted(_named(text)))


def _named(text: str) -> Iterator[tuple[int, str]]:
    names = _names()
    for run in _ASIAN.finditer(text):
        yield from _asian(run.group(), run.start(), names)
    starts = _starts()
    found = list(islice(_SPACED_WORD.finditer(text), 200))
    shouting = text.isupper()
    at = 0
    while at < len(found):
        word = found[at].group()
        code_like = word.isupper() and len(word) < 4
        first = word.lower() if word.isascii() else _plain(word)
        first = _first(first)
        if not code_like and first not in starts:
            at += 1
            continue
        for size in range(min(4, len(found) - at), 0, -1):
            written = text[found[at].start() : found[at + size - 1].end()]
            code = _latin(written, size, names, shouting=shouting)
            if code:
                yield found[at].start(), code
                at += size - 1
                break
        at += 1


def _latin(written: str, size: int, names: Mapping[str, str], *, shouting: bool) -> str | None:
    if _ASIAN.match(written):
        return None
    if size == 1 and written.isascii() and len(written) in {2, 3} and written.isupper() and not shouting:
        code = {"UK": "GB"}.get(written, written)
        if code in _codes():
            return None if code in _WORDS else code
        return _THREE.get(code)
    name = _plain(written)
    if len(name) < 4 and name not in {"usa", "uk", "uae", "сша", "рф", "юар", "оаэ"}:
        return None
    if name in _THINGS and not written[:1].isupper():
        return None
    head, _, tail = name.partition("'")
    return names.get(name) or names.get(tail if len(head) == 1 else head)


def _asian(run: str, offset: int, names: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    at = 0
    while at < len(run) and at < 400:
        for size in range(_LONGEST, 1, -1):
            code = names.get(run[at : at + size]) if at + size <= len(run) else None
            if code:
                yield offset + at, code
                at += size - 1
                break
        at += 1
