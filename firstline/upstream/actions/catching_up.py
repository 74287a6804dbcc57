"""How far an inbox was compared with its source; the comparing itself is intake's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from firstline.channels import registry
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.upstream.models import CatchUp

EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Found:
    """What one look found: how much the source listed, what of it the desk lacked, how many deliveries come again."""

    listed: int = 0
    taken: int = 0
    redelivered: int = 0
    redelivery_failure: str = ""
    failure: str = ""


def due(now: datetime) -> list[int]:
    """Ids of the inboxes whose source tells by itself, can be asked as well, and was not asked lately."""
    lately = CatchUp.objects.filter(looked_at__gt=now - EVERY).values("inbox")
    waiting = Inbox.objects.filter(is_active=True).exclude(channel="email").exclude(pk__in=lately)
    return [one.pk for one in waiting.order_by("pk") if _can_be_asked(one)]


def hold(inbox: Inbox) -> CatchUp | None:
    """Be the one that looks for the next ten minutes; None when another process is."""
    now = clock.now()
    row, _is_new = CatchUp.objects.get_or_create(inbox=inbox)
    free = CatchUp.objects.filter(Q(looked_at=None) | Q(looked_at__lte=now - EVERY), pk=row.pk)
    return row if free.update(looked_at=now) else None


def look_now(inbox: Inbox) -> None:
    """Let the next minute's look take this inbox, however lately it was looked at."""
    CatchUp.objects.filter(inbox=inbox).update(looked_at=None)


def note(row: CatchUp, began: datetime, found: Found) -> None:
    """Keep what a look found; only one that reached the source moves the mark."""
    row.listed, row.taken, row.redelivered = found.listed, found.taken, found.redelivered
    row.redelivery_failure, row.failure = found.redelivery_failure[:300], found.failure[:300]
    row.failing_since = (row.failing_since or began) if found.failure else None
    row.reached_at = row.reached_at if found.failure else began
    row.save(
        update_fields=[
            "listed", "taken", "redelivered", "redelivery_failure", "failure", "failing_since", "reached_at",
        ]
    )  # fmt: skip


def _can_be_asked(inbox: Inbox) -> bool:
    channel, options = registry.get(inbox.channel), inbox.open_settings()
    return channel.keeps_list(options) and not channel.pace(options)
