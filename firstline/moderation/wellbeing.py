"""Reads of the quarterly self-check: five questions, and what all answered together (W-14)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firstline.accounts.models import User
from firstline.moderation.models import SelfCheckCount, SelfCheckTaken

FEWEST = 5
QUESTIONS: tuple[Promise, ...] = (
    _("I could leave work at work."),
    _("I had somebody to talk to when I needed it."),
    _("I could hand over what was too much without having to explain."),
    _("I slept well."),
    _("I can go on like this for another quarter."),
)
"""Each answered from 1 (not at all) to 5 (wholly). Our own words, no validated measure: the page says so."""


def quarter_of(moment: datetime) -> str:
    """A quarter as "2026Q4"."""
    return f"{moment.year}Q{(moment.month + 2) // 3}"


def quarter_before(moment: datetime) -> str:
    """The quarter that ended last."""
    first = moment.replace(month=moment.month - (moment.month - 1) % 3, day=1)
    return quarter_of(first - timedelta(days=1))


def has_answered(user: User, quarter: str) -> bool:
    """Whether the person is not asked again."""
    return SelfCheckTaken.objects.filter(user=user, quarter=quarter).exists()


@dataclass(frozen=True, slots=True)
class Answered:
    """One question's mean over everybody; None when fewer than five answered."""

    question: Promise
    mean: float | None


def results(now: datetime) -> tuple[str, list[Answered]]:
    """The last whole quarter and its means: a running one would show each new answer by its difference."""
    quarter = quarter_before(now)
    sums, counts = Counter[int](), Counter[int]()
    for question, answer, given in SelfCheckCount.objects.filter(quarter=quarter).values_list(
        "question", "answer", "given"
    ):
        sums[question] += answer * given
        counts[question] += given
    return quarter, [
        Answered(words, round(sums[at] / counts[at], 1) if counts[at] >= FEWEST else None)
        for at, words in enumerate(QUESTIONS)
    ]
