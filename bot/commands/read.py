"""`crossdesk read` and `crossdesk subject`: what is understood of messages and of subject lines."""

from collections.abc import Mapping
from dataclasses import replace

import typer

from bot.commands.given import Config, Data, deployment, profile
from bot.commands.lines import Row, answer_json, answer_lines, text_of
from bot.core.decide import outcome_of
from bot.core.policy import Policy
from bot.core.understanding import Certainty, Understanding
from bot.settings import models_folder
from intents.subject import read_subject
from intents.understand import Reader


def add_to(app: typer.Typer) -> None:
    """Add both commands."""
    app.command()(read)
    app.command()(subject)


def read(context: typer.Context, *, config: Config = None, data: Data = None) -> None:
    """Read messages: lines {"text", "subject"?, "hint"?} in, what is understood of each out.

    "hint" is a language code that the channel knows. Answers come in order, one for each line.
    """
    here = deployment(context, config, data)
    policy = profile(here)
    reader = Reader.open(models_folder(here.settings, here.data))

    def understood(row: Row) -> Mapping[str, object]:
        text, hint, line = text_of(row, "text", needed=True), text_of(row, "hint"), text_of(row, "subject")
        return _told(reader.understand(text, hint=hint, subject=line), policy)

    answer_json(understood)


def _told(meant: Understanding, policy: Policy) -> Mapping[str, object]:
    return {
        "lang": meant.language,
        "lang_confidence": round(meant.language_confidence, 3),
        "intent": meant.intent,
        "confidence": round(meant.confidence, 3),
        "outcome": outcome_of(meant, policy),
        "scope": meant.scope,
        "also": [
            {
                "intent": part.intent,
                "outcome": outcome_of(
                    replace(meant, intent=part.intent, scope=part.scope, certainty=Certainty.SURE), policy
                ),
            }
            for part in meant.also
        ],
        "choices": list(meant.choices),
        "order_numbers": list(meant.order_numbers),
        "region": meant.region,
    }


def subject(context: typer.Context, *, config: Config = None, data: Data = None) -> None:
    """Read subject lines, raw or decoded: one a line in, its kind, region, order numbers and so on out."""
    deployment(context, config, data)
    answer_lines(_subject)


def _subject(line: str) -> Mapping[str, object]:
    found = read_subject(line)
    return {
        "kind": found.kind,
        "region": found.region,
        "type": found.type or None,
        "order_numbers": list(found.order_numbers),
        "customer_id": found.customer_id or None,
        "flags": list(found.flags),
    }
