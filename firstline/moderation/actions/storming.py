"""Brigade mode: while a crowd comes in, strangers are covered and slowed, and the platform lets only older accounts
write. It ends by itself, and nobody whom the desk knows notices it (M-15).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.base import ChannelError, Thread
from firstline.channels.port import Act
from firstline.conversations.actions import covering
from firstline.conversations.actions.covering import FINE, Standing
from firstline.conversations.actions.receiving import Incoming
from firstline.conversations.models import COVERED_FROM, Cover, Message, Origin, Reason
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox
from firstline.moderation.models import Brigade, Limit

STRANGER = timedelta(days=1)
"""Who was first met later than so long before the crowd came is not known yet."""
PER_DAY = 3
VERSION = "brigade"
MOST_ATTEMPTS = 5


def running(user: User) -> QuerySet[Brigade]:
    """Brigade modes that are on, of inboxes granted to the person."""
    seen = Inbox.objects.visible_to(user).values("pk")
    return Brigade.objects.filter(ended_at=None, inbox__in=seen).select_related("inbox").order_by("pk")


def inboxes_without(user: User) -> QuerySet[Inbox]:
    """Inboxes granted to the person in which it is off."""
    on = Brigade.objects.filter(ended_at=None, inbox=OuterRef("pk"))
    return Inbox.objects.visible_to(user).exclude(Exists(on)).order_by("name")


@transaction.atomic
def begin(inbox: Inbox, *, by: User, hours: int) -> Brigade:
    """Switch it on; on is on, however often it is asked for."""
    has_limit = "limit" in registry.get(inbox.channel).acts
    now = clock.now()
    found, is_new = Brigade.objects.get_or_create(
        inbox=inbox,
        ended_at=None,
        defaults={
            "by": by,
            "hours": hours,
            "started_at": now,
            "ends_at": now + timedelta(hours=hours),
            "limit": Limit.PLANNED if has_limit else Limit.NONE,
        },
    )
    if is_new:
        _record(Kind.BRIGADE_BEGUN, found, by)
    return found


@transaction.atomic
def end(brigade: Brigade, *, by: Actor) -> None:
    """Everything as before: covers that only the crowd was the reason for come off, the platform's limit too."""
    held = Brigade.objects.select_for_update(of=["self"]).select_related("by").get(pk=brigade.pk)
    if held.ended_at is not None:
        return
    held.ended_at = clock.now()
    held.limit = Limit.FREEING if held.limit == Limit.DONE else Limit.NONE
    held.attempts = 0
    held.save(update_fields=["ended_at", "limit", "attempts"])
    only_for_it = Cover.objects.filter(
        uncovered_at=None, version=VERSION, is_held=False, message__strand__inbox=held.inbox
    )
    for cover in only_for_it.select_related("message"):
        covering.uncover(cover.message, by=held.by)
    _record(Kind.BRIGADE_ENDED, held, by)


def end_due() -> int:
    """End what has had its hours; how many."""
    due = list(Brigade.objects.filter(ended_at=None, ends_at__lte=clock.now()))
    for one in due:
        end(one, by=MACHINE)
    return len(due)


def limit_due() -> int:
    """Set and take off the platforms' own limits, tried again each minute, five times at most; how many were done."""
    due = Brigade.objects.filter(limit__in=(Limit.PLANNED, Limit.FREEING), attempts__lt=MOST_ATTEMPTS)
    return sum(_limit(one) for one in due.select_related("inbox"))


def _limit(brigade: Brigade) -> bool:
    is_on = brigade.limit == Limit.PLANNED
    asked = Act("limit" if is_on else "unlimit", Thread(key="", address=""), str(brigade.hours))
    attempts = brigade.attempts + 1
    mine = Brigade.objects.filter(pk=brigade.pk, limit=brigade.limit)
    try:
        registry.get(brigade.inbox.channel).act(asked, inboxes.settings_to_send(brigade.inbox))
    except ChannelError as error:
        is_last = error.permanent or attempts >= MOST_ATTEMPTS
        state = Limit.FAILED if is_last else brigade.limit
        mine.update(limit=state, why=error.sentence[:300], attempts=attempts)
        return False
    return mine.update(limit=Limit.DONE if is_on else Limit.OVER, why="", attempts=0) > 0


def standing(incoming: Incoming, now: datetime) -> Standing:
    """What brigade mode makes of a message: of people whom the desk knows nothing, of strangers a cover, and from the
    fourth message of a day on it is held.
    """
    found = Brigade.objects.filter(inbox=incoming.inbox, ended_at=None, ends_at__gt=now).first()
    contact = incoming.identity.contact
    if found is None or contact.created_at < found.started_at - STRANGER:
        return FINE
    written = Message.objects.filter(author_identity__contact=contact, created_at__gte=now - timedelta(days=1))
    is_held = written[:PER_DAY].count() >= PER_DAY
    return Standing(Reason.DUPLICATE_FLOOD, COVERED_FROM, Origin.DETECTOR, is_held=is_held, version=VERSION)


def _record(kind: Kind, brigade: Brigade, by: Actor) -> None:
    record(kind, by=by, inbox_id=brigade.inbox_id, subject_id=brigade.pk)
    record_audit(kind, by=by, inbox_id=brigade.inbox_id, subject_id=brigade.pk, after={"hours": brigade.hours})
