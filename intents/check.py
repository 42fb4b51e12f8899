"""Every fault of the catalog, the phrases and the word lists, for `crossdesk check`."""

from collections import Counter
from pathlib import Path

from intents import requests, scope
from intents.catalog import CATALOG, read_catalog
from intents.datafile import DataFaultError
from intents.phrasebook import PHRASES, examine, languages
from intents.regions import ALIASES, read_regions

CROWDED = 6
"""An intent with this many times the phrases of the median pulls the others' messages to itself."""


def check(folder: Path = PHRASES, catalog_file: Path = CATALOG) -> list[tuple[Path, int, str]]:
    """All faults as (file, line, what is wrong and what would be right); empty when all is well."""
    try:
        intents = read_catalog(catalog_file)
    except DataFaultError as fault:
        return [(fault.file, fault.line, fault.text)]
    faults = [] if languages(folder) else [(folder, 1, "no phrases file here; expected <language>.yaml")]
    for language in languages(folder):
        file = folder / f"{language}.yaml"
        counts: Counter[str] = Counter()
        for found in examine(file, intents):
            if isinstance(found, DataFaultError):
                faults.append((found.file, found.line, found.text))
            else:
                counts[found.intent] += 1
        median = sorted(counts.values())[len(counts) // 2] if counts else 0
        for intent, count in counts.items():
            if count > CROWDED * median:
                most = f"more than {CROWDED} times the median ({median}) skews the reading of all others"
                faults.append((file, 1, f"{intent} has {count} phrases: {most}"))
    for read, data in (
        (read_regions, ALIASES),
        (scope.read_words, scope.WORDS),
        (requests.read_words, requests.WORDS),
    ):
        try:
            read(data)
        except DataFaultError as fault:
            faults.append((fault.file, fault.line, fault.text))
    return faults
