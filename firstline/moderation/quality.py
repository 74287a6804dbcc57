"""How well the text cover does here, read from what people made of its covers (D-06)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from firstline.conversations.models import Cover, Origin
from firstline.core.measures import wilson
from firstline.moderation.models import Outcome

WINDOW = timedelta(days=90)
FEWEST = 50


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its interval (Wilson, 95 %), in whole percent."""

    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Of one language: covers that a decision confirmed, covers taken off, and what only people covered."""

    language: str
    right: int
    wrong: int
    missed: int

    @property
    def labels(self) -> int:
        """How much people said."""
        return self.right + self.wrong + self.missed

    @property
    def precision(self) -> Share | None:
        """Right of what it covered; None while fewer than 50 labels are there."""
        return self._share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Share | None:
        """Found of what people say had to be found; None while fewer than 50 labels are there."""
        return self._share(self.right, self.right + self.missed)

    def _share(self, part: int, whole: int) -> Share | None:
        if self.labels < FEWEST or not whole:
            return None
        low, high = wilson(part, whole)
        return Share(round(100 * part / whole), round(100 * low), round(100 * high))


def by_language(now: datetime) -> list[Quality]:
    """The last 90 days, the language with most labels first; "" is a text too short to tell."""
    recent = Cover.objects.filter(covered_at__gte=now - WINDOW)
    found = recent.filter(origin=Origin.DETECTOR)
    wrong = found.filter(uncovered_at__isnull=False)
    right = found.filter(uncovered_at=None, message__case_item__case__outcome=Outcome.ACTIONED)
    missed = recent.filter(origin=Origin.PERSON, uncovered_at=None)
    counts = [Counter(one.values_list("language", flat=True)) for one in (right, wrong, missed)]
    languages = {language for one in counts for language in one}
    rows = [Quality(language, *(one[language] for one in counts)) for language in languages]
    return sorted(rows, key=lambda one: (-one.labels, one.language))
