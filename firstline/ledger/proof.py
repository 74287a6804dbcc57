"""The whole proof: the sums, the sources, the ends of all conversations, and what the samples say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from firstline.intake import reconciling
from firstline.intake.reconciling import Compared
from firstline.ledger import sampling
from firstline.ledger.ends import NAMED, Ends, ends
from firstline.ledger.queries import Ledger, ledger
from firstline.ledger.rules import Gap, Share

LOOKS_BACK = timedelta(days=8)
"""How far back sources are asked, unless somebody wants more: a week, and a day on which a look may have failed."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a look at everything found."""

    books: Ledger
    ends: Ends
    sources: list[Compared]
    sample: Share

    @property
    def ok(self) -> bool:
        """Whether every source answered and nothing is missing, or was until now."""
        return not self.gaps() and not self.unreached()

    def gaps(self) -> list[Gap]:
        """Everything that is missing, or was: in the books, at the sources, among the conversations."""
        found = [gap for one in self.sources for gap in _gaps(one)]
        return self.books.gaps() + found + self.ends.gaps()

    def unreached(self) -> list[Compared]:
        """The sources that could not be asked."""
        return [one for one in self.sources if one.unreached]

    def as_json(self) -> dict[str, Any]:
        """The object that `ledger check --json` prints."""
        return {
            **asdict(self.books),
            "sources": [asdict(one) for one in self.sources],
            "conversations": {**self.ends.counts, "without_end": self.ends.offenders},
            "dropped": sum(gap.count for gap in self.ends.gaps()),
            "left_out": asdict(self.sample),
            "gaps": [asdict(gap) for gap in self.gaps()],
            "ok": self.ok,
        }


def prove(*, since: datetime | None, now: datetime) -> Proof:
    """Ask every source first, so that what this brings in is in the sums; call it outside of any transaction."""
    sources = reconciling.compare_all(since or now - LOOKS_BACK, now)
    return Proof(ledger(since=since, now=now), ends(), sources, sampling.share())


def _gaps(one: Compared) -> list[Gap]:
    kind = "lost" if one.source == "journal" else "not_taken"
    found = []
    for names, healed in ((one.gone, False), (one.healed, True)):
        if names:
            found.append(Gap(kind, len(names), one.inbox, source=one.source, ids=names[:NAMED], healed=healed))
    return found
