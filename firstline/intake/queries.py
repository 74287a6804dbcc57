"""The ledger: of everything that arrived, what became of it (ground.md G14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum

from firstline.inboxes.models import Inbox
from firstline.intake.models import PENDING, InboundItem, Refusal, SeenItem

WAITS_TOO_LONG = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class InboxLedger:
    """One inbox: distinct items, what became of them, how many have no outcome at all, how many offers were repeats.

    `late` counts items that have been pending for longer than `WAITS_TOO_LONG`; `refused` counts 5xx answers by code.
    """

    name: str
    received: int
    outcomes: dict[str, int]
    missing: int
    duplicated: int
    late: int
    refused: dict[str, int]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All inboxes; `refused` counts what was written to addresses that nobody has."""

    inboxes: list[InboxLedger]
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every item has its outcome, or is about to get it."""
        return all(one.missing == 0 and one.late == 0 for one in self.inboxes)

    def as_json(self) -> dict[str, Any]:
        """The object that `ledger check --json` prints."""
        return {**asdict(self), "ok": self.ok}


def ledger(*, since: datetime | None, now: datetime) -> Ledger:
    """Count by inbox. `missing` compares the items with what the door remembers to have taken (`SeenItem`)."""
    arrived = Q(received_at__gte=since) if since else Q()
    seen = Q(item__received_at__gte=since) if since else Q()
    days = Q(day__gte=since.date()) if since else Q()
    outcomes: dict[int, dict[str, int]] = {}
    counted = InboundItem.objects.filter(arrived).values_list("inbox", "outcome").order_by("inbox", "outcome")
    for inbox_id, outcome, count in counted.annotate(count=Count("pk")):
        outcomes.setdefault(inbox_id, {})[outcome] = count
    taken = {
        row["inbox"]: row
        for row in SeenItem.objects.filter(seen).values("inbox").annotate(items=Count("pk"), offers=Sum("repeats"))
    }
    waiting = InboundItem.objects.filter(arrived, outcome=PENDING, received_at__lt=now - WAITS_TOO_LONG)
    late = dict(waiting.values_list("inbox").annotate(count=Count("pk")).order_by("inbox"))
    refused = _refused(days)
    inboxes = []
    for inbox_id, name in Inbox.objects.order_by("name").values_list("pk", "name"):
        row = taken.get(inbox_id, {"items": 0, "offers": 0})
        became = outcomes.get(inbox_id, {})
        missing = row["items"] - sum(became.values())
        repeats = row["offers"] or 0
        inboxes.append(
            InboxLedger(name, row["items"], became, missing, repeats, late.get(inbox_id, 0), refused.get(inbox_id, {}))
        )
    return Ledger(inboxes, refused.get(None, {}))


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


def outcomes_of(item_ids: Sequence[int]) -> dict[str, int]:
    """How often each outcome occurs among these items."""
    counted = InboundItem.objects.filter(pk__in=item_ids).values_list("outcome").annotate(count=Count("pk"))
    return dict(counted.order_by("outcome"))
