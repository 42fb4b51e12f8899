"""How well the reader reads: rows of messages with what they mean, and the figures of a reading of them."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.understanding import UNKNOWN, Certainty, Understanding
from bot.errors import MisconfiguredError
from intents.catalog import catalog

REFUSE = "refuse"
CLARIFY = "clarify"
Outcome = Callable[[str], str]
"""What the policy profile does about an intent: answer, act, handoff, refuse, chat."""


@dataclass(frozen=True, slots=True)
class Row:
    """One message and what is right about it."""

    text: str
    lang: str
    intent: tuple[str, ...]
    """Acceptable intents, best first."""
    also: tuple[str, ...] = ()
    """Further matters of the message that must be found too."""
    order_no: tuple[str, ...] = ()
    hint: str = ""
    kind: str = ""
    """Nothing for a plain one, else lookalike, disguised, mixed, offtopic or a word of the writer's."""


@dataclass(slots=True)
class Score:
    """So many of so many."""

    right: int = 0
    of: int = 0

    def count(self, right: bool) -> None:  # noqa: FBT001 - two words, and both say it
        """Add one trial."""
        self.of += 1
        self.right += right

    @property
    def percent(self) -> float | None:
        """Hundredths; None of nothing."""
        return round(100 * self.right / self.of, 2) if self.of else None


MEASURES = {
    "top1": "the main intent is an acceptable one",
    "helped": "sure and right, or the right intent is among the choices offered",
    "outcome": "what the profile would do is what it does about an acceptable intent",
    "scope_recall": "questions about a refused subject that are refused",
    "false_refusals": "other messages that are refused (less is better)",
    "lookalike_refused": "look-alikes of a refused subject that are refused (less is better)",
    "disguised_refused": "questions about a refused subject in other words that are refused",
    "mixed_both": "messages of several matters of which all are found",
    "offtopic_kept": "off-topic messages that are not answered as something else",
    "language": "the language is right",
    "order_numbers": "exactly the order numbers of the message are found",
}


@dataclass(slots=True)
class Figures:
    """The scores of all rows and of each language, and which intents were taken for which."""

    all: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in MEASURES})
    by_language: dict[str, dict[str, Score]] = field(default_factory=dict)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    misses: list[tuple[Row, Understanding]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """For `--json`: percentages, the number of rows behind each, and the commonest confusions."""

        def table(scores: Mapping[str, Score]) -> dict[str, object]:
            return {
                name: {"percent": score.percent, "of": score.of} for name, score in scores.items() if score.of
            }

        pairs = [
            {"meant": meant, "read": read, "times": times}
            for (meant, read), times in self.confusions.most_common(20)
        ]
        languages = {language: table(scores) for language, scores in sorted(self.by_language.items())}
        return {"all": table(self.all), "languages": languages, "confusions": pairs}


def read_rows(file: Path) -> list[Row]:
    """Rows of a JSON-lines file.

    Raises MisconfiguredError naming file and line for a row that cannot be used.
    """
    rows = []
    known = catalog()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        try:
            raw = json.loads(line)
        except ValueError as error:
            raise MisconfiguredError(f"{where}: this is not JSON ({error})") from error
        if (
            not isinstance(raw, dict)
            or not isinstance(raw.get("text"), str)
            or not isinstance(raw.get("lang"), str)
        ):
            raise MisconfiguredError(
                f'{where}: expected an object with "text", "lang" and "intent", found {line[:80]}'
            )
        row = Row(
            raw["text"],
            raw["lang"],
            _several(raw.get("intent")),
            _several(raw.get("also")),
            _several(raw.get("order_no")),
            str(raw.get("hint") or ""),
            str(raw.get("kind") or ""),
        )
        for intent in row.intent + row.also:
            if intent not in known:
                raise MisconfiguredError(f"{where}: {intent} is no intent of the catalog; mend the name")
        if not row.intent:
            raise MisconfiguredError(f'{where}: "intent" is empty; give the acceptable intents, best first')
        rows.append(row)
    return rows


def _several(value: object) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def evaluate(rows: Iterable[Row], understand: Callable[[Row], Understanding], outcome: Outcome) -> Figures:
    """Read every row with `understand` and count.

    The figures say nothing of speed; `benchmarks.reading` does.
    """
    figures = Figures()
    for row in rows:
        reading = understand(row)
        scores = figures.by_language.setdefault(row.lang, {name: Score() for name in MEASURES})
        for name, right in _judge(row, reading, outcome).items():
            figures.all[name].count(right)
            scores[name].count(right)
        if reading.intent not in row.intent:
            figures.confusions[row.intent[0], reading.intent] += 1
            figures.misses.append((row, reading))
    return figures


def _judge(row: Row, reading: Understanding, outcome: Outcome) -> dict[str, bool]:
    intents = catalog()
    right = reading.intent in row.intent
    sure = reading.certainty is Certainty.SURE
    found = {reading.intent, *(part.intent for part in reading.also)}
    refused = reading.scope is not None or any(part.scope for part in reading.also)
    out_of_scope = intents[row.intent[0]].scope is not None
    refusable = any(intents[each].scope for each in row.intent + row.also)
    judged = {
        "top1": right,
        "helped": right
        if sure
        else right or bool(set(row.intent) & set(reading.choices)) or UNKNOWN in row.intent,
        "outcome": _done(reading, outcome)
        in {CLARIFY if each == UNKNOWN else outcome(each) for each in row.intent},
        "language": reading.language == row.lang,
    }
    if out_of_scope:
        judged["scope_recall"] = reading.scope is not None
    if not refusable:
        judged["false_refusals"] = refused
    if row.kind == "lookalike":
        judged["lookalike_refused"] = refused
    if row.kind == "disguised":
        judged["disguised_refused"] = reading.scope is not None
    if row.also:
        judged["mixed_both"] = right and set(row.also) <= found
    if row.intent[0] == UNKNOWN:
        judged["offtopic_kept"] = _done(reading, outcome) == CLARIFY
    if row.order_no:
        judged["order_numbers"] = set(reading.order_numbers) == set(row.order_no)
    return judged


def _done(reading: Understanding, outcome: Outcome) -> str:
    """What the bot would do about the main matter of a reading."""
    if reading.scope is not None:
        return REFUSE
    if reading.intent == UNKNOWN or reading.certainty is not Certainty.SURE:
        return CLARIFY
    return outcome(reading.intent)


def table(figures: Figures) -> Sequence[Sequence[str]]:
    """Rows of a table to print: a measure each, a column for all and for each language.

    The first row is the heading.
    """
    languages = sorted(figures.by_language)
    rows = [["", "all", *languages]]
    for name in MEASURES:
        scores = [figures.all[name], *(figures.by_language[language][name] for language in languages)]
        if figures.all[name].of:
            rows.append(
                [name, *("" if score.percent is None else f"{score.percent:.1f}" for score in scores)]
            )
    rows.append(
        [
            "rows",
            *(
                str(score.of)
                for score in [figures.all["top1"], *(figures.by_language[each]["top1"] for each in languages)]
            ),
        ]
    )
    return rows
