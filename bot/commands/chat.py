"""`crossdesk chat`: talk to the bot in the terminal, or by JSON lines."""

import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import count
from typing import Annotated, Any

import typer
from anyio.from_thread import start_blocking_portal

from bot.app.talk import Turn, open_house
from bot.commands.failure import in_words, leaves
from bot.commands.given import Config, Data, deployment
from bot.commands.lines import Row, answer_json, text_of
from bot.core.message import MAX_TEXT
from bot.errors import RefusedError

INTERRUPTED = 130
"""Exit status after Ctrl+C, as shells have it: 128 and the number of the signal."""

Say = Callable[[str], Turn]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chat)


def chat(
    context: typer.Context,
    *,
    lang: Annotated[str, typer.Option(metavar="L", help="Language to begin in, such as de.")] = "",
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Lines {"text"} in, what follows from each out.')
    ] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Talk to the bot here in the terminal: one new conversation, in the same house as any other.

    A number chooses what the bot has offered; an empty line or Ctrl+D ends the talk.
    """
    here = deployment(context, config, data)
    # The house lives in a loop of its own, so that it goes on working while this thread waits for a line.
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(open_house(here.settings, here.data, here.clock)) as house,
    ):
        conversation, numbers = uuid.uuid4().hex, count(1)
        interrupted = False

        def say(text: str) -> Turn:
            if len(text) > MAX_TEXT:
                raise RefusedError(f"the text has {len(text)} characters; at most {MAX_TEXT} are taken")
            return portal.call(house.say, conversation, text, lang, str(next(numbers)))

        try:
            if jsonl:
                answer_json(lambda row: _turn(say, row))
            else:
                _talk(say)
        except KeyboardInterrupt:  # thrown into the loop of the house it would end that before the house
            interrupted = True
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _turn(say: Say, row: Row) -> Mapping[str, object]:
    return asdict(say(text_of(row, "text", needed=True)))


def _talk(say: Say) -> None:
    for line in _typed():
        try:
            turn = say(line)
        except Exception as error:  # noqa: BLE001 - the next line may fare better
            for each in leaves(error):
                typer.secho(in_words(each), fg="red", err=True)
            continue
        for reply in turn.replies:
            choices = reply["choices"]
            _show(str(reply["text"]), choices if isinstance(choices, list) else ())
        if not turn.replies:
            state = f"{turn.case['id']} is {turn.case['state']}" if turn.case else "nothing to say"
            typer.secho(f"  ({state})", dim=True)


def _typed() -> Iterator[str]:
    """What is typed, until an empty line or the end; without a prompt when it comes from a file."""
    terminal = sys.stdin.isatty()
    if terminal:
        typer.secho("Write as a customer would; an empty line ends the talk.", dim=True)
    while True:
        if terminal:
            typer.secho("> ", nl=False, bold=True)
        line = sys.stdin.readline().strip()
        if not line:
            return
        yield line


def _show(text: str, choices: Sequence[Mapping[str, Any]]) -> None:
    typer.echo("\n".join(f"  {line}" for line in text.splitlines()))
    for number, choice in enumerate(choices, start=1):
        typer.secho(f"  [{number}] {choice['label']}", fg="cyan")
    typer.echo()
