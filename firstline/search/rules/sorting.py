"""Tells what a text is about by weights that were learned elsewhere (routing.py): numpy alone, no scikit-learn.

The mean of two logistic regressions, one over words and their pieces (TF-IDF), one over the text's vector: each alone
is worse on most sets.
"""

import dataclasses
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
NEVER = 1.01
TARGETS = (0.8, 0.9, 0.95)
VERSION = 1

_WORD = re.compile(r"\b\w\w+\b")


def word_grams(text: str) -> Iterable[str]:
    """Words of two letters or more in lower case, and pairs of neighbours."""
    words = _WORD.findall(text.lower())
    yield from words
    yield from (f"{one} {two}" for one, two in pairwise(words))


def piece_grams(text: str) -> Iterable[str]:
    """Pieces of three and four characters within words, a space for each end of a word."""
    for word in text.lower().split():
        padded = f" {word} "
        for length in (3, 4):
            if len(padded) <= length:
                yield padded
                break
            yield from (padded[start : start + length] for start in range(len(padded) - length + 1))


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Grams with their column and inverse document frequency."""

    columns: Mapping[str, int]
    idf: NDArray[np.float32]

    def weigh(self, grams: Iterable[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The known grams' columns and TF-IDF weights, of length 1 together; both empty when none is known."""
        counts = Counter(self.columns[gram] for gram in grams if gram in self.columns)
        places = np.fromiter(counts, np.int64, len(counts))
        weights = np.array([1 + math.log(times) for times in counts.values()]) * self.idf[places]
        return places, weights / (np.linalg.norm(weights) or 1.0)


@dataclasses.dataclass(frozen=True)
class Sorter:
    """A trained model. `gram_weights` (labels, columns of words then pieces) and `vector_weights` (labels, d).

    `thresholds` names for each of TARGETS the probability from which on that share of what it says is right, by texts
    it did not see; 1.01 means never. `model` is the sha256 of the embedder.
    """

    labels: tuple[str, ...]
    words: Vocabulary
    pieces: Vocabulary
    gram_weights: NDArray[np.float32]
    gram_bias: Numbers
    vector_weights: NDArray[np.float32]
    vector_bias: Numbers
    thresholds: Mapping[str, float]
    rows: int
    model: str

    def probabilities(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Numbers:
        """Shape (texts, labels), rows sum to 1."""
        by_grams = np.array([self._by_grams(text) for text in texts]).reshape(len(texts), len(self.labels))
        by_vectors = vectors.astype(np.float64) @ self.vector_weights.T.astype(np.float64) + self.vector_bias
        return np.asarray((_softmax(by_grams) + _softmax(by_vectors)) / 2, np.float64)

    def _by_grams(self, text: str) -> Numbers:
        words, weights = self.words.weigh(word_grams(text))
        pieces, finer = self.pieces.weigh(piece_grams(text))
        places = np.concatenate([words, pieces + len(self.words.columns)])
        said = self.gram_weights[:, places].astype(np.float64) @ np.concatenate([weights, finer])
        return np.asarray(said + self.gram_bias, np.float64)

    def threshold(self, target: float) -> float:
        """From which probability on it may speak for a share of `target` right. Raises KeyError for another target."""
        return self.thresholds[f"{target:.2f}"]

    def to_bytes(self) -> bytes:
        """As numpy's archive, weights in half precision: nothing in it can be run."""
        about = {
            "version": VERSION,
            "labels": self.labels,
            "words": list(self.words.columns),
            "pieces": list(self.pieces.columns),
            "thresholds": dict(self.thresholds),
            "rows": self.rows,
            "model": self.model,
        }
        out = io.BytesIO()
        np.savez_compressed(
            out,
            about=np.frombuffer(json.dumps(about).encode(), np.uint8),
            words_idf=self.words.idf,
            pieces_idf=self.pieces.idf,
            gram_weights=self.gram_weights.astype(np.float16),
            gram_bias=self.gram_bias,
            vector_weights=self.vector_weights,
            vector_bias=self.vector_bias,
        )
        return out.getvalue()


def from_bytes(stored: bytes) -> Sorter:
    """A sorter from its bytes. Raises ValueError for another version's."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as kept:
        about = json.loads(kept["about"].tobytes())
        if about["version"] != VERSION:
            raise ValueError(f"a sorter of version {about['version']}, not {VERSION}")
        return Sorter(
            labels=tuple(about["labels"]),
            words=Vocabulary({gram: place for place, gram in enumerate(about["words"])}, kept["words_idf"]),
            pieces=Vocabulary({gram: place for place, gram in enumerate(about["pieces"])}, kept["pieces_idf"]),
            gram_weights=kept["gram_weights"].astype(np.float32),
            gram_bias=kept["gram_bias"],
            vector_weights=kept["vector_weights"],
            vector_bias=kept["vector_bias"],
            thresholds=about["thresholds"],
            rows=about["rows"],
            model=about["model"],
        )


def _softmax(scores: Numbers) -> Numbers:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)
