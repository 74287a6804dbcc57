"""What the clocks are computed from, read for many conversations at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from firstline.conversations.models import OURS, Conversation
from firstline.sla import rules
from firstline.sla.models import OFFICE, Calendar, Pause, Target

CHUNK = 5000
Promised = dict[tuple[int | None, int], tuple[int | None, int | None]]
"""(inbox or None, priority) → minutes to the first and to every next answer."""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when a conversation should be answered. `sort_at` is where it stands in lists; None keeps what it has.

    While the clock stands still nothing is due, and it stands where it would if it went on now.
    """

    pk: int
    inbox_id: int
    waiting_since: datetime
    due_at: datetime | None
    sort_at: datetime


def calendar() -> Calendar:
    """The desk's calendar; Monday to Friday, nine to five in UTC, before anybody has set one."""
    return Calendar.objects.filter(pk=1).first() or Calendar(pk=1, week=OFFICE)


def promised() -> Promised:
    """Every target there is."""
    rows = Target.objects.values_list("inbox_id", "priority", "first_minutes", "next_minutes")
    return {(inbox, priority): (first, later) for inbox, priority, first, later in rows}


def minutes(table: Promised, inbox: int, priority: int, *, is_first: bool) -> int | None:
    """What is promised for one kind of conversation: the inbox's own word, else the word for all."""
    found = table.get((inbox, priority), table.get((None, priority), (None, None)))
    return found[0] if is_first else found[1]


def dues(pks: Collection[int] | None, now: datetime) -> Iterator[list[Due]]:
    """The due times of conversations on our turn that differ from what is kept; of all of them for None."""
    hours, table = calendar().hours, promised()
    found = Conversation.objects.filter(status__in=OURS).filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    if pks is not None:
        found = found.filter(pk__in=pks)
    after = 0
    while rows := list(found.filter(pk__gt=after).order_by("pk").only(*FIELDS)[:CHUNK]):
        after = rows[-1].pk
        pauses = _pauses([one.pk for one in rows])
        reckoned = (_due(one, hours, table, pauses[one.pk], now) for one in rows)
        yield [
            due
            for one, due in zip(rows, reckoned, strict=True)
            if (due.due_at, due.sort_at) != (one.due_at, one.sort_at)
        ]


FIELDS = ("inbox_id", "priority", "waiting_since", "first_response_at", "due_at", "sort_at")


def _pauses(pks: Collection[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    grouped: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for pk, begin, end in Pause.objects.filter(conversation__in=pks).values_list(
        "conversation", "began_at", "ended_at"
    ):
        grouped[pk].append((begin, end))
    return grouped


def _due(
    one: Conversation,
    hours: rules.Hours,
    table: Promised,
    pauses: list[tuple[datetime, datetime | None]],
    now: datetime,
) -> Due:
    since = one.waiting_since or one.sort_at
    length = minutes(table, one.inbox_id, one.priority, is_first=one.first_response_at is None)
    if length is None:
        return Due(one.pk, one.inbox_id, since, None, since)
    still = rules.paused(hours, pauses, since, now) if pauses else timedelta()
    try:
        moment = rules.add(hours, since, timedelta(minutes=length) + still)
    except rules.NeverOpen:
        return Due(one.pk, one.inbox_id, since, None, since)
    is_paused = any(end is None for _, end in pauses)
    return Due(one.pk, one.inbox_id, since, None if is_paused else moment, moment)


def pause_of(conversation: Conversation) -> Pause | None:
    """The pause in which its clock stands now."""
    return Pause.objects.select_related("by").filter(conversation=conversation, ended_at=None).first()
