"""Sealed bytes too big for a row, under random names in Django's file storage (ground.md G12)."""

import os
import secrets
from pathlib import Path

from django.conf import DEFAULT_STORAGE_ALIAS
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage, storages


def write(data: bytes) -> str:
    """Store `data` durably and return its key: 128 random bits, no extension. The caller commits the row afterwards."""
    key = secrets.token_hex(16)
    if isinstance(storages[DEFAULT_STORAGE_ALIAS], FileSystemStorage):
        _write_file(Path(default_storage.path(_place(key))), data)
    else:
        default_storage.save(_place(key), ContentFile(data))
    return key


def read(key: str) -> bytes:
    """The bytes stored under `key`. Raises FileNotFoundError."""
    with default_storage.open(_place(key)) as file:
        return bytes(file.read())


def delete(key: str) -> None:
    """Remove it; a key that is gone already is fine."""
    default_storage.delete(_place(key))


def _place(key: str) -> str:
    return f"{key[:2]}/{key}"


def _write_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    # The name, too, must survive a power cut.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
