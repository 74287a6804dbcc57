"""A second witness beside the database: one line for each mail that the listener answered with 250.

What can be lost between that answer and the row? Nothing by this process, which answers after the commit. But a
database can lose what it had committed: a backup is restored, a standby takes over that was behind, a disk lied about
fsync, rows are deleted. The sender keeps nothing by then, and the books, which were lost along with the mail, look
whole. So each commit is noted here too, before the answer goes out; `firstline ledger check` compares.

The lines are not fsynced: one that a power cut takes only proves less. They hold no address and no word of the mail,
only the keyed hash by which the inbox knows it. Like the files, they lie in FIRSTLINE_HOME, which all machines of a
desk share.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings

KEPT_FOR = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail that one inbox took: when it was committed, the key of its `SeenItem`, its size in bytes."""

    at: datetime
    inbox_id: int
    key: str
    size: int


def note(entries: Iterable[Entry]) -> None:
    """Append the entries, all of one day. Raises OSError when the disk refuses."""
    lines = [f"{one.at.isoformat()} {one.inbox_id} {one.key} {one.size}\n" for one in entries]
    if not lines:
        return
    day = lines[0][:10]
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    file = os.open(folder / f"{day}.{socket.gethostname()[:60]}.log", flags, 0o600)
    try:
        os.write(file, "".join(lines).encode())
    finally:
        os.close(file)


def read(since: datetime) -> Iterator[Entry]:
    """The entries from then on, day by day. A line that a crash cut short is passed over."""
    for day, path in _days():
        if day < since.astimezone(UTC).date():
            continue
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                entry = _entry(line)
                if entry is not None and entry.at >= since:
                    yield entry


def forget(now: datetime) -> int:
    """Remove the days that are over for longer than `KEPT_FOR`; returns how many files."""
    old = [path for day, path in _days() if day < (now - KEPT_FOR).date()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(settings.HOME) / "journal"


def _days() -> list[tuple[date, Path]]:
    found = []
    for path in sorted(_folder().glob("*.log")):
        try:
            found.append((date.fromisoformat(path.name[:10]), path))
        except ValueError:
            continue
    return found


def _entry(line: str) -> Entry | None:
    parts = line.split()
    if not line.endswith("\n") or len(parts) != 4:
        return None
    try:
        return Entry(datetime.fromisoformat(parts[0]), int(parts[1]), parts[2], int(parts[3]))
    except ValueError:
        return None
