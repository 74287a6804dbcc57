"""The trained part: how likely a text is to be uncivil, by numpy alone."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from firstline.covers.features import letters, plain, words

Floats = np.ndarray[Any, np.dtype[np.float64]]
FOLDER = Path(__file__).parent
VERSION = "cover-1"


@dataclass(frozen=True, slots=True)
class Model:
    """Weight and inverse document frequency of every feature by its place, the offset, and the two numbers that make
    the score a probability (J. Platt, 1999).
    """

    places: dict[str, int]
    weights: Floats
    frequencies: Floats
    offset: float
    slope: float
    shift: float

    def score(self, text: str) -> float:
        """0 to 1, calibrated on held-out folds."""
        spoken = plain(text)
        value = self.offset + self._block(words(spoken)) + self._block(letters(spoken))
        return 1 / (1 + exp(-max(-30.0, min(30.0, self.slope * value + self.shift))))

    def terms(self, text: str, most: int = 5) -> list[str]:
        """The words that weighed most towards covering, for people who ask why."""
        known = {one[2:]: float(self.weights[self.places[one]]) for one in words(plain(text)) if one in self.places}
        heaviest = sorted(((weight, word) for word, weight in known.items() if weight > 0), reverse=True)
        return [word for _weight, word in heaviest[:most]]

    def _block(self, said: Sequence[str]) -> float:
        place_of = self.places.get
        known = [place for one in said if (place := place_of(one)) is not None]
        if not known:
            return 0.0
        places, counts = np.unique(known, return_counts=True)
        values = (1 + np.log(counts)) * self.frequencies[places]
        return float(values @ self.weights[places]) / sqrt(float(values @ values))


@cache
def load() -> Model:
    """The shipped model. Raises FileNotFoundError when its files are missing, ValueError when they differ."""
    names = gzip.decompress((FOLDER / "features.txt.gz").read_bytes()).decode().split("\n")
    stored = np.load(FOLDER / "model.npz")
    weights = stored["weights"].astype(np.float64) * float(stored["step"])
    frequencies = stored["frequencies"].astype(np.float64)
    offset, slope, shift = (float(one) for one in stored["numbers"])
    places = {name: place for place, name in enumerate(names)}
    if not len(places) == len(weights) == len(frequencies):
        raise ValueError("The cover model's files do not belong together.")
    return Model(places, weights, frequencies, offset, slope, shift)
