"""The translations of one language, read from its `.po` file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from gettext import c2py
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Catalog as PoCatalog
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po

from bot.errors import MisconfiguredError

Key = tuple[str, str]
"""Where a sentence stands (msgctxt) and its English text (msgid)."""


def locales_dir() -> Path:
    """Where the `.po` files are: beside the code of an installed program, at the top of a source tree."""
    package = Path(str(files("bot")))
    installed = package / "_locales"
    return installed if installed.is_dir() else package.parent / "locales"


def po_files(folder: Path | None = None) -> dict[str, Path]:
    """The languages that have a file, by BCP 47 code; by default those of the program."""
    return {path.stem: path for path in sorted((folder or locales_dir()).glob("*.po"))}


def read(path: Path) -> PoCatalog:
    """A `.po` file with everything in it; MisconfiguredError naming the line where it cannot be read."""
    try:
        with path.open("rb") as file:
            return read_po(file, abort_invalid=True, ignore_obsolete=True)
    except PoFileError as error:
        raise MisconfiguredError(
            f"{path}:{error.lineno}: this is not valid .po syntax: {error}; mend the line {error.line!r}"
        ) from error
    except (OSError, ValueError) as error:
        raise MisconfiguredError(f"{path}: the translations cannot be read: {error}") from error


def strings(message: Message) -> tuple[str, ...]:
    """What a message says, in each plural form if it has several; "" where it says nothing yet."""
    said = message.string
    return tuple(said) if isinstance(said, (tuple, list)) else (str(said),)


@dataclass(frozen=True, slots=True)
class Translations:
    """The finished sentences of one language: neither empty nor fuzzy."""

    lang: str
    single: Mapping[Key, str] = field(default_factory=dict)
    plural: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    form: Callable[[int], int] = field(default=lambda count: int(count != 1))
    """Which of a plural's forms a number takes."""

    @classmethod
    def load(cls, lang: str, path: Path) -> "Translations":
        """Read the file; MisconfiguredError if it is broken."""
        catalog = read(path)
        single: dict[Key, str] = {}
        plural: dict[Key, tuple[str, ...]] = {}
        for message in catalog:
            if not message.id or message.fuzzy or not message.context:
                continue
            forms = strings(message)
            if not all(forms):
                continue
            if message.pluralizable:
                plural[message.context, message.id[0]] = forms
            else:
                single[message.context, str(message.id)] = forms[0]
        try:
            form = c2py(catalog.plural_expr)
        except ValueError as error:
            raise MisconfiguredError(f"{path}: Plural-Forms cannot be understood: {error}") from error
        return cls(lang, MappingProxyType(single), MappingProxyType(plural), form)
