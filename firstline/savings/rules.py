"""What an article saved, from counts alone. Pure.

Before and after is compared with the causes that nothing was written about: their change is what the article's own
cause would have done too, and how differently they changed is how sure one may be of that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from firstline.answers.measures import may_answer
from firstline.core.measures import wilson

LEAST_ASKED = 10
"""Questions before the article, below which nothing is said."""
LEAST_UNTOUCHED = 8
"""Untouched causes with five questions at least: fewer do not say how causes change by themselves."""
LEAST_OF_UNTOUCHED = 5
HALF = 0.5
"""Added to every count, so that none has no logarithm (Haldane 1956)."""
SURE = 0.975
"""The upper quantile of a two-sided 95 % interval."""
STEPS = 60
LEAST_SESSIONS = 200
"""Asking sessions a month that an article must be expected in before a part of them may go without it."""
HELD_ONE_IN = 10
NEVER_HELD_SHELVES = frozenset({"signing-in", "security", "safety", "organisations"})
INCIDENT_CASES = frozenset({"NET-01", "NET-05", "NET-06", "PUB-07", "PUB-10"})
MONTH_DAYS = 30

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Questions of one cause in two equal stretches of weeks, before and after."""

    before: int
    after: int

    @property
    def growth(self) -> float:
        """Logarithm of after over before."""
        return log((self.after + HALF) / (self.before + HALF))

    @property
    def variance(self) -> float:
        """Of the growth, were the counts those of chance alone (Poisson)."""
        return 1 / (self.after + HALF) + 1 / (self.before + HALF)


@dataclass(frozen=True, slots=True)
class Saved:
    """What did not come: a share of `expected`, each with its 95 % interval. A negative share is growth."""

    expected: float
    came: int
    share: float
    low: float
    high: float

    @property
    def questions(self) -> float:
        """How many did not come."""
        return self.expected * self.share

    @property
    def fewest(self) -> float:
        """The lower end of `questions`."""
        return self.expected * self.low

    @property
    def most(self) -> float:
        """The upper end of `questions`."""
        return self.expected * self.high

    @property
    def is_proved(self) -> bool:
        """Whether the whole interval lies above nothing."""
        return self.low > 0


def before_and_after(own: Counts, untouched: Sequence[Counts]) -> Saved | None:
    """Difference in differences of logarithms, with the prediction interval of a random-effects meta-analysis over
    the untouched causes (Higgins, Thompson and Spiegelhalter 2009): what chance does to counts, how causes differ in
    their change, and how well their mean is known. None where the counts are too few to say anything.
    """
    known = [one for one in untouched if min(one.before, one.after) >= LEAST_OF_UNTOUCHED]
    if own.before < LEAST_ASKED or len(known) < LEAST_UNTOUCHED:
        return None
    from scipy.special import stdtrit

    growth = np.array([one.growth for one in known])
    chance = np.array([one.variance for one in known])
    between = _between(growth, chance)
    weights = 1 / (chance + between)
    mean = float((weights * growth).sum() / weights.sum())
    spread = sqrt(own.variance + between + 1 / float(weights.sum()))
    reach = float(stdtrit(len(known) - 2, SURE)) * spread
    effect = own.growth - mean
    return Saved(
        expected=own.before * exp(mean),
        came=own.after,
        share=1 - exp(effect),
        low=1 - exp(effect + reach),
        high=1 - exp(effect - reach),
    )


def _between(growth: Floats, chance: Floats) -> float:
    """The variance between causes beyond chance by Paule and Mandel (1982), found by halving; 0 when there is none."""

    def excess(variance: float) -> float:
        weights = 1 / (chance + variance)
        mean = (weights * growth).sum() / weights.sum()
        return float((weights * (growth - mean) ** 2).sum()) - (len(growth) - 1)

    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(growth.var(ddof=1)) + 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high


@dataclass(frozen=True, slots=True)
class Arm:
    """Asking sessions in which an article was, or would have been, shown, and how many still asked."""

    sessions: int
    asked: int


def held_out(shown: Arm, held: Arm) -> Saved | None:
    """The share of sessions that ask no more because they saw the article: the difference of two shares with
    Newcombe's interval (1998, method 10). `expected` and `came` count the sessions that were shown it. None while one
    of the arms is empty.
    """
    if not shown.sessions or not held.sessions:
        return None
    asked, would = shown.asked / shown.sessions, held.asked / held.sessions
    (low, high), (held_low, held_high) = wilson(shown.asked, shown.sessions), wilson(held.asked, held.sessions)
    gain = would - asked
    down = sqrt((would - held_low) ** 2 + (high - asked) ** 2)
    up = sqrt((held_high - would) ** 2 + (asked - low) ** 2)
    return Saved(float(shown.sessions), shown.asked, gain, gain - down, gain + up)


def may_be_held_out(shelf: str, cases: Sequence[str]) -> bool:
    """Whether people may go without an article for the sake of a figure: never one of accounts, money, safety,
    security, law or incidents, and none of which it is not known what it is about.
    """
    harmless = all(may_answer(case) and case not in INCIDENT_CASES for case in cases)
    return bool(cases) and harmless and shelf not in NEVER_HELD_SHELVES


def is_held(session: str, article_id: int) -> bool:
    """Whether this asking session goes without the article: one in ten, always the same for one session."""
    digest = sha256(f"{session}:{article_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % HELD_ONE_IN == 0
