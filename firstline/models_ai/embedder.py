"""The port for text embedders: whoever needs vectors asks `load()` and never names a model."""

import functools
import threading
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from firstline.models_ai import folder

Vectors = NDArray[np.float32]


class ModelMissing(RuntimeError):
    """No usable model is installed; the message says what to run. Callers fall back to text search alone."""


class Embedder(Protocol):
    """Turns texts into unit vectors. `sha256` names the exact weights: vectors of different weights never mix."""

    @property
    def name(self) -> str:
        """The model's short name, for people."""

    @property
    def sha256(self) -> str:
        """The sha256 of the model file that makes the vectors."""

    @property
    def dimensions(self) -> int:
        """The length of one vector."""

    def encode(self, texts: list[str]) -> Vectors:
        """Vectors of shape (len(texts), dimensions), float32, each of length 1. An empty list gives shape (0, d)."""


_lock = threading.Lock()


def load() -> Embedder:
    """The desk's embedder, loaded once per process on first use (about 0.3 s).

    Raises ModelMissing when no model is installed or its files do not have the sha256 that their manifest states.
    """
    with _lock:
        return _load()


def available() -> bool:
    """Whether a model is installed, judged by its manifest alone: cheap enough for a page to ask."""
    return folder.find() is not None


def forget() -> None:
    """Drop the loaded model; the next `load()` reads the folder again."""
    with _lock:
        _load.cache_clear()


@functools.cache
def _load() -> Embedder:
    from firstline.models_ai.minilm import MiniLM

    home = folder.find()
    if home is None:
        places = " or ".join(str(place) for place in folder.candidates())
        raise ModelMissing(f"No language model in {places}. Run: firstline models install")
    try:
        manifest = folder.read_manifest(home)
    except folder.ManifestError as error:
        raise ModelMissing(f"{error}. Run: firstline models install --force") from error
    broken = folder.damaged(home, manifest)
    if broken:
        raise ModelMissing(f"{', '.join(broken)} in {home} is damaged. Run: firstline models install --force")
    return MiniLM(home, manifest)
