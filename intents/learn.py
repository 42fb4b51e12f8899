"""Training: from phrases to a `Model`, in a few seconds of numpy.

The phrases' Gram matrix holds all that a linear first layer can learn from them. Its leading eigenvectors
turn every phrase into 512 dense numbers; the networks are trained on those, and their first layer is then
spread back over the n-grams. The ridge solves one linear system for all labels. Nothing here depends on
chance: the seeds are fixed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.features import Floats, Grams, Ints, Vocabulary, grams
from intents.model import Model
from intents.nearest import pack

SHARES = (0.3, 0.3, 0.0, 1.0)
"""Weight of words, word pairs, pairs with a gap, and word pieces."""
FEWEST = 2
"""An n-gram of fewer phrases is no feature."""
DIMENSIONS = 512
UNITS = 128
NETWORKS = 2
EPOCHS = 30
BATCH = 32
RATE = 5e-3
DROP = 0.3
SMOOTH = 0.05
RIDGE = 0.25
RIDGE_SHARE = 1.0

_COMMON = 48
"""Columns of more phrases than this are multiplied as dense blocks."""
_BLOCK = 512
"""Columns, and twice as many rare ones, that are worked on at a time: what fits the processor's caches."""


@dataclass(frozen=True, slots=True)
class Sparse:
    """A matrix of phrases by n-grams as a list of entries, in the order of the phrases."""

    height: int
    width: int
    rows: Ints
    columns: Ints
    weights: Floats

    def _common(self) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        often = np.bincount(self.columns, minlength=self.width) > _COMMON
        return np.flatnonzero(often), often[self.columns]

    def _dense(
        self, common: NDArray[np.intp], inside: NDArray[np.bool_]
    ) -> list[tuple[NDArray[np.intp], Floats]]:
        place = np.full(self.width, -1, np.int64)
        place[common] = np.arange(len(common))
        rows, columns, weights = self.rows[inside], place[self.columns[inside]], self.weights[inside]
        blocks = []
        for start in range(0, len(common), _BLOCK):
            part = common[start : start + _BLOCK]
            here = (columns >= start) & (columns < start + len(part))
            block = np.zeros((self.height, len(part)), np.float32)
            block[rows[here], columns[here] - start] = weights[here]
            blocks.append((part, block))
        return blocks

    def _rare(self, inside: NDArray[np.bool_]) -> tuple[Ints, Ints, Floats]:
        order = np.argsort(self.columns[~inside], kind="stable")
        return self.rows[~inside][order], self.columns[~inside][order], self.weights[~inside][order]

    def gram(self) -> Floats:
        """All inner products of the phrases."""
        common, inside = self._common()
        size = self.height
        total = np.zeros((size, size), np.float32)
        for _, block in self._dense(common, inside):
            total += block @ block.T
        rows, columns, weights = self._rare(inside)
        flat = np.zeros(size * size)
        for distance in range(1, _COMMON):
            same = columns[distance:] == columns[:-distance]
            if not same.any():
                break
            cells = rows[:-distance][same].astype(np.int64) * size + rows[distance:][same]
            np.add.at(flat, cells, weights[:-distance][same] * weights[distance:][same])
        half = flat.reshape(size, size)
        total += (half + half.T).astype(np.float32)
        np.fill_diagonal(total, np.bincount(self.rows, self.weights * self.weights, minlength=size))
        return total

    def spread(self, values: Floats) -> Floats:
        """Transposed product: what `values` of the phrases give each n-gram."""
        common, inside = self._common()
        result = np.zeros((self.width, values.shape[1]), np.float32)
        for part, block in self._dense(common, inside):
            result[part] = block.T @ values
        rows, columns, weights = self._rare(inside)
        starts = (
            np.flatnonzero(np.r_[True, columns[1:] != columns[:-1]]) if len(columns) else np.zeros(0, np.intp)
        )
        step = 2 * _BLOCK
        for start in range(0, len(starts), step):
            here = starts[start : start + step]
            end = starts[start + step] if start + step < len(starts) else len(columns)
            entries = slice(here[0], end)
            product = values[rows[entries]] * weights[entries, None]
            result[columns[here]] = np.add.reduceat(product, here - here[0], axis=0)
        return result


def vocabulary(texts: Sequence[Grams]) -> Vocabulary:
    """The n-grams that occur in at least FEWEST of these texts (their `grams`)."""
    keys, rarity, blocks = [], [], []
    for block, share in enumerate(SHARES):
        if not share:
            continue
        each = [
            np.unique(np.concatenate(found))
            for text in texts
            if (found := [k for b, k in text if b == block])
        ]
        found_keys, counts = np.unique(
            np.concatenate(each) if each else np.zeros(0, np.uint64), return_counts=True
        )
        enough = counts >= FEWEST
        keys.append(found_keys[enough])
        rarity.append((np.log((1 + len(texts)) / (1 + counts[enough])) + 1).astype(np.float32))
        blocks.append(np.full(int(enough.sum()), block, np.uint8))
    joined = np.concatenate(keys)
    order = np.argsort(joined)
    return Vocabulary(
        joined[order],
        np.concatenate(rarity)[order],
        np.concatenate(blocks)[order],
        np.array(SHARES, np.float32),
    )


def sparse(words: Vocabulary, texts: Sequence[Grams]) -> Sparse:
    """The texts as rows of one matrix."""
    vectors = [words.vector(text) for text in texts]
    rows = np.repeat(np.arange(len(texts), dtype=np.int32), [len(vector.columns) for vector in vectors])
    columns = np.concatenate([vector.columns for vector in vectors])
    return Sparse(
        len(texts), len(words.keys), rows, columns, np.concatenate([vector.weights for vector in vectors])
    )


def leading(gram: Floats, count: int) -> tuple[Floats, Floats]:
    """The `count` largest eigenvalues and their vectors, by subspace iteration from a fixed start."""
    size = len(gram)
    count = min(count, size - 1)
    span = min(size, count + 64)
    basis = np.random.default_rng(0).standard_normal((size, span), dtype=np.float32)
    for _ in range(3):
        basis = np.linalg.qr(gram @ basis)[0]
    values, vectors = np.linalg.eigh((basis.T @ (gram @ basis)).astype(np.float64))
    best = np.argsort(-values)[:count]
    best = best[values[best] > 1e-5 * values[best[0]]]
    return values[best].astype(np.float32), (basis @ vectors[:, best]).astype(np.float32)


@dataclass(slots=True)
class Network:
    """One hidden layer of rectified units, then labels."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats


def fit(inputs: Floats, labels: NDArray[np.intp], count: int, seed: int) -> Network:
    """Adam on cross-entropy with smoothed labels and dropout, the rate falling to nought."""
    chance = np.random.default_rng(seed)
    size, width = inputs.shape
    first = chance.standard_normal((width, UNITS), dtype=np.float32) / np.float32(np.sqrt(width))
    second = chance.standard_normal((UNITS, count), dtype=np.float32) / np.float32(np.sqrt(UNITS))
    weights = [first, np.zeros(UNITS, np.float32), second, np.zeros(count, np.float32)]
    memory = [(np.zeros_like(each), np.zeros_like(each)) for each in weights]
    steps = max(1, size // BATCH)
    step = 0
    for _ in range(EPOCHS):
        order = chance.permutation(size)
        for batch in np.array_split(order, steps):
            keep = (chance.random((len(batch), UNITS), dtype=np.float32) >= DROP) / np.float32(1 - DROP)
            slopes = _slopes(weights, inputs[batch], labels[batch], keep.astype(np.float32))
            step += 1
            rate = RATE * min(1, step / (0.05 * steps * EPOCHS + 1)) * (1 - step / (steps * EPOCHS + 1))
            rate *= np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            for weight, slope, (mean, square) in zip(weights, slopes, memory, strict=True):
                np.add(mean, np.float32(0.1) * (slope - mean), out=mean)
                np.add(square, np.float32(0.001) * (slope * slope - square), out=square)
                np.subtract(
                    weight, np.float32(rate) * mean / (np.sqrt(square) + np.float32(1e-8)), out=weight
                )
    return Network(*weights)


def _slopes(weights: list[Floats], inputs: Floats, labels: NDArray[np.intp], keep: Floats) -> list[Floats]:
    first, first_bias, second, second_bias = weights
    size, count = len(inputs), len(second_bias)
    before = inputs @ first + first_bias
    hidden = np.maximum(before, 0) * keep
    outputs = hidden @ second + second_bias
    outputs = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    outputs /= outputs.sum(axis=1, keepdims=True)
    outputs -= np.float32(SMOOTH / count)
    outputs[np.arange(size), labels] -= np.float32(1 - SMOOTH)
    outputs /= np.float32(size)
    back = (outputs @ second.T) * keep * (before > 0)
    return [inputs.T @ back, back.sum(axis=0), hidden.T @ outputs, outputs.sum(axis=0)]


def train(examples: Sequence[tuple[str, str]], labels: Sequence[str]) -> Model:
    """A model of these (normalised text, label) pairs."""
    texts = [grams(text) for text, _ in examples]
    place = {label: number for number, label in enumerate(labels)}
    wanted = np.array([place[label] for _, label in examples], np.intp)
    words = vocabulary(texts)
    matrix = sparse(words, texts)
    gram = matrix.gram()
    values, vectors = leading(gram, DIMENSIONS)
    inputs = vectors * np.sqrt(values)
    networks = [fit(inputs, wanted, len(labels), seed) for seed in range(NETWORKS)]
    back = (vectors / np.sqrt(values)) @ np.hstack([network.first for network in networks])
    goal = np.where(np.arange(len(labels)) == wanted[:, None], np.float32(1), np.float32(-1))
    gram += 1
    gram[np.diag_indices_from(gram)] += np.float32(RIDGE)
    ridge = np.linalg.solve(gram, goal)
    rows = matrix.spread(np.hstack([back, ridge]).astype(np.float32))
    scale = np.maximum(np.abs(rows).max(axis=0), np.float32(1e-9)) / np.float32(127)
    return Model(
        labels=tuple(labels),
        vocabulary=words,
        rows=np.round(rows / scale).astype(np.int8),
        scale=scale,
        hidden_bias=np.concatenate([network.first_bias for network in networks]),
        output=np.stack([network.second for network in networks]),
        output_bias=np.stack([network.second_bias for network in networks]),
        ridge_bias=ridge.sum(axis=0),
        ridge_share=RIDGE_SHARE,
        phrases=pack([(text, place[label]) for text, label in examples]),
    )
