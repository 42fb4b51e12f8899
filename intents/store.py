"""The trained models and the lexicon on disk: made once for each content of the phrases, then mapped.

Making one is work of seconds, so each is made by a process of its own: the program that waits stays small
and responsive, and both of a machine's cores have something to do. `python -m intents.store NAME FILE` is
such a process.
"""

import contextlib
import fcntl
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
        "store.py",
    )
)
"""What a stored file depends on beside its phrases."""
_PATIENCE = 600.0
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
            file.unlink(missing_ok=True)
            complete = False
    return Store(models, lexicon) if complete and lexicon else None


def _make_missing(folder: Path, names: Sequence[str]) -> None:
    waiting = [name for name in names if not (folder / file_name(name)).exists()]
    running: dict[str, Callable[[], None]] = {}
    while waiting or running:
        while waiting and len(running) < max(1, min(4, os.cpu_count() or 1)):
            name = waiting.pop(0)
            running[name] = _start(name, folder / file_name(name))
        done = next(iter(running))
        running.pop(done)()


def _start(name: str, file: Path) -> Callable[[], None]:
    """Begin to make one file in a process of its own; calling the result waits for it."""
    paths = [str(_HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen(  # noqa: S603 - this interpreter, this module, names of our own
        [sys.executable, "-m", "intents.store", name, str(file)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def wait() -> None:
        with process:
            try:
                _, said = process.communicate(timeout=_PATIENCE)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise MisconfiguredError(
                    f"the model {name} was not ready after {_PATIENCE:.0f} seconds; the machine is too busy"
                ) from error
        if process.returncode:
            last = said.strip().splitlines()[-1] if said.strip() else f"exit status {process.returncode}"
            raise MisconfiguredError(f"the model {name} could not be made in {file.parent}: {last}")

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


if __name__ == "__main__":
    os.nice(5)
    make(sys.argv[1], Path(sys.argv[2]))
