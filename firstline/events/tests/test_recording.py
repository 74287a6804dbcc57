"""One statement writes events, what follows from each, and in their order."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE, NewEvent, reactions, record_all

pytestmark = pytest.mark.django_db


def test_many_events_are_written_in_order_each_with_its_own_jobs() -> None:
    due = clock.now() + timedelta(seconds=10)
    kinds = [Kind.INBOUND_ACCEPTED, Kind.USER_CREATED, Kind.REPLY_QUEUED]
    ids = record_all(
        [
            NewEvent(kinds[0], MACHINE, inbox_id=1, subject_id=7),
            NewEvent(kinds[1], MACHINE, data={"count": 3}),
            NewEvent(kinds[2], MACHINE, conversation_id=5, inbox_id=1, due=due),
        ]
    )
    rows = Event.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "kind", "subject_id", "data")
    assert list(rows) == [
        (ids[0], kinds[0], 7, {}),
        (ids[1], kinds[1], None, {"count": 3}),
        (ids[2], kinds[2], None, {}),
    ]
    jobs = ProcrastinateJob.objects.order_by("id").values_list("task_name", "args", "scheduled_at")
    expected = [
        (one.task, {"event_id": pk}, due if kind is Kind.REPLY_QUEUED else None)
        for pk, kind in zip(ids, kinds, strict=True)
        for one in reactions().get(kind, [])
    ]
    assert list(jobs) == expected
    assert len({task for task, _, _ in expected}) >= 2


def test_nothing_to_record_asks_nothing() -> None:
    assert record_all([]) == []
