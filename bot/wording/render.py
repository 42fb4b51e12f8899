"""Values put into sentences: dates in the customer's zone, hours, lengths of time, names of languages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, get_timezone_name
from babel.lists import format_list

from bot.core.article import PLACEHOLDER
from bot.wording.values import Amount, Spans, Value, Values, Weekly

HOME_ZONE = "Asia/Hong_Kong"
"""Where the shop keeps its hours; used when the customer's zone is not known."""

MISSING = "…"
"""Stands for a value that is not there: a reply with a hole is better than none. `check` finds the cause."""

Phrase = Callable[[str, int], str]
"""The words of a `form.` phrase in the language at hand, for a number."""

_LOCALES = {"en": "en_GB"}
"""Formats other than the language's own: English is read all over the world, so day, month and 24 hours."""

_DAYS = {"de": "EEEE, d. MMMM", "es": "EEEE d 'de' MMMM", "fr": "EEEE d MMMM", "ru": "d MMMM (EEE)"}
"""Patterns of a day where Babel has none with the whole weekday, or the weekday would have to be declined."""

_NAMES = {
    ("ru", "zh_Hans"): "китайский (упрощённый)",
    ("ru", "zh_Hant"): "китайский (традиционный)",
    ("ko", "zh_Hans"): "중국어(간체)",
    ("ko", "zh_Hant"): "중국어(번체)",
}
"""Names of languages where Babel's are clumsy in a list, by the language spoken and the one named."""

_JOINTS = {"zh-Hans": ("至", "、", "，"), "zh-Hant": ("至", "、", "，"), "ja": ("～", "、", "、")}
"""What joins weekdays, the stretches of a day, and days with other hours; elsewhere an en dash and commas."""


def prepare(languages: Iterable[str]) -> None:
    """Read from disk what the languages and zones need, so that answering a message reads nothing."""
    _zones()
    for lang in languages:
        _day(datetime(2000, 1, 1, tzinfo=UTC), lang)
        zone_name(HOME_ZONE, lang)


@lru_cache(maxsize=64)
def locale(lang: str) -> Locale:
    """Babel's locale for a language code; English for one that it does not know."""
    try:
        return Locale.parse(_LOCALES.get(lang, lang).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_LOCALES["en"])


@cache
def _zones() -> Mapping[str, ZoneInfo]:
    return {name: ZoneInfo(name) for name in available_timezones()}


def zone(name: str) -> ZoneInfo:
    """The zone with this IANA name; Hong Kong's for an unknown or empty one (it comes from a browser)."""
    return _zones().get(name) or _zones()[HOME_ZONE]


def fill(text: str, values: Sequence[Values], lang: str, timezone: str, phrase: Phrase) -> str:
    """Put values into a sentence's places; the first mapping that has the name counts. Never raises."""

    def value(name: str) -> str:
        for mapping in values:
            if name in mapping:
                return show(name, mapping[name], lang, timezone, phrase)
        return MISSING

    return PLACEHOLDER.sub(lambda place: value(place.group(1)), text)


def show(name: str, value: Value, lang: str, timezone: str, phrase: Phrase) -> str:
    """One value as it reads in a sentence. `name` tells codes of languages from other text."""
    match value:
        case datetime():
            return _moment(value, lang, timezone, phrase)
        case date():
            return format_date(value, "long", locale(lang))
        case Amount():
            return phrase(f"form.{value.unit}", value.count).replace("{count}", str(value.count))
        case Weekly():
            return _hours(value, lang, phrase)
        case str() if name in {"language", "languages"}:
            return _languages(value, lang)
        case _:
            return str(value)


def _languages(codes: str, lang: str) -> str:
    names = [language_name(code, lang) for code in codes.replace(",", " ").split()]
    return format_list(names, locale=locale(lang)) if names else MISSING


def language_name(code: str, lang: str) -> str:
    """A language by its name in another: `de`, `en` gives German. What is no code is returned as it is."""
    key = code.strip().replace("-", "_")
    return _NAMES.get((lang, key)) or str(locale(lang).languages.get(key, code))


def _moment(value: datetime, lang: str, timezone: str, phrase: Phrase) -> str:
    where = zone(timezone)
    here = locale(lang)
    parts = {
        "date": _day(value.astimezone(where), lang),
        "time": format_datetime(value, "HH:mm", tzinfo=where, locale=here),
        "zone": zone_name(where.key, lang),
    }
    return PLACEHOLDER.sub(lambda place: parts.get(place.group(1), MISSING), phrase("form.moment", 0))


def _day(value: datetime, lang: str) -> str:
    if lang in _DAYS:
        return format_date(value, _DAYS[lang], locale(lang))
    return format_skeleton("MMMMEEEEd", value, locale=locale(lang))


@lru_cache(maxsize=1024)
def zone_name(name: str, lang: str) -> str:
    """What people call the zone, without regard to summer time: Central European Time."""
    if name.rpartition("/")[2] in {"UTC", "UCT", "GMT", "Universal", "Zulu"}:
        return "UTC"
    return get_timezone_name(zone(name), width="long", locale=locale(lang))


def _hours(hours: Weekly, lang: str, phrase: Phrase) -> str:
    days = locale(lang).days["stand-alone"]["abbreviated"]
    till, also, then = _JOINTS.get(lang, ("–", ", ", ", "))
    runs = [
        (spans, [day for day, _ in run])
        for spans, run in groupby(enumerate(hours.week), key=lambda day: day[1])
    ]
    if len(runs) == 1:
        words = {"spans": _spans(runs[0][0], also)}
        form = "form.daily"
    else:
        open_runs = [(spans, run) for spans, run in runs if spans]
        named = (
            f"{days[run[0]]}{till}{days[run[-1]]} {_spans(spans, also)}"
            if len(run) > 1
            else f"{days[run[0]]} {_spans(spans, also)}"
            for spans, run in open_runs
        )
        words = {"spans": then.join(named)}
        form = "form.weekly"
    words["zone"] = zone_name(hours.zone, lang)
    return PLACEHOLDER.sub(lambda place: words.get(place.group(1), MISSING), phrase(form, 0))


def _spans(spans: Spans, joint: str) -> str:
    return joint.join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
