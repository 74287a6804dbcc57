"""CPU time and memory of processes, out of /proc (proc(5))."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from firstline.operations.bench.report import percentile

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its ended threads included; 0 when it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def descendants(pid: int) -> set[int]:
    """The process and everything below it."""
    parents = {int(entry.name): _parent(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found = {pid}
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def pss_bytes(pids: Iterable[int]) -> int:
    """Memory of the processes together, shared pages counted once in proportion."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


def backends() -> set[int]:
    """The server's processes that do clients' work, as far as they run on this machine; vacuum does not count."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE backend_type IN ('client backend', 'parallel worker', 'io worker', 'walwriter')"
        )
        return {pid for (pid,) in cursor.fetchall() if Path(f"/proc/{pid}").exists()}


@dataclass(frozen=True, slots=True)
class Timing:
    """Per operation: CPU mean and p95, wall p50 and p95, all in milliseconds; `per_s` operations a second of wall."""

    n: int
    cpu_ms: float
    cpu_p95_ms: float
    p50_ms: float
    p95_ms: float
    per_s: float


def measure(operation: Callable[[int], object], *, n: int, pids: Callable[[], set[int]], warm_up: int = 5) -> Timing:
    """Run `operation(i)` n times after a few that do not count; CPU is that of `pids()`."""
    for i in range(warm_up):
        operation(-1 - i)
    watched = pids()
    before, walls, cpus = _total(watched), [], []
    exact = _exact(watched)
    for i in range(n):
        start = time.perf_counter()
        operation(i)
        walls.append((time.perf_counter() - start) * 1000)
        last, exact = exact, _exact(watched)
        cpus.append(max(0.0, exact - last) / 1e6)
    cpu = _total(watched) - before
    return Timing(
        n=n,
        cpu_ms=cpu / n * 1000,
        cpu_p95_ms=percentile(cpus, 0.95),
        p50_ms=percentile(walls, 0.5),
        p95_ms=percentile(walls, 0.95),
        per_s=n / sum(walls) * 1000,
    )


def _total(pids: set[int]) -> float:
    return sum(cpu_seconds(pid) for pid in pids)


def _exact(pids: set[int]) -> int:
    """Nanoseconds of CPU of all threads that live now: finer than the ticks of `_total`, but blind to ended ones."""
    total = 0
    for pid in pids:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(file.read_text().split()[0])
            except OSError:
                continue
    return total


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _stat(pid: int) -> Sequence[str]:
    """The fields of /proc/PID/stat behind the name, which may itself hold spaces; [0] is the state."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ()
