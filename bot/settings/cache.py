"""Where the reader's trained models are kept: shared by a user's data folders, made again at any time."""

import os
from pathlib import Path

from bot.settings.model import Settings


def models_folder(settings: Settings, data: Path) -> Path:
    """`[store] models`; else the user's cache folder; else, without a home to write to, the data folder."""
    if settings.store.models is not None:
        return settings.store.models
    base = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(base) if base else Path("~/.cache").expanduser()) / "crossdesk" / "models"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return data / "models"
    return folder if os.access(folder, os.W_OK) else data / "models"
