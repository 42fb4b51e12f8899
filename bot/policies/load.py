"""The way in: a profile with its versions and notices as policies, or every fault with file and line."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.policies import Policies
from bot.core.policy import Policy
from bot.policies.build import build
from bot.policies.document import Document, Fault, PolicyError
from bot.policies.facts import fact_faults, foreign_facts
from bot.policies.notices import NoticeFile, build_notice, read_notices
from bot.policies.profile import NOTICES, VERSIONS, files_of, read_facts, read_profile, strays
from bot.policies.references import faults
from bot.policies.schema import Profile

__all__ = ["Fault", "PolicyError", "check_policy", "load_policies", "load_policy"]


def load_policy(
    name: str, *, folder: Path | None = None, operator: Mapping[str, str] | None = None
) -> Policy:
    """The first version of the profile `name`, without notices: what stands in `<name>.yaml`.

    `folder` may hold the operator's own profiles; one of the same name goes before ours and may `extends` it.
    `operator` has the values that the policy leaves open (fact X3.8a). Raises PolicyError with a line for
    each fault: file, line, what was found and what was expected.
    """
    return _version(name, folder, operator or {}, None).policy


def load_policies(
    name: str, *, folder: Path | None = None, operator: Mapping[str, str] | None = None
) -> Policies:
    """The profile with all its versions and notices. Parameters and errors as `load_policy`."""
    read = _read(name, folder, operator or {})
    notices = tuple(build_notice(notice) for notice in read.notices)
    versions = tuple(replace(each.policy, notices=notices) for each in read.versions)
    return Policies(versions, _fingerprint(read))


def check_policy(
    name: str,
    *,
    folder: Path | None = None,
    articles: Path | None = None,
    intents: Collection[str] | None = None,
    operator: Mapping[str, str] | None = None,
) -> list[Fault]:
    """Every fault of the profile, its versions and notices, for `crossdesk check`; empty if there is none.

    `articles` is the folder of the profile's articles, whose front matter cites facts too; `intents` are the
    ids that the reader knows, which must be those of the profile.
    """
    found = list(strays(name, folder))
    try:
        read = _read(name, folder, operator or {})
        book_document, book = read_facts(name, folder)
    except PolicyError as error:
        return [*found, *error.faults]
    for each in read.versions:
        found.extend(fact_faults(each.document, each.profile, book_document, book, articles))
        if intents is not None:
            found.extend(_intent_faults(each.document, each.profile, intents))
    found.extend(foreign_facts([notice.document for notice in read.notices], book_document, book))
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Version:
    document: Document
    profile: Profile
    policy: Policy


@dataclass(frozen=True, slots=True)
class _Read:
    """All files of a profile; the versions by the day they come into force."""

    versions: Sequence[_Version]
    notices: Sequence[NoticeFile]


def _read(name: str, folder: Path | None, operator: Mapping[str, str]) -> _Read:
    versions: list[_Version] = []
    wrong: list[Fault] = []
    for path in (None, *files_of(name, folder, VERSIONS)):
        try:
            versions.append(_version(name, folder, operator, path))
        except PolicyError as error:
            wrong.extend(error.faults)
    wrong.extend(_clashes(versions))
    notices: Sequence[NoticeFile] = ()
    if versions:
        try:
            notices = read_notices(files_of(name, folder, NOTICES), [each.profile for each in versions])
        except PolicyError as error:
            wrong.extend(error.faults)
    if wrong:
        raise PolicyError(list(dict.fromkeys(wrong)))
    return _Read(sorted(versions, key=lambda each: each.policy.in_force), notices)


def _version(name: str, folder: Path | None, operator: Mapping[str, str], path: Path | None) -> _Version:
    document, profile = read_profile(name, folder, path)
    wrong = faults(document, profile, name)
    if path is not None:
        wrong.extend(_own_head(document, path))
    wrong.extend(
        document.fault(
            ("operator",), f"found the value {key!r} under [operator]; expected one of: {_listed(profile)}"
        )
        for key in operator
        if key not in profile.operator
    )
    if wrong:
        raise PolicyError(wrong)
    try:
        return _Version(document, profile, build(profile, operator))
    except ValueError as error:
        raise PolicyError([document.fault(("calendar",), str(error))]) from None


def _own_head(document: Document, path: Path) -> Iterator[Fault]:
    """A version that took its name or its date from what it stands on would be no version."""
    for where in (("version",), ("in_force", "from")):
        if document.places[where][0] != str(path):
            key = ".".join(where)
            yield Fault(str(path), 1, f"{key}: is missing and has to be given in each version")


def _clashes(versions: Sequence[_Version]) -> Iterator[Fault]:
    """Versions of one name or one date: nobody could say which of them a case began under."""
    for key, where in (("version", ("version",)), ("in_force", ("in_force", "from"))):
        seen: dict[object, _Version] = {}
        for each in versions:
            found = getattr(each.policy, key)
            if found in seen:
                yield each.document.fault(
                    where, f"found {found}, which {seen[found].document.file} has too; give it another"
                )
            seen.setdefault(found, each)


def _fingerprint(read: _Read) -> str:
    """Of all that is written in the files, and of the holidays, which are not."""
    written: Iterable[object] = [
        *([each.document.value, sorted(each.policy.calendar.holidays)] for each in read.versions),
        *(notice.document.value for notice in read.notices),
    ]
    return hashlib.sha256(json.dumps(written, default=str, sort_keys=True).encode()).hexdigest()


def _intent_faults(document: Document, profile: Profile, known: Collection[str]) -> Iterator[Fault]:
    for name in profile.intents:
        if name not in known:
            yield document.fault(
                ("intents", name), "is no intent that the reader knows; add phrases, or take it out"
            )
    for name in sorted(set(known) - set(profile.intents)):
        yield document.fault(("intents",), f"has no rule for {name}, which the reader knows; add one")


def _listed(profile: Profile) -> str:
    return ", ".join(profile.operator)
