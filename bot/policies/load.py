"""The way in: one profile as a policy, or every fault of it with file and line."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bot.core.policy import Policy
from bot.policies.build import build
from bot.policies.document import Document, Fault, PolicyError
from bot.policies.facts import fact_faults
from bot.policies.profile import read_facts, read_profile
from bot.policies.references import faults
from bot.policies.schema import Profile

__all__ = ["Fault", "PolicyError", "check_policy", "load_policy"]


def load_policy(
    name: str, *, folder: Path | None = None, operator: Mapping[str, str] | None = None
) -> Policy:
    """The profile `name` as values, with the operator's for what the policy leaves open (fact X3.8a).

    `folder` may hold the operator's own profiles; one of the same name goes before ours and may `extends` it.
    Raises PolicyError with a line for each fault: file, line, what was found and what was expected.
    """
    return _load(name, folder, operator or {})[2]


def check_policy(
    name: str,
    *,
    folder: Path | None = None,
    articles: Path | None = None,
    intents: Collection[str] | None = None,
    operator: Mapping[str, str] | None = None,
) -> list[Fault]:
    """Every fault of the profile, for `crossdesk check`; an empty list if there is none.

    `articles` is the folder of the profile's articles, whose front matter cites facts too; `intents` are the
    ids that the reader knows, which must be those of the profile.
    """
    try:
        document, profile, _ = _load(name, folder, operator or {})
        book_document, book = read_facts(name, folder)
    except PolicyError as error:
        return list(error.faults)
    found = list(fact_faults(document, profile, book_document, book, articles))
    if intents is not None:
        found.extend(_intent_faults(document, profile, intents))
    return found


def _load(name: str, folder: Path | None, operator: Mapping[str, str]) -> tuple[Document, Profile, Policy]:
    document, profile = read_profile(name, folder)
    wrong = faults(document, profile, name)
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
        return document, profile, build(profile, operator)
    except ValueError as error:
        raise PolicyError([document.fault(("calendar",), str(error))]) from None


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
