"""Which engineer is asked: by who owns the code, who solved the like before, who is here and who has room. Pure.

What is weighed is shown: every score comes with the reasons that made it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from firstline.escalations.codeowners import Rule
from firstline.wording.words import stem

PATH = re.compile(r"(?<![\w./@-])(?:[A-Za-z]:)?[/\\]?(?:[\w@.~-]{1,80}[/\\]){1,20}[\w@.-]{1,80}\.\w{1,5}\b")
WORD = re.compile(r"[a-z][a-z0-9]{2,}")
LONGEST = 20_000
"""How much of a text is read."""
OWNS_PATH, OWNS_TOPIC, SOLVED, KNOWS_PLACE = 4.0, 2.0, 3.0, 0.5
ON_ROTA, IS_HERE, EACH_OPEN, NO_BUDGET = 0.8, 0.6, 0.3, 10.0
COUNTED_OPEN = 4
SHOWN_TOPICS = 3


class Why(StrEnum):
    """What speaks for an engineer, or against; `words` of a reason say what exactly."""

    PATH = "path"
    TOPIC = "topic"
    SOLVED = "solved"
    PLACE = "place"
    ROTA = "rota"
    HERE = "here"
    AWAY = "away"
    BUSY = "busy"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `count` where there is one."""

    why: Why
    words: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An engineer as the choice sees them. `names` are their logins, addresses and teams as CODEOWNERS writes them
    (lower case, no @), `places` their repositories, `open` how many requests they have now.
    """

    key: str
    names: frozenset[str]
    places: frozenset[str] = frozenset()
    open: int = 0
    is_here: bool = True
    is_on_rota: bool = False
    budget_left: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be solved. `solved` says for each engineer's key how near the past cases are that they solved, 0 to
    1, and how many.
    """

    text: str
    place: str = ""
    rules: Sequence[Rule] = ()
    solved: Mapping[str, tuple[float, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """How well an engineer fits."""

    key: str
    score: float
    reasons: tuple[Reason, ...]


def rank(case: Case, candidates: Iterable[Candidate]) -> list[Match]:
    """Everybody, the best first; equal ones by their key."""
    by_path, by_topic = _path_owners(case), _topic_owners(case)
    found = [_match(case, one, by_path, by_topic) for one in candidates]
    return sorted(found, key=lambda one: (-one.score, one.key))


def paths_in(text: str) -> list[str]:
    """The file paths in a text, with forward slashes, each once."""
    return list(dict.fromkeys(found.group().replace("\\", "/") for found in PATH.finditer(text[:LONGEST])))


Owned = dict[str, tuple[float, str]]
"""Who owns it → how sure (0 to 1), and by which path or topics."""


def _match(case: Case, one: Candidate, by_path: Owned, by_topic: Owned) -> Match:
    weighed: list[tuple[float, Reason]] = []
    for owned, weight, why in ((by_path, OWNS_PATH, Why.PATH), (by_topic, OWNS_TOPIC, Why.TOPIC)):
        share, words = max((owned[name] for name in one.names if name in owned), default=(0.0, ""))
        if share:
            weighed.append((weight * share, Reason(why, words)))
    near, count = case.solved.get(one.key, (0.0, 0))
    if near:
        weighed.append((SOLVED * near, Reason(Why.SOLVED, count=count)))
    if case.place and case.place in one.places:
        weighed.append((KNOWS_PLACE, Reason(Why.PLACE, case.place)))
    weighed += _standing(one)
    return Match(one.key, sum(weight for weight, _reason in weighed), tuple(reason for _weight, reason in weighed))


def _standing(one: Candidate) -> list[tuple[float, Reason]]:
    """What speaks for or against asking them now, whatever it is about."""
    weighed = [(ON_ROTA, Reason(Why.ROTA))] if one.is_on_rota else []
    weighed.append((IS_HERE, Reason(Why.HERE)) if one.is_here else (0.0, Reason(Why.AWAY)))
    if one.open:
        weighed.append((-EACH_OPEN * min(one.open, COUNTED_OPEN), Reason(Why.BUSY, count=one.open)))
    if one.budget_left <= 0:
        weighed.append((-NO_BUDGET, Reason(Why.BUDGET)))
    return weighed


def _path_owners(case: Case) -> Owned:
    """Owners of the files that the text names; the most exact rule that any part of a path meets counts."""
    found: Owned = {}
    for path in paths_in(case.text):
        rule = _rule_of(case.rules, path)
        for owner in rule.owners if rule else ():
            found.setdefault(owner, (1.0, path.rpartition("/")[2]))
    return found


def _rule_of(rules: Sequence[Rule], path: str) -> Rule | None:
    """The rule of a path on somebody's machine, which is longer than the repository's; catch-alls do not count."""
    parts = path.lstrip("/").split("/")
    tails = ["/".join(parts[at:]) for at in range(len(parts))]
    exact = [rule for rule in rules if rule.topics]
    return next((rule for rule in reversed(exact) if any(rule.matches(tail) for tail in tails)), None)


def _topic_owners(case: Case) -> Owned:
    """Owners of what the text is about, by the words that their paths share with it; rare words count more."""
    said = {stem(word) for word in WORD.findall(case.text[:LONGEST].lower())}
    spread = Counter(topic for rule in case.rules for topic in rule.topics)
    scores: dict[str, float] = {}
    words: dict[str, dict[str, None]] = {}
    for rule in case.rules:
        met = [topic for topic in sorted(rule.topics) if stem(topic) in said]
        if not met:
            continue
        weight = max(math.log(1 + len(case.rules) / spread[topic]) for topic in met)
        for owner in rule.owners:
            scores[owner] = scores.get(owner, 0.0) + weight
            words.setdefault(owner, {}).update(dict.fromkeys(met))
    most = max(scores.values(), default=1.0)
    return {owner: (score / most, ", ".join(list(words[owner])[:SHOWN_TOPICS])) for owner, score in scores.items()}
