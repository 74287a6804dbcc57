"""Scores of the checks on labelled rows, as `firstline eval drafts|thanks|audience` print them."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from firstline.wording import audience, drafts, thanks

NONE = "none"
MILLISECONDS = 1000


def score_drafts(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`recall`: planted faults that their own check blocks or warns of; `false_warnings`: good drafts with any;
    `misses` and `false` name the rows. Raises KeyError when a field is absent.
    """
    n = planted = caught = good = warned = hints = 0
    misses, false = [], []
    start = time.process_time()
    for number, row in enumerate(rows, 1):
        facts = row.get("known") or {}
        known = drafts.Known(
            facts.get("name") or "", tuple(facts.get("packages") or ()), tuple(facts.get("told") or ())
        )
        found = drafts.check(row["incoming"], row["draft"], known)
        loud = {one.check for one in found if one.level != "hint"}
        n += 1
        hints += sum(one.level == "hint" for one in found)
        if row["label"] == NONE:
            good += 1
            warned += bool(loud)
            false += [{"row": number, "checks": sorted(loud)}] if loud else []
        else:
            planted += 1
            caught += row["label"] in loud
            misses += [] if row["label"] in loud else [{"row": number, "label": row["label"]}]
    spent = time.process_time() - start
    return {
        "n": n,
        "recall": _share(caught, planted),
        "false_warnings": _share(warned, good),
        "hints_per_reply": _share(hints, n),
        "ms_per_draft": round(spent * MILLISECONDS / max(n, 1), 3),
        "misses": misses,
        "false": false,
    }


def score_thanks(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Precision and recall of praise; raises KeyError when a field is absent."""
    pairs = [(thanks.is_thanks(row["text"]), bool(row["label"])) for row in rows]
    right = sum(said and label for said, label in pairs)
    return {
        "n": len(pairs),
        "precision": _share(right, sum(said for said, _ in pairs)),
        "recall": _share(right, sum(label for _, label in pairs)),
        "wrong": [number for number, (said, label) in enumerate(pairs, 1) if said != label],
    }


def score_audience(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`stopped`: leaks found; `false_alarms`: clean drafts stopped; raises KeyError when a field is absent."""
    n = seeded = stopped = clean = alarms = 0
    misses, false = [], []
    for number, row in enumerate(rows, 1):
        found = audience.leaks(row["draft"], row["private"])
        n += 1
        if row["label"] == "leak":
            seeded += 1
            stopped += bool(found)
            misses += [] if found else [number]
        else:
            clean += 1
            alarms += bool(found)
            false += [{"row": number, "kinds": sorted({one.kind for one in found})}] if found else []
    return {
        "n": n,
        "stopped": _share(stopped, seeded),
        "false_alarms": _share(alarms, clean),
        "misses": misses,
        "false": false,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
