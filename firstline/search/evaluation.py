"""Measures retrieval over labelled questions: `firstline eval retrieval`. No database, no Django.

Also the door for other evaluations over the same kind of files (`read_rows`, `entries_from`, `build`).
"""

import dataclasses
import gzip
import json
import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from firstline.models_ai.embedder import Embedder
from firstline.search.rules.ranking import Entry, Ranker

Row = dict[str, Any]
DEPTH = 10
GZIP = b"\x1f\x8b"


@dataclasses.dataclass(frozen=True)
class Retrieval:
    """Figures over the questions that have a label: shares of 0 to 1, and CPU milliseconds a question."""

    n: int
    hit1: float
    hit3: float
    mrr10: float
    ndcg10: float
    cpu_ms_per_question: float
    entries: int
    engine: str


def read_rows(paths: Iterable[str | Path]) -> list[Row]:
    """All rows of JSON Lines files, gzip or plain, in order. Raises OSError or ValueError naming the file and line."""
    rows: list[Row] = []
    for path in paths:
        content = Path(path).read_bytes()
        if content.startswith(GZIP):
            content = gzip.decompress(content)
        for number, line in enumerate(content.decode().split("\n"), start=1):
            if line.strip():
                rows.append(_row(line, f"{path}, line {number}"))
    return rows


def _row(line: str, place: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    if isinstance(row, dict):
        return row
    raise ValueError(f"{place}: not a JSON object")


def entries_from(faq: Iterable[Row], past: Iterable[Row] = ()) -> list[Entry[str]]:
    """Entries of rows with `id`, `title`, `text`; each row of `past` (`text`, `label`) joins the entry it names."""
    questions: dict[str, list[str]] = {}
    for row in past:
        if row.get("label"):
            questions.setdefault(str(row["label"]), []).append(str(row["text"]))
    return [
        Entry(str(row["id"]), str(row["title"]), str(row.get("text") or ""), tuple(questions.get(str(row["id"]), ())))
        for row in faq
    ]


def build(entries: Sequence[Entry[str]], embedder: Embedder | None) -> Ranker[str]:
    """A ranker over the entries; without an embedder it ranks by words alone."""
    if embedder is None:
        return Ranker(entries, None)
    return Ranker(entries, embedder.encode([text for entry in entries for _, text in entry.parts()]))


def labels_of(row: Row) -> set[str]:
    """The ids that answer a question: any of `labels`, else `label`; empty when nothing does."""
    return {str(label) for label in (row.get("labels") or [row.get("label")]) if label}


def evaluate(ranker: Ranker[str], questions: Iterable[Row], embedder: Embedder | None) -> Retrieval:
    """Ask every labelled question, one at a time, as the desk would. Raises ValueError when none has a label."""
    asked = [(str(row["text"]), labels_of(row)) for row in questions]
    asked = [(text, labels) for text, labels in asked if labels]
    if not asked:
        raise ValueError("no question has a label")
    ranks: list[list[int]] = []
    started = time.process_time()
    for text, labels in asked:
        vector = embedder.encode([text])[0] if embedder else None
        found = ranker.rank(text, vector, DEPTH)
        ranks.append([place for place, ranked in enumerate(found, start=1) if ranked.id in labels])
    spent = time.process_time() - started
    n = len(asked)
    return Retrieval(
        n=n,
        hit1=_share(sum(1 for places in ranks if places[:1] == [1]), n),
        hit3=_share(sum(1 for places in ranks if places and places[0] <= 3), n),
        mrr10=_share(sum(1 / places[0] for places in ranks if places), n),
        ndcg10=_share(sum(_ndcg(places, len(labels)) for places, (_, labels) in zip(ranks, asked, strict=True)), n),
        cpu_ms_per_question=round(1000 * spent / n, 2),
        entries=len(ranker.entries),
        engine=embedder.name if embedder else "text only",
    )


def _share(total: float, n: int) -> float:
    return round(total / n, 4)


def _ndcg(places: Sequence[int], relevant: int) -> float:
    """nDCG@10 with gain 1 for every right entry (Järvelin and Kekäläinen 2002)."""
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(relevant, DEPTH) + 1))
    return sum(1 / math.log2(place + 1) for place in places) / ideal
