"""The trained part: how likely a text is to be uncivil, by numpy alone."""

import gzip
from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import exp, log, sqrt
from pathlib import Path

import numpy as np

from firstline.covers.features import letter_counts, plain, word_counts

FOLDER = Path(__file__).parent
VERSION = "cover-1"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights times inverse document frequency of every feature, the offset, and the two numbers that make the score a
    probability (J. Platt, 1999).
    """

    weights: dict[str, float]
    frequencies: dict[str, float]
    offset: float
    slope: float
    shift: float

    def score(self, text: str) -> float:
        """0 to 1, calibrated on held-out folds."""
        spoken = plain(text)
        value = self.offset + self._block(word_counts(spoken)) + self._block(letter_counts(spoken))
        return 1 / (1 + exp(-max(-30.0, min(30.0, self.slope * value + self.shift))))

    def terms(self, text: str, most: int = 5) -> list[str]:
        """The words that weighed most towards covering, for people who ask why."""
        known = [(self.weights[one], one[2:]) for one in word_counts(plain(text)) if self.weights.get(one, 0) > 0]
        return [word for _weight, word in sorted(known, reverse=True)[:most]]

    def _block(self, counts: Counter[str]) -> float:
        total = length = 0.0
        for feature, count in counts.items():
            frequency = self.frequencies.get(feature)
            if frequency is not None:
                value = (1 + log(count)) * frequency
                length += value * value
                total += value * self.weights[feature]
        return total / sqrt(length) if length else 0.0


@cache
def load() -> Model:
    """The shipped model. Raises FileNotFoundError when its files are missing."""
    names = gzip.decompress((FOLDER / "features.txt.gz").read_bytes()).decode().split("\n")
    stored = np.load(FOLDER / "model.npz")
    weights = (stored["weights"].astype(np.float64) * float(stored["step"])).tolist()
    frequencies = stored["frequencies"].astype(np.float64).tolist()
    offset, slope, shift = (float(one) for one in stored["numbers"])
    return Model(
        dict(zip(names, weights, strict=True)), dict(zip(names, frequencies, strict=True)), offset, slope, shift
    )
