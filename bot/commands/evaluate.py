"""`crossdesk evaluate`: how well messages are read."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.given import Config, Data, deployment, profile
from bot.commands.table import show
from bot.settings import models_folder
from intents.evaluate import MEASURES, evaluate, read_rows, table
from intents.understand import Reader


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate")(run)


def run(
    context: typer.Context,
    *,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.jsonl", exists=True, dir_okay=False, readable=True, show_default=False),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Read the messages of a file and say how many were read right, over all and by language.

    Rows: {"text", "lang", "intent": [acceptable ids, best first], "also"?: [...], "order_no"?}
    """
    here = deployment(context, config, data)
    policy, rows = profile(here), read_rows(file)
    reader = Reader.open(models_folder(here.settings, here.data))
    figures = evaluate(
        rows,
        lambda row: reader.understand(row.text, hint=row.hint),
        lambda intent: policy.rule(intent).outcome,
    )
    if as_json:
        typer.echo(json.dumps(figures.as_json(), ensure_ascii=False))
        return
    head, *scores = table(figures)
    show(head, scores)
    typer.echo("\nPer cent of the rows that a measure is about:")
    for name, meaning in MEASURES.items():
        typer.echo(f"  {name}: {meaning}")
