"""What a bench says: a line for people, one JSON object, and the table of docs/reference/measured.md."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

COLUMNS = ("bench", "n", "CPU ms", "p50 ms", "p95 ms", "per s", "floor", "ratio", "target", "met")

HEADING = """\
# Measured

Last run {now:%Y-%m-%d %H:%M} UTC, {machine}, {conversations:,} conversations of 3 messages. Repeat it with:

    make up            # once, then Ctrl-C
    .venv/bin/firstline bench seed --conversations {conversations}
    .venv/bin/firstline bench all

CPU is the time of Firstline's process and its database backends an operation; wall times are as seen under the load
average of the last column. The floor is the least that the same run could do; `firstline bench --help` says how each is
taken.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One measured operation.

    `cpu_ms` is CPU time an operation, of our process and its database backends; `floor` and `ratio` are in the unit
    that `target` names; `details` are further figures of the same run.
    """

    name: str
    n: int
    target: str
    ok: bool | None
    cpu_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    per_s: float | None = None
    floor: float | None = None
    ratio: float | None = None
    load_avg: float = field(default_factory=lambda: round(os.getloadavg()[0], 2))
    details: dict[str, float | int | str] = field(default_factory=dict)

    def as_json(self) -> str:
        """The object that `--json` and the last line print."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def cells(self) -> list[str]:
        """The row's cells for people."""
        figures = [self.cpu_ms, self.p50_ms, self.p95_ms, self.per_s, self.floor, self.ratio]
        met = {True: "yes", False: "no", None: "—"}[self.ok]
        return [self.name, f"{self.n:,}", *(_figure(value) for value in figures), self.target, met]


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; raises ValueError when there are none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("No values were measured.")
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(rows: Sequence[Row]) -> str:
    """Aligned columns for a terminal."""
    lines = [list(COLUMNS), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)


def markdown(rows: Sequence[Row], *, conversations: int, now: datetime) -> str:
    """The page docs/reference/measured.md."""
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    head = [
        HEADING.format(now=now, machine=machine, conversations=conversations),
        "| " + " | ".join([*COLUMNS, "load"]) + " |",
        "|" + " --- |" * (len(COLUMNS) + 1),
    ]
    body = ["| " + " | ".join([*row.cells(), f"{row.load_avg:g}"]) + " |" for row in rows]
    notes = ["", "Further figures of the same run:", ""]
    notes += [
        f"- `{row.name}`: " + ", ".join(f"{k} {v}" for k, v in row.details.items()) for row in rows if row.details
    ]
    return "\n".join([*head, *body, *notes]) + "\n"


def write_page(path: Path, rows: Sequence[Row], *, conversations: int, now: datetime) -> None:
    """Write the table of the page; chapters below it, measured by other commands, stay. Makes a missing folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _table, heading, chapters = (path.read_text() if path.exists() else "").partition("\n## ")
    path.write_text(markdown(rows, conversations=conversations, now=now) + heading + chapters)
