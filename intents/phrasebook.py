"""Example phrases by language: what the intent models learn from, `phrases/<language>.yaml`."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import yaml

from intents.datafile import DataFaultError, compose, line_of
from intents.text import normal

PHRASES = Path(__file__).parent / "phrases"
FEWEST = 5
"""Fewer phrases than this teach nothing."""
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Phrase:
    """One example, as written in the file, with its line there."""

    intent: str
    text: str
    line: int


def languages(folder: Path = PHRASES) -> tuple[str, ...]:
    """Codes of the languages that have a phrases file."""
    return tuple(sorted(file.stem for file in folder.glob("*.yaml")))


def fingerprint(files: Sequence[Path]) -> str:
    """A name for the contents of these files."""
    digest = blake2b(digest_size=10)
    for file in files:
        digest.update(file.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()


def read_phrases(file: Path, intents: Collection[str]) -> tuple[Phrase, ...]:
    """All phrases of one file. Raises `DataFaultError` for the first thing that is wrong in it."""
    phrases: list[Phrase] = []
    for found in examine(file, intents):
        if isinstance(found, DataFaultError):
            raise found
        phrases.append(found)
    return tuple(phrases)


def examine(file: Path, intents: Collection[str]) -> Iterator[Phrase | DataFaultError]:
    """Everything in a phrases file, good or bad, in its order."""
    try:
        node = compose(file)
    except DataFaultError as fault:
        yield fault
        return
    if not isinstance(node, yaml.MappingNode):
        yield DataFaultError(file, 1, "expected `intent.id:` with a list of phrases below it")
        return
    seen: dict[str, Phrase] = {}
    done: set[str] = set()
    for key, value in node.value:
        line = line_of(key)
        intent = key.value if isinstance(key, yaml.ScalarNode) else ""
        if intent not in intents:
            yield DataFaultError(
                file,
                line,
                f"{intent or 'this'} is no intent of catalog.yaml; mend the name or add the intent there",
            )
        elif intent in done:
            yield DataFaultError(file, line, f"{intent} has been listed before; put its phrases together")
        elif not isinstance(value, yaml.SequenceNode) or len(value.value) < FEWEST:
            yield DataFaultError(file, line, f"{intent} needs a list of at least {FEWEST} phrases")
        else:
            yield from _entries(file, intent, value, seen)
        done.add(intent)
    for intent in intents:
        if intent not in done:
            yield DataFaultError(file, 1, f"{intent} has no phrases; add at least {FEWEST}")


def _entries(
    file: Path, intent: str, value: yaml.SequenceNode, seen: dict[str, Phrase]
) -> Iterator[Phrase | DataFaultError]:
    for entry in value.value:
        line = line_of(entry)
        if not isinstance(entry, yaml.ScalarNode):
            yield DataFaultError(
                file, line, "expected a phrase, found a list or a mapping; quote a phrase that holds a colon"
            )
            continue
        text = entry.value.strip()
        if not text or (entry.style is None and text in {"~", "null"}):
            yield DataFaultError(file, line, f"empty phrase under {intent}; write one or remove the line")
            continue
        if len(text) > LONGEST:
            yield DataFaultError(file, line, f"phrase of {len(text)} characters; at most {LONGEST} are read")
            continue
        form = normal(text)
        before = seen.setdefault(form, Phrase(intent, text, line))
        if before.line != line and before.intent != intent:
            yield DataFaultError(
                file,
                line,
                f"{text!r} stands under {intent} and, in line {before.line}, under {before.intent}; keep one",
            )
        elif before.line != line:
            yield DataFaultError(file, line, f"{text!r} stands in line {before.line} already; remove one")
        else:
            yield before
