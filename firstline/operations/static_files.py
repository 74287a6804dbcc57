"""Gathers the static files of all slices below the data folder, once for each version of them."""

import fcntl
import hashlib
from pathlib import Path


def collect() -> bool:
    """Bring STATIC_ROOT up to date, one process at a time; returns whether there was anything to do."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with root.with_name("static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, state = root.with_name("static.stamp"), _state()
        if root.is_dir() and stamp.exists() and stamp.read_text() == state:
            return False
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(state)
    return True


def _state() -> str:
    """A digest of the names, sizes and times of all static files."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(None):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
