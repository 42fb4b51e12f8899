"""All versions of one profile: which is in force, and which one a case goes by."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.case import Case
from bot.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Policies:
    """The versions of a profile, the first in force first; never empty.

    Each comes into force at 00:00 of its first day in its zone (fact X9.1) and ends when the next one begins.
    """

    versions: tuple[Policy, ...]
    fingerprint: str = ""
    """Changes with everything that a due time may rest on: days, hours, promises, notices."""

    def now(self, at: datetime) -> Policy:
        """The version in force at this moment; before the first one that one."""
        return next((each for each in reversed(self.versions) if each.begins <= at), self.versions[0])

    def of(self, case: Case | None, at: datetime) -> Policy:
        """The version that a matter goes by: the one that its case began under, for life.

        Without a case it is the one in force at `at`. A version that is not there any more is replaced by the
        one that was in force when the case was opened.
        """
        if case is None:
            return self.now(at)
        named = (each for each in self.versions if each.version == case.policy_version)
        return next(named, None) or self.now(case.opened_at)

    def with_languages(self, available: Collection[str]) -> "Policies":
        """The same versions serving only those of their languages that have texts."""
        return replace(self, versions=tuple(each.with_languages(available) for each in self.versions))
