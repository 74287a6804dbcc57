"""all-MiniLM-L6-v2 in int8 by onnxruntime: 384 dimensions, English in practice, about 6 ms of CPU a question."""

import contextlib
import ctypes
import threading
from pathlib import Path
from typing import Any

import numpy as np

from firstline.models_ai.embedder import Vectors
from firstline.models_ai.folder import MODEL_FILE, TOKENIZER_FILE, Manifest

MAX_TOKENS = 128
BATCH = 32
# 128 word pieces never need more than about 1,500 characters of prose; the cut keeps the tokeniser off whole logs.
MAX_CHARACTERS = 4000
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
KEPT_AT_MOST = 1024 * 1024


class MiniLM:
    """An `Embedder` over the files that `firstline models install` wrote.

    One thread and no memory arena: with the arena on, the process grows from 127 MiB to over 440 MiB and never
    shrinks (measured, docs/reference/measured.md). Safe to share between threads.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Load model and tokeniser from `folder`; the caller has checked the files against `manifest`."""
        import onnxruntime
        from tokenizers import Tokenizer

        _return_freed_memory()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._lock = threading.Lock()
        self.name = manifest.name
        self.sha256 = manifest.files[MODEL_FILE]
        self.dimensions = manifest.dimensions

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors of shape (len(texts), 384), float32; text beyond 128 word pieces is not seen."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        by_length = np.argsort([len(text) for text in texts], kind="stable")
        for start in range(0, len(texts), BATCH):
            chosen = by_length[start : start + BATCH]
            vectors[chosen] = self._encode_batch([texts[i][:MAX_CHARACTERS] for i in chosen])
        return vectors

    def _encode_batch(self, texts: list[str]) -> Vectors:
        with self._lock:
            encodings = self._tokenizer.encode_batch(texts)
            feed = {
                "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
                "attention_mask": np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64),
            }
            (vectors,) = self._session.run(None, feed)
        return np.asarray(vectors, dtype=np.float32)


def _return_freed_memory() -> None:
    """Let glibc give a batch's tensors back to the system: it raises its own thresholds with the first big one that is
    freed, and keeps some 50 MB from then on (measured, docs/reference/measured.md). Elsewhere there is nothing to set.
    """
    with contextlib.suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, KEPT_AT_MOST)
        libc.mallopt(M_TRIM_THRESHOLD, KEPT_AT_MOST)
