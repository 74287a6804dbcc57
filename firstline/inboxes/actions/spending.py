"""What a network that sells its calls may cost a month: reading stops first, so that answers can still go out."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.inboxes.models import Inbox, Spending

READING_SHARE = Decimal("0.8")
"""Of the month's cap; the last fifth is kept for answers."""
CAP = "monthly_cap"


class SpentUp(ChannelError):
    """The month's money is used up: a person must raise the cap, or wait for the next month."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What an inbox spent this month, in US dollars, beside what it may; `kinds` has (kind, count, dollars)."""

    spent: Decimal
    cap: Decimal
    kinds: list[tuple[str, int, Decimal]]

    @property
    def reads_on(self) -> bool:
        """Whether there is money left to read with."""
        return self.spent < self.cap * READING_SHARE

    @property
    def percent(self) -> int:
        """How much of the cap is used, at most 100."""
        return min(100, int(100 * self.spent / self.cap)) if self.cap else 100


def bill(inbox: Inbox) -> Bill | None:
    """This month's bill; None for a channel that costs nothing."""
    if not registry.get(inbox.channel).prices:
        return None
    rows = list(inbox.spendings.filter(month=_month()).order_by("kind").values_list("kind", "count", "dollars"))
    return Bill(sum((row[2] for row in rows), Decimal()), _cap(inbox), rows)


def allow_reading(inbox: Inbox) -> None:
    """Raises SpentUp when four fifths of the month's cap are used."""
    found = bill(inbox)
    if found is not None and not found.reads_on:
        raise SpentUp(
            _("Reading pauses until the next month: %(spent)s of %(cap)s dollars are spent. Answers still go out.")
            % {"spent": f"{found.spent:.2f}", "cap": f"{found.cap:.2f}"},
            permanent=True,
        )


@contextlib.contextmanager
def paying(inbox: Inbox, charges: Mapping[str, int]) -> Iterator[None]:
    """Set aside what an answer is about to cost, before it goes; what surely did not go was not paid for.

    Raises SpentUp when the month's cap does not hold it.
    """
    if charges:
        _reserve(inbox, charges)
    try:
        yield
    except ChannelError as error:
        if not error.unclear:
            _add(inbox, {kind: -count for kind, count in charges.items()})
        raise


@transaction.atomic
def _reserve(inbox: Inbox, charges: Mapping[str, int]) -> None:
    Inbox.objects.select_for_update().get(pk=inbox.pk)  # two answers at once must not share the last dollar
    spent = inbox.spendings.filter(month=_month()).aggregate(sum=Sum("dollars"))["sum"] or Decimal()
    if spent + _cost(inbox, charges) > _cap(inbox):
        raise SpentUp(
            _("This month's %(cap)s dollars for the network are used up. An admin can raise the cap.")
            % {"cap": f"{_cap(inbox):.2f}"},
            permanent=True,
        )
    _add(inbox, charges)


def note_used(inbox: Inbox, used: Mapping[str, int]) -> None:
    """Add what reading has used to this month's bill."""
    _add(inbox, used)


def _add(inbox: Inbox, used: Mapping[str, int]) -> None:
    prices = registry.get(inbox.channel).prices
    for kind, count in sorted(used.items()):
        if count:
            row = Spending.objects.get_or_create(inbox=inbox, month=_month(), kind=kind)[0]
            price = prices.get(kind, Decimal()) * count
            Spending.objects.filter(pk=row.pk).update(count=F("count") + count, dollars=F("dollars") + price)


def _cost(inbox: Inbox, used: Mapping[str, int]) -> Decimal:
    """What this many calls cost, in dollars."""
    prices = registry.get(inbox.channel).prices
    return sum((prices.get(kind, Decimal()) * count for kind, count in used.items()), Decimal())


def _cap(inbox: Inbox) -> Decimal:
    given = str(inbox.settings.get(CAP, ""))
    return Decimal(given) if given.isdigit() else Decimal()


def _month() -> date:
    return clock.now().date().replace(day=1)
