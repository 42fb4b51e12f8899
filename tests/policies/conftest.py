"""A folder of an operator's own profiles, and what loading one complains of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.policies.load import PolicyError, load_policy


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a profile into the folder and returns the folder."""

    def written(text: str, name: str = "xoobay") -> Path:
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return written


@pytest.fixture
def complaint() -> Callable[..., str]:
    """Loads a profile that is wrong and returns the message."""

    def complained(folder: Path, name: str = "xoobay") -> str:
        with pytest.raises(PolicyError) as caught:
            load_policy(name, folder=folder)
        return str(caught.value)

    return complained
