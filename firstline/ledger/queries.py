"""The sums: of everything that arrived, what became of it, by inbox and day (ground.md G14)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from firstline.inboxes.models import Inbox
from firstline.intake.models import PENDING, InboundItem, Refusal, SeenItem
from firstline.ledger.rules import Gap

WAITS_TOO_LONG = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class DayLedger:
    """One inbox on one day of UTC: the same sums."""

    received: int
    outcomes: dict[str, int]
    missing: int


@dataclass(frozen=True, slots=True)
class InboxLedger:
    """One inbox: distinct items, what became of them, how many have no outcome at all, how many offers were repeats.

    `days` holds the sums of each day under its ISO date, oldest first. `late` counts items that have been pending for
    longer than `WAITS_TOO_LONG`; `refused` counts 5xx answers by code.
    """

    name: str
    received: int
    outcomes: dict[str, int]
    missing: int
    duplicated: int
    late: int
    refused: dict[str, int]
    days: dict[str, DayLedger]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All inboxes; `refused` counts what was written to addresses that nobody has."""

    inboxes: list[InboxLedger]
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every item of every day has its outcome, or is about to get it."""
        return not self.gaps()

    def gaps(self) -> list[Gap]:
        """Everything that keeps the sums from being `ok`."""
        found = []
        for one in self.inboxes:
            found += [Gap("missing", sums.missing, one.name, day) for day, sums in one.days.items() if sums.missing]
            found += [Gap("late", one.late, one.name)] if one.late else []
        return found


def ledger(*, since: datetime | None, now: datetime) -> Ledger:
    """Count by inbox. `missing` compares the items with what the door remembers to have taken (`SeenItem`)."""
    arrived = Q(received_at__gte=since) if since else Q()
    days = Q(day__gte=since.date()) if since else Q()
    found = _by_day(since)
    seen = Q(item__received_at__gte=since) if since else Q()
    repeats = dict(SeenItem.objects.filter(seen).values_list("inbox").annotate(offers=Sum("repeats")))
    waiting = InboundItem.objects.filter(arrived, outcome=PENDING, received_at__lt=now - WAITS_TOO_LONG)
    late = dict(waiting.values_list("inbox").annotate(count=Count("pk")).order_by("inbox"))
    refused = _refused(days)
    inboxes = [
        _sum(name, found.get(pk, {}), duplicated=repeats.get(pk, 0), late=late.get(pk, 0), refused=refused.get(pk, {}))
        for pk, name in Inbox.objects.order_by("name").values_list("pk", "name")
    ]
    return Ledger(inboxes, refused.get(None, {}))


def _sum(name: str, days: dict[str, DayLedger], *, duplicated: int, late: int, refused: dict[str, int]) -> InboxLedger:
    outcomes: Counter[str] = Counter()
    for day in days.values():
        outcomes.update(day.outcomes)
    received = sum(day.received for day in days.values())
    counted = dict(sorted(outcomes.items()))
    return InboxLedger(name, received, counted, received - outcomes.total(), duplicated, late, refused, days)


def _by_day(since: datetime | None) -> dict[int, dict[str, DayLedger]]:
    """Of each inbox and day: what the door remembers to have taken, beside what became of it."""
    arrived = Q(received_at__gte=since) if since else Q()
    seen = Q(item__received_at__gte=since) if since else Q()
    taken: dict[tuple[int, date], int] = {}
    for inbox, day, count in (
        SeenItem.objects.filter(seen)
        .values_list("inbox", TruncDate("item__received_at", tzinfo=UTC))
        .annotate(count=Count("pk"))
    ):
        taken[inbox, day] = count
    became: dict[tuple[int, date], dict[str, int]] = {}
    for inbox, day, outcome, count in (
        InboundItem.objects.filter(arrived)
        .values_list("inbox", TruncDate("received_at", tzinfo=UTC), "outcome")
        .annotate(count=Count("pk"))
        .order_by("outcome")
    ):
        became.setdefault((inbox, day), {})[outcome] = count
    found: dict[int, dict[str, DayLedger]] = {}
    for inbox, day in sorted({*taken, *became}):
        received, outcomes = taken.get((inbox, day), 0), became.get((inbox, day), {})
        found.setdefault(inbox, {})[day.isoformat()] = DayLedger(received, outcomes, received - sum(outcomes.values()))
    return found


def _refused(days: Q) -> dict[int | None, dict[str, int]]:
    found: dict[int | None, dict[str, int]] = {}
    for inbox_id, code, count in (
        Refusal.objects.filter(days)
        .values_list("inbox", "code")
        .annotate(total=Sum(F("count")))
        .order_by("inbox", "code")
    ):
        found.setdefault(inbox_id, {})[code] = count
    return found
