"""One reader for all tests of reading.

Its models are kept where the user's own are, and made if they are missing.
"""

import os
from pathlib import Path

import pytest

from intents.understand import Reader


@pytest.fixture(scope="session")
def models() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "crossdesk" / "models"


@pytest.fixture(scope="session")
def reader(models: Path) -> Reader:
    return Reader.open(models)
