"""The program's clock: the wall clock, or one that starts where CROSSDESK_CLOCK says."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from bot.errors import MisconfiguredError

CLOCK = "CROSSDESK_CLOCK"


def start_clock(environ: Mapping[str, str], *, production: bool) -> Callable[[], datetime]:
    """Give the function that tells the time from now on, aware and in UTC.

    With CROSSDESK_CLOCK set to an ISO 8601 time with its zone, the clock starts there and runs on from there.
    Raises MisconfiguredError if that cannot be read, or in production, where deadlines are promises.
    """
    wanted = environ.get(CLOCK, "")
    if not wanted:
        return lambda: datetime.now(UTC)
    if production:
        raise MisconfiguredError(
            f"{CLOCK} is set, but [server] production = true: a live desk keeps the true time. Unset one."
        )
    start = _read(wanted)
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def _read(wanted: str) -> datetime:
    expected = f"{CLOCK}={wanted!r}: expected a time with its zone, such as 2026-02-16T10:00:00+08:00"
    try:
        start = datetime.fromisoformat(wanted)
    except ValueError:
        raise MisconfiguredError(f"{expected}.") from None
    if start.tzinfo is None:
        raise MisconfiguredError(f"{expected} (the zone is missing).")
    return start.astimezone(UTC)
