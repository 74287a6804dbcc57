"""Reads about the weekly samples: what could be drawn, what waits to be read, what the read ones prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat

from firstline.accounts.models import User
from firstline.inboxes.models import Inbox
from firstline.intake.models import InboundItem
from firstline.ledger.models import Sample, SampledItem, Verdict
from firstline.ledger.rules import Share, Week, share_wrong

WEEKS = 12
"""How many weeks the share looks back."""
WEEK = timedelta(days=7)


def week_before(day: date) -> date:
    """The Monday of the last week that was over on `day`."""
    return day - timedelta(days=day.weekday()) - WEEK


def left_out(week: date) -> QuerySet[InboundItem]:
    """What rules and the spam filter kept out in the week from Monday `week` on, by days of UTC.

    What is in a conversation all the same (the same mail once more, a post of our own) was not left out.
    """
    begin = datetime.combine(week, time(), UTC)
    by_rule = Q(outcome__startswith="ignored:") | Q(outcome__startswith="quarantined:")
    return InboundItem.objects.filter(
        by_rule, received_at__gte=begin, received_at__lt=begin + WEEK, message=None, conversation=None
    )


def shuffled(items: QuerySet[InboundItem], week: date) -> QuerySet[InboundItem]:
    """The items in an order that only the week decides: the same for whoever draws again, and in nobody's hand."""
    return items.annotate(
        place=MD5(Concat(Value(f"{week}:"), Cast("pk", CharField()), output_field=CharField()))
    ).order_by("place", "pk")


@dataclass(frozen=True, slots=True)
class WeekRead:
    """A week's sample: how many were left out, drawn, read by now, and found to be left out wrongly."""

    week: date
    population: int
    drawn: int
    read: int
    wrong: int

    @property
    def unread(self) -> int:
        """How many still wait for somebody."""
        return self.drawn - self.read


def weeks() -> list[WeekRead]:
    """The newest weeks in which something was left out, newest first."""
    read, wrong = ~Q(items__verdict=Verdict.UNREAD), Q(items__verdict=Verdict.WRONG)
    rows = (
        Sample.objects.filter(population__gt=0)
        .order_by("-week")
        .values_list("week", "population")
        .annotate(
            drawn=Count("items"),
            read=Count("items", filter=read & Q(items__isnull=False)),
            wrong=Count("items", filter=wrong),
        )[:WEEKS]
    )
    return [WeekRead(*row) for row in rows]


def share(found: Sequence[WeekRead] | None = None) -> Share:
    """What the weeks prove that were read to their end; a half-read one may hold only what was easy to judge."""
    whole = [one for one in (weeks() if found is None else found) if not one.unread]
    return share_wrong([Week(one.population, one.read, one.wrong) for one in whole])


def unread_by(user: User) -> QuerySet[SampledItem]:
    """What waits to be read and lies in an inbox that the person reads, oldest first."""
    waiting = SampledItem.objects.filter(verdict=Verdict.UNREAD, item__inbox__in=Inbox.objects.visible_to(user))
    return waiting.select_related("item__inbox", "sample").defer("item__ciphertext").order_by("pk")
