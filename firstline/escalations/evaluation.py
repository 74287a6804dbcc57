"""Scores of the release rule on histories, as `firstline eval release` prints them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from firstline.escalations.releases import letters

NONE = "none"


def score_release(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`told` people got the letter their label asks for, `missed` did not, `told_twice` got more than one,
    `false_fixed` were told of a fix that is none. Raises KeyError when a field is absent.
    """
    n = told = missed = twice = false_fixed = 0
    wrong = []
    for row in rows:
        sent = letters(row["waiting"], row["events"])
        counts = Counter(letter.person for letter in sent)
        kinds = {letter.person: letter.kind for letter in sent}
        labels = {str(person): str(label) for person, label in row["label"].items()}
        n += 1
        told += sum(label != NONE and kinds.get(person) == label for person, label in labels.items())
        missed += sum(label != NONE and kinds.get(person) != label for person, label in labels.items())
        twice += sum(count > 1 for count in counts.values())
        false_fixed += sum(kind == "fixed" and labels.get(person, NONE) != "fixed" for person, kind in kinds.items())
        if any(kinds.get(person, NONE) != label for person, label in labels.items()):
            wrong.append({"id": row.get("id"), "sent": kinds, "label": labels})
    return {"n": n, "told": told, "missed": missed, "told_twice": twice, "false_fixed": false_fixed, "wrong": wrong}
