"""A trained intent model: small networks and a ridge over one vocabulary, in one file mapped from disk.

Both parts begin with the same sparse product, so their first layers stand side by side in one matrix: a
reading gathers some hundred rows of it and needs two small products more.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.features import Floats, Vocabulary, grams
from intents.nearest import Phrases

_MAGIC = b"crossdesk model 1\n"
_ALIGN = 64


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of one language's phrases after training."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    rows: NDArray[np.int8]
    """Per n-gram: its weights into the hidden units of all networks, then into the labels of the ridge.

    As bytes.
    """
    scale: Floats
    """What a byte is worth in each of those columns."""
    hidden_bias: Floats
    output: Floats
    """networks x units x labels."""
    output_bias: Floats
    """networks x labels."""
    ridge_bias: Floats
    ridge_share: float
    phrases: Phrases

    def scores(self, text: str) -> tuple[Floats, float]:
        """A logarithmic score per label for a normalised text, and how much of the text is known."""
        parts = grams(text)
        vector = self.vocabulary.vector(parts)
        first = (vector.weights @ self.rows[vector.columns].astype(np.float32)) * self.scale
        networks, units, _ = self.output.shape
        hidden = np.maximum(first[: networks * units] + self.hidden_bias, 0).reshape(networks, 1, units)
        each = (hidden @ self.output)[:, 0] + self.output_bias
        each -= each.max(axis=1, keepdims=True)
        each -= np.log(np.exp(each).sum(axis=1, keepdims=True))
        linear = first[networks * units :] + self.ridge_bias
        return each.mean(axis=0) + np.float32(self.ridge_share) * linear, vector.known


def save(file: Path, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, object]) -> None:
    """Write arrays and facts about them as one file that `load` maps.

    Other readers see the old file or the new one.
    """
    index, at = {}, 0
    for name, array in arrays.items():
        index[name] = (array.dtype.str, array.shape, at)
        at += -(-array.nbytes // _ALIGN) * _ALIGN
    head = json.dumps({"meta": dict(meta), "arrays": index}).encode()
    head = _MAGIC + len(head).to_bytes(8, "little") + head
    head += b" " * (-len(head) % _ALIGN)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(head)
            for array in arrays.values():
                stream.write(np.ascontiguousarray(array).tobytes())
                stream.write(b"\0" * (-array.nbytes % _ALIGN))
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(file: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Map what `save` wrote.

    Raises OSError or ValueError when the file is missing, cut short or something else.
    """
    with file.open("rb") as stream:
        if stream.read(len(_MAGIC)) != _MAGIC:
            raise ValueError(f"{file} is no model file")
        size = int.from_bytes(stream.read(8), "little")
        if size > file.stat().st_size:
            raise ValueError(f"{file} is cut short")
        head = json.loads(stream.read(size))
    start = len(_MAGIC) + 8 + size
    start += -start % _ALIGN
    whole = np.memmap(file, np.uint8, "r", offset=0)
    arrays = {}
    for name, (kind, shape, at) in head["arrays"].items():
        length = int(np.prod(shape)) * np.dtype(kind).itemsize
        piece = whole[start + at : start + at + length]
        if len(piece) != length:
            raise ValueError(f"{file} is cut short")
        arrays[name] = piece.view(np.dtype(kind)).reshape(shape).view(np.ndarray)
    return arrays, head["meta"]


def save_model(file: Path, model: Model) -> None:
    """Store a model for `load_model`."""
    vocabulary = model.vocabulary
    arrays: dict[str, NDArray[Any]] = {
        "keys": vocabulary.keys,
        "rarity": vocabulary.rarity,
        "blocks": vocabulary.blocks,
        "shares": vocabulary.shares,
        "rows": model.rows,
        "scale": model.scale,
        "hidden_bias": model.hidden_bias,
        "output": model.output,
        "output_bias": model.output_bias,
        "ridge_bias": model.ridge_bias,
        "phrases": model.phrases.text,
        "phrase_places": model.phrases.places,
    }
    save(file, arrays, {"labels": model.labels, "ridge_share": model.ridge_share})


def load_model(file: Path, labels: Sequence[str]) -> Model:
    """Map a stored model.

    Raises OSError or ValueError when there is none that can be used for these labels.
    """
    arrays, meta = load(file)
    if tuple(meta.get("labels", ())) != tuple(labels):
        raise ValueError(f"{file} was made for other intents")
    try:
        vocabulary = Vocabulary(*(arrays.pop(name) for name in ("keys", "rarity", "blocks", "shares")))
        phrases = Phrases(arrays.pop("phrases"), arrays.pop("phrase_places"))
        return Model(
            tuple(labels), vocabulary, phrases=phrases, ridge_share=float(meta["ridge_share"]), **arrays
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{file} lacks {error}") from error
