"""Every fault of the catalog and the phrases, for `crossdesk check`."""

from collections import Counter
from pathlib import Path

import yaml

from intents.catalog import CATALOG, Fault, read_catalog
from intents.phrasebook import PHRASES, examine, languages
from intents.regions import ALIASES

CROWDED = 6
"""An intent with this many times the phrases of the median pulls the others' messages to itself."""


def check(folder: Path = PHRASES, catalog_file: Path = CATALOG) -> list[tuple[Path, int, str]]:
    """All faults as (file, line, what is wrong and what would be right); empty when all is well."""
    try:
        intents = read_catalog(catalog_file)
    except Fault as fault:
        return [(fault.file, fault.line, fault.text)]
    faults = [] if languages(folder) else [(folder, 1, "no phrases file here; expected <language>.yaml")]
    for language in languages(folder):
        file = folder / f"{language}.yaml"
        counts: Counter[str] = Counter()
        for found in examine(file, intents):
            if isinstance(found, Fault):
                faults.append((found.file, found.line, found.text))
            else:
                counts[found.intent] += 1
        median = sorted(counts.values())[len(counts) // 2] if counts else 0
        faults += [
            (
                file,
                1,
                f"{intent} has {count} phrases, the median intent {median}; more than {CROWDED} times as many skew the reading",
            )
            for intent, count in counts.items()
            if count > CROWDED * median
        ]
    try:
        yaml.compose(ALIASES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        faults.append(
            (
                ALIASES,
                error.problem_mark.line + 1 if error.problem_mark else 1,
                f"this is not YAML: {error.problem}",
            )
        )
    return faults
