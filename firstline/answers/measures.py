"""How right the machine was, and how sure one may be of that. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firstline.core.measures import levenshtein, wilson

ANSWER_PRECISION, ANSWER_BOUND = 0.98, 0.95
SUGGEST_PRECISION = 0.95
MOST_WORDS = 600
RECENT_VERDICTS = 10
MOST_NOES = 2
NEVER = ("AUTH", "ORG", "BIL", "TS", "SEC", "LEG")
NEVER_CASES = frozenset({"PKG-02", "PKG-04", "PKG-05", "PKG-07", "PKG-09", "PUB-03", "GEN-05", "GEN-06", "NET-01"})


@dataclass(frozen=True, slots=True)
class Point:
    """One question: how sure the machine was (0 to 1; None: it proposed nothing) and whether it was right."""

    sureness: float | None
    is_right: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What answering from `threshold` on would have meant: `low` and `high` are Wilson's bounds of the precision."""

    threshold: float
    answered: int
    right: int
    coverage: float
    precision: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Suggestions between two marks of sureness, how many there were and how many were right."""

    start: float
    end: float
    n: int
    right: int
    mean: float
    low: float
    high: float


def may_answer(case: str) -> bool:
    """Whether a case type may ever be answered by the machine alone: never without one, and never one of accounts,
    organisations, billing, safety, security or law (domain.md 3).
    """
    return bool(case) and case.split("-")[0] not in NEVER and case not in NEVER_CASES


def sureness(best: float, second: float, confidence: float | None = None) -> float:
    """By what answers are ordered, 0 to 1: a calibrated confidence where search has one, else the best cosine plus
    half its lead over the second article (models-and-data.md 4.4).
    """
    value = confidence if confidence is not None else best + 0.5 * max(best - second, 0.0)
    return round(min(max(value, 0.0), 1.0), 4)


def curve(points: Sequence[Point]) -> list[Step]:
    """One step for each sureness that occurs, surest first; coverage is a share of all questions."""
    said = sorted(((p.sureness, p.is_right) for p in points if p.sureness is not None), reverse=True)
    steps, right = [], 0
    for number, (value, is_right) in enumerate(said, start=1):
        right += is_right
        if number == len(said) or said[number][0] != value:
            steps.append(_step(value, number, right, len(points)))
    return steps


def _step(threshold: float, answered: int, right: int, n: int) -> Step:
    low, high = wilson(right, answered)
    return Step(threshold, answered, right, answered / n, right / answered, low, high)


def allowed(steps: Iterable[Step], *, precision: float = ANSWER_PRECISION, bound: float = ANSWER_BOUND) -> Step | None:
    """The step with the widest coverage that keeps precision and its lower bound; None when there is none."""
    good = [step for step in steps if step.precision >= precision and step.low >= bound]
    return max(good, key=lambda step: step.coverage, default=None)


def reliability(points: Sequence[Point], bins: int = 10) -> list[Bin]:
    """How often suggestions were right, by tenths of sureness; empty tenths are left out."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for point in points:
        if point.sureness is not None:
            groups.setdefault(min(int(point.sureness * bins), bins - 1), []).append((point.sureness, point.is_right))
    found = []
    for number in sorted(groups):
        group = groups[number]
        right = sum(is_right for _value, is_right in group)
        low, high = wilson(right, len(group))
        mean = sum(value for value, _right in group) / len(group)
        found.append(Bin(number / bins, (number + 1) / bins, len(group), right, mean, low, high))
    return found


def calibration_error(points: Sequence[Point]) -> float | None:
    """Expected calibration error over tenths (Naeini et al. 2015); None of nothing."""
    bins = reliability(points)
    total = sum(one.n for one in bins)
    return sum(one.n * abs(one.mean - one.right / one.n) for one in bins) / total if total else None


def distance(inserted: str, sent: str) -> float:
    """Levenshtein distance in words over the longer text's words: 0 the same, 1 nothing in common.

    At most 600 words of each are compared, which costs up to 50 ms.
    """
    one, other = _words(inserted), _words(sent)
    if not one and not other:
        return 0.0
    return round(levenshtein(one, other) / max(len(one), len(other)), 4)


def _words(text: str) -> list[str]:
    return re.findall(r"\S+", text)[:MOST_WORDS]


_CODE = re.compile(r"`([^`\n]{3,})`|^(?: {4}|\t|\$ )(\S.{2,})$", re.MULTILINE)
_FENCED = re.compile(r"^(```|~~~)[^\n]*\n(.*?)^\1", re.MULTILINE | re.DOTALL)
SAME_STEPS = 0.5


def commands(text: str) -> set[str]:
    """What one can copy out of an answer: inline code, indented lines, and the lines of fenced blocks."""
    fenced = {line.strip().removeprefix("$ ") for _mark, block in _FENCED.findall(text) for line in block.split("\n")}
    inline = {(one or other).strip() for one, other in _CODE.findall(_FENCED.sub("", text))}
    return {command for command in fenced | inline if len(command) >= 3}


def same_steps(proposed: str, sent: str) -> bool:
    """Whether at least half of the commands that were sent, two or more, stand in the proposal."""
    theirs, ours = commands(sent), commands(proposed)
    shared = len(theirs & ours)
    return shared >= 2 and shared >= SAME_STEPS * len(theirs)


def breaks(verdicts: Sequence[bool]) -> bool:
    """The circuit breaker: two noes among the ten newest verdicts (newest first)."""
    return sum(not said for said in verdicts[:RECENT_VERDICTS]) >= MOST_NOES
