"""How far an inbox was compared with its source; the comparing itself is intake's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from firstline.channels import registry
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.upstream.models import CatchUp

EVERY, EVERY_WITHOUT_WEBHOOK = timedelta(minutes=10), timedelta(minutes=1)


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
    waiting = Inbox.objects.filter(is_active=True).exclude(channel="email").select_related("catch_up").order_by("pk")
    return [one.pk for one in waiting if _can_be_asked(one) and not _was_looked_at(one, now)]


def every(inbox: Inbox) -> timedelta:
    """How often an inbox is looked at; one to which nothing comes by itself more often."""
    return EVERY if "webhook_secret" in inbox.settings else EVERY_WITHOUT_WEBHOOK


def hold(inbox: Inbox) -> CatchUp | None:
    """Be the one that looks for the next while; None when another process is, or just was."""
    now = clock.now()
    row, _is_new = CatchUp.objects.get_or_create(inbox=inbox)
    free = CatchUp.objects.filter(Q(looked_at=None) | Q(looked_at__lte=now - every(inbox)), pk=row.pk)
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


def _was_looked_at(inbox: Inbox, now: datetime) -> bool:
    row = getattr(inbox, "catch_up", None)
    return row is not None and row.looked_at is not None and row.looked_at > now - every(inbox)


def _can_be_asked(inbox: Inbox) -> bool:
    channel, options = registry.get(inbox.channel), inbox.open_settings()
    return channel.keeps_list(options) and not channel.pace(options)
