"""The trained models and the lexicon on disk: made once for each content of the phrases, then mapped.

Making them is work of seconds, so it is done by processes of their own: the program that waits stays small
and responsive, and all cores have something to do. `python -m intents.store FOLDER NAME ...` is such a one.
"""

import contextlib
import fcntl
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.errors import MisconfiguredError
from intents import learn
from intents.catalog import CATALOG, catalog
from intents.lexicon import Lexicon, build_lexicon, edition, load_lexicon, save_lexicon
from intents.model import Model, load_model, save_model
from intents.phrasebook import PHRASES, fingerprint, languages, read_phrases
from intents.text import form

_log = logging.getLogger(__name__)

LEXICON = "lexicon"
_HERE = Path(__file__).parent
_CODE = tuple(
    _HERE / name
    for name in (
        "learn.py",
        "features.py",
        "hashing.py",
        "text.py",
        "chinese.py",
        "entities.py",
        "model.py",
        "lexicon.py",
    )
)
"""What a stored file depends on beside its phrases."""
_PATIENCE = 900.0
_MOST = 4
"""Processes that make models at the same time; each takes some 300 MB while it works."""
_KEPT = 30 * 86_400.0
"""Seconds a model is kept that nobody opens; several versions of the program may share a folder."""


@dataclass(frozen=True, slots=True)
class Store:
    """All that a reader maps: a model by group of languages, and the lexicon."""

    models: Mapping[str, Model]
    lexicon: Lexicon


def group(language: str) -> str:
    """The model that reads a language: both Chinese scripts share one."""
    return language.partition("-")[0]


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """The languages with phrases, by the model that learns from them."""
    found: dict[str, tuple[str, ...]] = {}
    for language in languages():
        found[group(language)] = (*found.get(group(language), ()), language)
    return found


def _files(name: str) -> list[Path]:
    return [PHRASES / f"{language}.yaml" for language in groups()[name]]


def file_name(name: str) -> str:
    """The file of a model, or of the lexicon, as it is now."""
    if name == LEXICON:
        return f"{LEXICON}-{edition()}-{fingerprint(_CODE)}.bin"
    return f"{name}-{fingerprint([CATALOG, *_files(name), *_CODE])}.bin"


def make(name: str, file: Path) -> None:
    """Train one model, or condense the lexicon, and store it.

    Raises MisconfiguredError for broken phrases.
    """
    if name == LEXICON:
        save_lexicon(file, build_lexicon())
        return
    intents = catalog()
    phrases = [
        (form(phrase.text, language), phrase.intent)
        for language in groups()[name]
        for phrase in read_phrases(PHRASES / f"{language}.yaml", intents)
    ]
    save_model(file, learn.train(phrases, tuple(intents)))


def open_store(folder: Path | None) -> Store:
    """Map everything from `folder`, making first what is missing there.

    None for a folder that is gone afterwards.

    Raises MisconfiguredError for a broken phrases file (before anything is made), or when a file cannot be
    made or written.
    """
    if not groups():
        raise MisconfiguredError(f"there is no phrases file in {PHRASES}; install Crossdesk again")
    for files in map(_files, groups()):
        for file in files:
            read_phrases(file, catalog())
    with _folder(folder) as place:
        names = [LEXICON, *sorted(groups(), key=lambda name: (name != "en", name != "zh", name))]
        store = _load(place, names)
        if store is None:
            with _alone(place):
                _make_missing(place, names)
            store = _load(place, names)
        if store is None:
            raise MisconfiguredError(
                f"the models made in {place} cannot be read; remove that folder and start again"
            )
        _sweep(place, names)
        return store


@contextlib.contextmanager
def _folder(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        # What is mapped stays readable after the folder has gone.
        with tempfile.TemporaryDirectory(prefix="crossdesk-", ignore_cleanup_errors=True) as place:
            yield Path(place)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MisconfiguredError(
            f"the folder {folder} for models cannot be made: {error.strerror}"
        ) from error
    yield folder


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from making the same files at the same time; they wait and find them."""
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _load(folder: Path, names: Sequence[str]) -> Store | None:
    """Everything, or None when something is missing; a file that is damaged is removed."""
    labels = tuple(catalog())
    models: dict[str, Model] = {}
    lexicon: Lexicon | None = None
    complete = True
    for name in names:
        file = folder / file_name(name)
        try:
            if name == LEXICON:
                lexicon = load_lexicon(file)
            else:
                models[name] = load_model(file, labels)
        except FileNotFoundError:
            complete = False
        except (OSError, ValueError):
            with contextlib.suppress(OSError):
                file.unlink()
            complete = False
    return Store(models, lexicon) if complete and lexicon else None


def _make_missing(folder: Path, names: Sequence[str]) -> None:
    missing = [name for name in names if not (folder / file_name(name)).exists()]
    _log.info("making %d models in %s, once; this takes up to a minute", len(missing), folder)
    waiting = [_start(share, folder) for share in _shares(missing, max(1, min(_MOST, os.cpu_count() or 1)))]
    faults = [fault for wait in waiting if (fault := wait())]
    if faults:
        raise MisconfiguredError(faults[0])


def _shares(names: Sequence[str], count: int) -> list[list[str]]:
    """The names dealt out evenly: the largest first, each to whoever has least to do."""
    work = {
        name: sum(file.stat().st_size for file in _files(name)) if name != LEXICON else 0 for name in names
    }
    shares: list[list[str]] = [[] for _ in range(min(count, len(names)))]
    for name in sorted(names, key=lambda name: -work[name]):
        min(shares, key=lambda share: sum(work[each] for each in share)).append(name)
    return shares


def _start(names: Sequence[str], folder: Path) -> Callable[[], str]:
    """Begin to make files in a process of its own; calling the result waits and says what failed."""
    what = f"the models {', '.join(names)}"
    paths = [str(_HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    alone = {"PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(  # noqa: S603 - this interpreter, this module, names of our own
        [sys.executable, "-m", "intents.store", str(folder), *names],
        env={**os.environ, **alone},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def wait() -> str:
        with process:
            try:
                _, said = process.communicate(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                return f"{what} were not ready after {_PATIENCE:.0f} seconds; the machine is too busy"
        if not process.returncode:
            return ""
        last = said.strip().splitlines()[-1] if said.strip() else f"exit status {process.returncode}"
        return f"{what} could not be made in {folder}: {last}"

    return wait


def _sweep(folder: Path, names: Sequence[str]) -> None:
    """Remove models that nobody has opened for a month: those of former phrases."""
    current = [folder / file_name(name) for name in names]
    with contextlib.suppress(OSError):
        for file in current:
            file.touch()
        oldest = current[0].stat().st_mtime - _KEPT
        for name in names:
            for file in folder.glob(f"{name}-*.bin"):
                if file.stat().st_mtime < oldest:
                    file.unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> None:
    """Make the named files in a folder, politely: whoever else works on this machine goes first."""
    folder, *names = arguments
    os.nice(5)
    for name in names:
        make(name, Path(folder) / file_name(name))


if __name__ == "__main__":
    main(sys.argv[1:])
