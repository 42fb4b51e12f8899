"""`crossdesk due`: when a promise falls due."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from bot.commands.given import Config, Data, deployment, policies
from bot.core import deadlines
from bot.core.notices import under_notices
from bot.errors import RefusedError


class Channel(StrEnum):
    """Where the customer wrote or called."""

    EMAIL = "email"
    WEBCHAT = "webchat"
    TELEGRAM = "telegram"
    PHONE = "phone"


class Urgency(StrEnum):
    """How an enquiry is classed (facts X4)."""

    REGULAR = "regular"
    URGENT = "urgent"
    COMPLEX = "complex"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(due)


def due(
    context: typer.Context,
    *,
    clock: Annotated[str, typer.Option(metavar="C", help="A clock of the policy, such as first_response.")],
    start: Annotated[str, typer.Option("--from", metavar="ISO8601", help="When it starts, with its zone.")],
    channel: Annotated[Channel, typer.Option(help="telegram means a community.")] = Channel.EMAIL,
    urgency: Annotated[Urgency, typer.Option("--class", help="Class of the enquiry.")] = Urgency.REGULAR,
    private: Annotated[
        bool, typer.Option("--private", help="A private chat, with --channel telegram.")
    ] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Say when a promise falls due, in Hong Kong time.

    The policy is the one in force when the clock starts, with its notices.

    Example: crossdesk due --clock first_response --from 2025-12-24T20:00+08:00
    """
    here = deployment(context, config, data)
    try:
        begin = deadlines.instant_of(_moment(start))
        policy = under_notices(policies(here).now(begin), channel=channel, urgency=urgency, private=private)
        when = deadlines.due(policy, clock, begin, channel=channel, urgency=urgency, private=private)
    except deadlines.DeadlineError as error:
        raise RefusedError(str(error)) from None
    typer.echo(when.isoformat())


def _moment(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise RefusedError(f"--from {written}: expected a time such as 2025-12-24T20:00:00+08:00") from None
