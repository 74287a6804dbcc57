"""Coordinates of charts that templates draw as SVG: no inline styles, words beside every line."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstline.answers.measures import Bin, Step

WIDTH, HEIGHT, LEFT, TOP = 960, 240, 44, 12
RIGHT, BOTTOM = WIDTH - 24, HEIGHT - 32
LEAST_PRECISION = 0.5


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled line across the chart."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision over coverage: `line` and the band of its interval as SVG points."""

    line: str
    band: str
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    target: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One tenth of a reliability diagram: place, radius, and the ends of its interval."""

    x: float
    y: float
    low: float
    high: float
    radius: float
    title: str


def curve(steps: Sequence[Step], target: float) -> Curve:
    """The coverage-precision curve; precision from 50 % up, since below nobody answers."""
    line = " ".join(f"{_x(step.coverage)},{_y(step.precision)}" for step in steps)
    above = [f"{_x(step.coverage)},{_y(step.high)}" for step in steps]
    below = [f"{_x(step.coverage)},{_y(step.low)}" for step in reversed(steps)]
    rows = tuple(Mark(_y(value), f"{value:.0%}") for value in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0))
    columns = tuple(Mark(_x(value), f"{value:.0%}") for value in (0.0, 0.25, 0.5, 0.75, 1.0))
    return Curve(line, " ".join(above + below), rows, columns, _y(target))


def reliability(bins: Sequence[Bin]) -> list[Dot]:
    """A dot for each tenth, in a square of the chart's height."""
    most = max((one.n for one in bins), default=1)
    return [
        Dot(
            x=_square_x(one.mean),
            y=_square_y(one.right / one.n),
            low=_square_y(one.low),
            high=_square_y(one.high),
            radius=round(3 + 5 * (one.n / most) ** 0.5, 1),
            title=f"{one.start:.1f}–{one.end:.1f}: {one.right}/{one.n}",
        )
        for one in bins
    ]


def _x(share: float) -> float:
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _y(precision: float) -> float:
    share = (max(precision, LEAST_PRECISION) - LEAST_PRECISION) / (1 - LEAST_PRECISION)
    return round(BOTTOM - share * (BOTTOM - TOP), 1)


def _square_x(share: float) -> float:
    return round(LEFT + share * (BOTTOM - TOP), 1)


def _square_y(share: float) -> float:
    return round(BOTTOM - share * (BOTTOM - TOP), 1)
