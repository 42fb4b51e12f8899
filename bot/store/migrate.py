"""Brings a database to the shape this version needs, and refuses one that is newer than the code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.errors import MisconfiguredError


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def revision_of(connection: Connection) -> str | None:
    """The step the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def newest() -> str:
    """The step this version of the code is at."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise MisconfiguredError(
            "bot/store/migrations holds no steps: the installation is damaged, install again"
        )
    return head


def migrate(connection: Connection) -> tuple[str | None, str]:
    """Carry out the missing steps in the caller's transaction; the steps before and after.

    Raises MisconfiguredError, and changes nothing, when the database is at a step that this version does not
    know.
    """
    before, known = revision_of(connection), ScriptDirectory.from_config(_config())
    steps = {script.revision for script in known.walk_revisions()}
    if before is not None and before not in steps:
        raise MisconfiguredError(
            f"the database is at step {before}, which this version of Crossdesk does not know (it goes up to "
            f"{newest()}): it was written by a newer version. Start that version, or restore an older backup."
        )
    after = newest()
    if before != after:
        command.upgrade(_config(connection), "head")
    return before, after
