"""What of a profile is in force, what comes next, what is over: the lines that `crossdesk check` prints."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from bot.core.policies import Policies
from bot.core.policy import Notice


def overview(policies: Policies, at: datetime) -> list[str]:
    """A line for each version and each notice as things stand at `at`, in the profile's zone."""
    current = policies.now(at)
    return [*_versions(policies, at), *(_notice(each, at, current.zone) for each in current.notices)]


def _versions(policies: Policies, at: datetime) -> Iterator[str]:
    current = policies.now(at)
    for each in policies.versions:
        when = "now " if each is current else "next" if each.begins > at else "over"
        yield f"{when}  version {each.version}, from {_shown(each.begins, each.zone)}"


def _notice(notice: Notice, at: datetime, zone: tzinfo) -> str:
    when = "next" if notice.since > at else "now " if notice.until > at else "over"
    changes = [f"hours of {channel}" for channel in notice.hours]
    if notice.works is not None:
        changes.append("working days" if notice.works else "rest days")
    changes += dict.fromkeys(f"the clock {each.clock}" for each in notice.clocks)
    span = f"from {_shown(notice.since, zone)} until {_shown(notice.until, zone)}"
    return f"{when}  notice {notice.id}, {span}: {', '.join(changes)} ({notice.reason})"


def _shown(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="minutes")
