"""What becomes of errors: one clear sentence on standard error and status 2, never a traceback."""

import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import typer

from bot import telemetry
from bot.errors import CrossdeskError

FAILED: Final = 2


def explained(command: Callable[[], object]) -> int:
    """Carry out a command; its exit status. Errors are told on standard error, in plain words."""
    try:
        command()
    except SystemExit as end:  # typer ends so, and so do wrong options, which it has explained itself
        return end.code if isinstance(end.code, int) else FAILED
    except Exception as error:  # noqa: BLE001 - the last place that can turn it into a sentence
        for each in leaves(error):
            typer.echo(f"crossdesk: {in_words(each)}", err=True)
        return FAILED
    return 0


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The errors in a group, however nested; an error that is no group is its own only leaf."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from leaves(each)
    else:
        yield error


def in_words(error: BaseException) -> str:
    """An error of ours says what to do; any other is our fault, and its traceback goes into a file."""
    if isinstance(error, CrossdeskError):
        return str(error)
    name = f"{type(error).__name__}: {telemetry.redact(str(error))}"
    return f"a fault of the program itself ({name}). Please report it with the file {_report(error)}"


def _report(error: BaseException) -> Path:
    text = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile(
        "w", prefix="crossdesk-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(telemetry.redact(text))
    return Path(file.name)
