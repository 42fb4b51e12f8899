"""One reader for all tests of reading; its models are kept where every other command finds them."""

from pathlib import Path

import pytest

from bot.settings import Settings, models_folder
from intents.understand import Reader


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models_folder(Settings(), tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def reader(models: Path) -> Reader:
    return Reader.open(models)
