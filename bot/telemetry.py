"""What the program tells those who run it: log lines without secrets, and figures for Prometheus.

`bot.app` calls `set_up` once; everybody else takes `log = telemetry.logger(__name__)` and the counters below.
"""

import gc
import logging
import re
import sys
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from structlog.types import Processor

# --------------------------------------------------------------------------------------- figures

REGISTRY: Final = CollectorRegistry()
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
ProcessCollector(registry=REGISTRY)

SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
PAUSES: Final = (0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5)

MESSAGES_ACCEPTED: Final = Counter(
    "crossdesk_messages_accepted", "Messages stored for the first time", ["channel"], registry=REGISTRY
)
MESSAGES_DECIDED: Final = Counter(
    "crossdesk_messages_decided", "Messages by what was decided", ["channel", "outcome"], registry=REGISTRY
)
MESSAGES_PARKED: Final = Counter(
    "crossdesk_messages_parked", "Messages that failed and went to a person", ["channel"], registry=REGISTRY
)
TURN_SECONDS: Final = Histogram(
    "crossdesk_turn_seconds",
    "From taking a stored message up to its reply being stored",
    buckets=SECONDS,
    registry=REGISTRY,
)
REPLIES_SENT: Final = Counter(
    "crossdesk_replies_sent", "Texts handed to the far side", ["channel"], registry=REGISTRY
)
REPLIES_GIVEN_UP: Final = Counter(
    "crossdesk_replies_given_up", "Texts that the far side would not take", ["channel"], registry=REGISTRY
)
SOCKETS_OPEN: Final = Gauge("crossdesk_sockets_open", "Web chat sockets open now", registry=REGISTRY)
CASES: Final = Gauge("crossdesk_cases", "Open cases by state", ["state"], registry=REGISTRY)
CASES_OVERDUE: Final = Gauge("crossdesk_cases_overdue", "Open cases past their due time", registry=REGISTRY)
COORDINATION_FAILURES: Final = Counter(
    "crossdesk_coordination_failures", "Hints lost because Redis was away", ["call"], registry=REGISTRY
)
COORDINATION_UP: Final = Gauge(
    "crossdesk_coordination_up",
    "1 while Redis answers, 0 while this process goes by itself",
    registry=REGISTRY,
)
GC_PAUSE_SECONDS: Final = Histogram(
    "crossdesk_gc_pause_seconds",
    "Time the garbage collector stopped everything",
    ["generation"],
    buckets=PAUSES,
    registry=REGISTRY,
)


def exposition() -> bytes:
    """All figures in the text form that Prometheus reads; serve them with CONTENT_TYPE."""
    return generate_latest(REGISTRY)


@contextmanager
def watch_gc() -> Iterator[None]:
    """Measure the garbage collector's pauses while the context is open."""
    begun = 0.0

    def note(phase: str, info: dict[str, int]) -> None:
        nonlocal begun
        if phase == "start":
            begun = time.perf_counter()
        else:
            GC_PAUSE_SECONDS.labels(generation=info["generation"]).observe(time.perf_counter() - begun)

    gc.callbacks.append(note)
    try:
        yield
    finally:
        gc.callbacks.remove(note)


# ----------------------------------------------------------------------------------------- secrets

HIDDEN: Final = "[hidden]"
SECRET_NAME: Final = re.compile(
    r"password|passwd|secret|token|authorization|cookie|credential|identity_key|api_?key|otp|one_time_code",
    re.IGNORECASE,
)
PATTERNS: Final = (
    # Authorization headers, wherever they are quoted.
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    # Our own tokens for programs and for web sessions, Telegram's bot tokens, and JSON web tokens.
    (re.compile(r"\bcd_\d+_[\w-]{20,}"), HIDDEN),
    (re.compile(r"\bv1\.[0-9a-f]{32}\.\d+\.[0-9a-f]{64}"), HIDDEN),
    (re.compile(r"(?<!\d)\d{6,12}:[\w-]{30,}"), HIDDEN),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), HIDDEN),
    # redis://:password@host, postgresql://user:password@host
    (re.compile(r"(\w://[^\s/:@]*:)[^\s/@]+@"), rf"\1{HIDDEN}@"),
    # What mail servers are told when a program signs in.
    (re.compile(r"(?i)\b(AUTH(?:ENTICATE)?\s+(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER))\s+\S+"), rf"\1 {HIDDEN}"),
    (re.compile(r'\b(LOGIN\s+(?:"[^"]*"|\S+))\s+(?:"[^"]*"|\S+)'), rf"\1 {HIDDEN}"),
    # password=..., "token": "..."
    (
        re.compile(
            r"""(?i)\b((?:\w*_)?(?:password|passwd|secret|token|api_?key)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&"']+)"""
        ),
        rf"\1{HIDDEN}",
    ),
)
DIGITS: Final = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")


def redact(text: str) -> str:
    """The text without passwords, tokens and payment card numbers."""
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return DIGITS.sub(lambda found: "[card]" if _luhn(found[0]) else found[0], text)


def _luhn(written: str) -> bool:
    """ISO/IEC 7812-1, annex B: true of every payment card's number and of one other number in ten."""
    digits = [int(sign) for sign in written if sign.isdecimal()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]  # noqa: PLR2004 - two digits are added up
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def redact_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog's processor: hide secrets by their name and by their look, however deep they sit."""
    return {key: _redacted(key, value) for key, value in event.items()}


def _drop_colours(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Uvicorn says everything a second time, coloured."""
    event.pop("color_message", None)
    return event


def _redacted(key: str, value: object) -> object:
    if SECRET_NAME.search(key) and value:
        return HIDDEN
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _redacted(str(name), each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))


# -------------------------------------------------------------------------------------------- logs

Logger = structlog.stdlib.BoundLogger

_EVERY_LINE: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    _drop_colours,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    redact_event,
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_EVERY_LINE,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    wrapper_class=Logger,
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

logger: Callable[[str], Logger] = structlog.stdlib.get_logger
bind: Callable[..., object] = structlog.contextvars.bind_contextvars
"""`bind(case=..., channel=...)`: every further line of this task carries them."""

# These write secrets (mail) or every request (HTTP) at levels that are ours for better things.
QUIET: Final = dict.fromkeys(("aioimaplib", "alembic", "httpx", "httpcore", "uvicorn"), logging.WARNING)


def set_up(*, level: str = "info", style: str = "console", stream: TextIO | None = None) -> None:
    """Send every log line, ours and other packages', to `stream` (standard error unless given).

    `level` is the least important to be written: debug, info, warning or error; `style` is console or json.
    May be called again; the last call holds.
    """
    out = stream or sys.stderr
    colours = style == "console" and out.isatty()
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_EVERY_LINE,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
