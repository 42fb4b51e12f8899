"""The order of the human queue: what is due first stands first."""

from datetime import datetime

from bot.core.case import Case


def rank(case: Case) -> tuple[datetime, datetime, int]:
    """Sort key: the due time (the opening time for a case without one), then who has waited longest."""
    return (case.due_at or case.opened_at, case.opened_at, case.id)
