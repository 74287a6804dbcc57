"""The ledger's sums, day by day, and what it calls a gap."""

from datetime import UTC, datetime

import pytest

from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.intake.actions import accept, process
from firstline.intake.models import InboundItem
from firstline.intake.tests.mails import raw_mail
from firstline.ledger.queries import DayLedger, ledger

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


def test_each_day_has_sums_of_its_own(inbox: Inbox) -> None:
    for moment in (MONDAY, TUESDAY, TUESDAY):
        with clock.at(moment):
            process(accept(inbox, raw_mail()).item_id)
    found = ledger(since=None, now=TUESDAY)
    (support,) = found.inboxes
    assert found.ok
    assert support.days == {
        "2026-11-23": DayLedger(1, {"new": 1}, 0),
        "2026-11-24": DayLedger(2, {"new": 2}, 0),
    }
    (later,) = ledger(since=TUESDAY, now=TUESDAY).inboxes
    assert (later.received, list(later.days)) == (2, ["2026-11-24"])


def test_what_one_day_lacks_another_cannot_make_up_for(inbox: Inbox) -> None:
    with clock.at(MONDAY):
        process(accept(inbox, raw_mail()).item_id)
    moved = accept(inbox, raw_mail()).item_id
    InboundItem.objects.create(inbox=inbox, received_at=MONDAY, size=1, outcome="ignored:nobody_took_this")
    InboundItem.objects.filter(pk=moved).update(outcome="new")
    found = ledger(since=None, now=clock.now())
    assert [day.missing for day in found.inboxes[0].days.values()] == [-1, 0]
    assert not found.ok
