"""Is the interval honest? `firstline eval deflection`: desks of made-up truth, asked what an article saved."""

from dataclasses import dataclass

import numpy as np

from firstline.savings import rules
from firstline.savings.rules import Arm, Counts, Saved

WEEKS = 8
CAUSES = (12, 60)
A_WEEK = (1.5, 20.0)
TREND, DRIFT, BURST = 0.25, 0.2, (2.0, 12.0)
WRITES_ANYWAY = (0.2, 0.8)
SESSIONS = (400, 4000)
HELD_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Deflection:
    """How often the 95 % interval held the truth, of `said` of the `desks` on which there was enough to say.

    `width` is the mean length of the interval of the share saved; `holdout` is the same coverage for the hold-out.
    `falsely_proved` counts those of the `without_effect` desks, on which nothing was saved, where a saving was called
    proved.
    """

    desks: int
    said: int
    covered: int
    coverage: float
    width: float
    bias: float
    without_effect: int
    falsely_proved: int
    holdout_covered: int
    holdout_coverage: float
    holdout_width: float


def evaluate(desks: int, seed: int) -> Deflection:
    """Make `desks` desks from `seed` and judge both estimators on each; the same seed gives the same figures."""
    random = np.random.default_rng(seed)
    compared = [(truth, saved) for truth, saved in (_compared(random) for _ in range(desks)) if saved]
    held = [(truth, saved) for truth, saved in (_held_out(random) for _ in range(desks)) if saved]
    nothing = [saved for truth, saved in compared if truth == 0]
    covered, held_covered = sum(map(_holds, compared)), sum(map(_holds, held))
    return Deflection(
        desks=desks,
        said=len(compared),
        covered=covered,
        coverage=round(covered / max(1, len(compared)), 4),
        width=_mean([saved.high - saved.low for _truth, saved in compared]),
        bias=_mean([saved.share - truth for truth, saved in compared]),
        without_effect=len(nothing),
        falsely_proved=sum(saved.is_proved for saved in nothing),
        holdout_covered=held_covered,
        holdout_coverage=round(held_covered / max(1, len(held)), 4),
        holdout_width=_mean([saved.high - saved.low for _truth, saved in held]),
    )


def _compared(random: np.random.Generator) -> tuple[float, Saved | None]:
    """One desk: causes of unequal size that share a trend, drift each on their own and burst from week to week."""
    number = int(random.integers(*CAUSES))
    rates = np.exp(random.uniform(np.log(A_WEEK[0]), np.log(A_WEEK[1]), number))
    season = 1 + 0.2 * np.sin(random.uniform(0, 2 * np.pi) + np.arange(2 * WEEKS) / 8)
    level = np.where(np.arange(2 * WEEKS) < WEEKS, 1.0, np.exp(random.normal(0, TREND)))
    drift = np.exp(random.normal(0, DRIFT, number))
    mean = rates[:, None] * season * level * np.where(np.arange(2 * WEEKS) < WEEKS, 1.0, drift[:, None])
    truth = float(random.choice([0.0, random.uniform(0.05, 0.7)], p=[0.25, 0.75]))
    mean[0, WEEKS:] *= 1 - truth
    bursts = random.uniform(*BURST)
    weeks = random.poisson(mean * random.gamma(bursts, 1 / bursts, mean.shape))
    own, *untouched = [Counts(int(row[:WEEKS].sum()), int(row[WEEKS:].sum())) for row in weeks]
    return truth, rules.before_and_after(own, untouched)


def _held_out(random: np.random.Generator) -> tuple[float, Saved | None]:
    """Asking sessions of which one in ten does not see the article."""
    writes = random.uniform(*WRITES_ANYWAY)
    truth = float(random.choice([0.0, random.uniform(0.02, writes)], p=[0.25, 0.75]))
    sessions = int(random.integers(*SESSIONS))
    held = int(random.binomial(sessions, HELD_SHARE))
    shown = Arm(sessions - held, int(random.binomial(sessions - held, writes - truth)))
    return truth, rules.held_out(shown, Arm(held, int(random.binomial(held, writes))))


def _holds(pair: tuple[float, Saved]) -> bool:
    truth, saved = pair
    return saved.low <= truth <= saved.high


def _mean(values: list[float]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0
