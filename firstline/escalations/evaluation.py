"""Scores of what is pure here: who is told of a release, and which engineer is asked."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import comb
from typing import Any

from firstline.escalations import codeowners, matching
from firstline.escalations.releases import letters

NONE = "none"
FIRST = 3
"""How many matches stand in view."""


def score_engineers(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`hit1` and `hit3`: the share of cases of whose right engineers (`label`) one stands first, or among the first
    three; `random3` is what three drawn by chance from the team would reach. Raises KeyError when a field is absent.
    """
    n = hit1 = hit3 = 0
    by_chance = 0.0
    missed = []
    for row in rows:
        right, team = set(row["label"]), list(row["engineers"])
        ranked = [one.key for one in matching.rank(_case(row), map(_candidate, team))]
        n += 1
        hit1 += ranked[0] in right
        hit3 += bool(right & set(ranked[:FIRST]))
        by_chance += 1 - comb(len(team) - len(right), FIRST) / comb(len(team), FIRST)
        if not right & set(ranked[:FIRST]):
            missed.append({"id": row.get("id"), "ranked": ranked[:FIRST], "label": sorted(right)})
    share = {"hit1": hit1 / n, "hit3": hit3 / n, "random3": by_chance / n} if n else {}
    return {"n": n, **{name: round(value, 4) for name, value in share.items()}, "wrong": missed}


def _case(row: Mapping[str, Any]) -> matching.Case:
    return matching.Case(str(row["text"]), str(row.get("repository", "")), codeowners.read(str(row["codeowners"])))


def _candidate(one: Mapping[str, Any]) -> matching.Candidate:
    login = str(one["login"])
    teams = frozenset(str(team).lower() for team in one.get("teams", ()))
    return matching.Candidate(
        key=login,
        names=frozenset({login.lower()}) | teams,
        places=frozenset(one.get("repositories", ())),
        open=int(one.get("open", 0)),
        is_here=bool(one.get("here", True)),
        is_on_rota=bool(one.get("rota", False)),
        budget_left=int(one.get("budget_left", 1)),
    )


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
