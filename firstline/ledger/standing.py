"""What became of everything, as the ledger's page shows it: by inbox and by day, in five columns that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from firstline.conversations.models import UNRESOLVED, Resolution, Status
from firstline.inboxes.models import Inbox
from firstline.intake.models import PENDING, InboundItem
from firstline.ledger.models import Check
from firstline.ledger.queries import InboxLedger

_ANSWERED = Q(conversation__status=Status.WAITING_ON_CONTACT) | Q(
    conversation__status=Status.RESOLVED, conversation__resolution=Resolution.ANSWERED
)
_END = Case(
    When(outcome=PENDING, then=Value("open")),
    When(~Q(outcome__in=("new", "threaded")), then=Value("rule")),
    When(_ANSWERED, then=Value("answered")),
    When(conversation__status__in=UNRESOLVED, then=Value("open")),
    default=Value("reason"),
)
"""How an item ended. Answered: by us, and nothing is asked of us now. Reason: a person resolved or deleted it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The sums of one inbox or day; received = answered + open + reason + rule + missing."""

    received: int = 0
    answered: int = 0
    open: int = 0
    reason: int = 0
    rule: int = 0
    missing: int = 0

    @property
    def bars(self) -> list[tuple[str, float, float]]:
        """The meter's rects in percent: class, start, width; answered first, what a rule left out last."""
        parts = (("f1", self.answered), ("f3", self.open), ("f2", self.reason), ("f0", self.rule))
        whole, start, found = max(sum(count for _, count in parts), 1), 0.0, []
        for name, count in parts:
            width = round(100 * count / whole, 2)
            found.append((name, round(start, 2), width))
            start += width
        return found

    @property
    def accounted(self) -> int:
        """Of what was received, how much has an end or somebody who waits for it."""
        return self.received - max(self.missing, 0)


@dataclass(frozen=True, slots=True)
class Table:
    """The page's sums. `days` are the newest first; `outcomes` counts what was left out, by the ledger's word."""

    inboxes: list[tuple[Inbox, Standing]]
    days: list[tuple[date, Standing]]
    total: Standing
    outcomes: list[tuple[str, int]]
    refused: int


def table(found: list[InboxLedger], *, since: datetime, inbox: str = "") -> Table:
    """Lay the ledger beside how its items ended; of one inbox when it is named."""
    shown = [one for one in found if inbox in ("", one.name)]
    ends = _ends(since)
    inboxes = {one.name: one for one in Inbox.objects.all()}
    rows: list[tuple[Inbox, Standing]] = []
    by_day: dict[str, list[Standing]] = {}
    outcomes = Counter[str]()
    for one in shown:
        counted = Counter[str]()
        for day, sums in one.days.items():
            end = ends.get((one.name, day), Counter())
            counted.update(end)
            by_day.setdefault(day, []).append(_standing(end, sums.received, sums.missing))
        rows.append((inboxes[one.name], _standing(counted, one.received, one.missing)))
        outcomes.update({word: n for word, n in one.outcomes.items() if word not in {"new", "threaded", PENDING}})
    days = [(date.fromisoformat(day), _sum(parts)) for day, parts in sorted(by_day.items(), reverse=True)]
    refused = sum(sum(one.refused.values()) for one in shown)
    return Table(rows, days, _sum([standing for _, standing in rows]), outcomes.most_common(), refused)


def nights(now: datetime, count: int = 7) -> list[Check]:
    """The newest check of each of the last nights that the machine ran, newest first."""
    checks = Check.objects.filter(by=None, at__gte=now - timedelta(days=count)).order_by("-at")
    found: dict[date, Check] = {}
    for check in checks:
        found.setdefault(check.at.date(), check)
    return list(found.values())[:count]


def _ends(since: datetime) -> dict[tuple[str, str], Counter[str]]:
    items: QuerySet[InboundItem] = InboundItem.objects.filter(received_at__gte=since)
    found: dict[tuple[str, str], Counter[str]] = {}
    for name, day, end, count in (
        items.annotate(end=_END)
        .values_list("inbox__name", TruncDate("received_at", tzinfo=UTC), "end")
        .annotate(count=Count("pk"))
        .order_by()
    ):
        found.setdefault((name, day.isoformat()), Counter())[end] += count
    return found


def _standing(ends: Counter[str], received: int, missing: int) -> Standing:
    return Standing(received, ends["answered"], ends["open"], ends["reason"], ends["rule"], missing)


def _sum(parts: list[Standing]) -> Standing:
    names = ("received", "answered", "open", "reason", "rule", "missing")
    return Standing(**{name: sum(getattr(part, name) for part in parts) for name in names})
