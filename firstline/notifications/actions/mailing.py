"""Letters about news that nobody has looked at; each piece of news is in at most one letter."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.mail import EmailMessage

from firstline.channels.base import ChannelError
from firstline.core import clock
from firstline.events.models import Event
from firstline.notifications import letters, queries
from firstline.notifications.models import ByMail, Notification
from firstline.sla import queries as sla
from firstline.sla import rules as working_time


def mail_soon(event: Event) -> bool:
    """One letter with all that a person has not seen of a conversation; False when they have seen it. May run twice.

    Raises ChannelError when the way out is shut; the news waits then.
    """
    told = Notification.objects.select_related("user").filter(pk=event.subject_id or 0, by_mail=ByMail.SOON).first()
    if told is None or not told.user.is_active:
        return False
    waiting = queries.to_mail(told.user, ByMail.SOON)
    mine = [one for one in waiting if one.conversation_id == told.conversation_id]
    claimed = _claim(mine)
    if claimed:
        _send(letters.soon(told.user, claimed), claimed)
    return bool(claimed)


def mail_digests(now: datetime) -> int:
    """In the first open hour of a working day, each person's morning letter; how many were sent."""
    hours = sla.calendar().hours
    opens = working_time.is_open(hours, now) and not _was_open_today(hours, now)
    if not opens:
        return 0
    sent = 0
    for user in queries.digest_readers():
        claimed = _claim(queries.to_mail(user, ByMail.DIGEST))
        if claimed:
            _send(letters.digest(user, claimed, queries.day(user, now, now + timedelta(hours=12))), claimed)
            sent += 1
    return sent


def _was_open_today(hours: working_time.Hours, now: datetime) -> bool:
    """Whether there was an open minute earlier today, more than an hour ago."""
    midnight = letters.local(now, hours.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return working_time.between(hours, midnight, now - timedelta(hours=1)) > timedelta()


def _claim(rows: Sequence[Notification]) -> list[Notification]:
    """Those that no other job has taken."""
    return [one for one in rows if Notification.objects.filter(pk=one.pk, mailed_at=None).update(mailed_at=clock.now())]


def _send(letter: EmailMessage, told: Sequence[Notification]) -> None:
    """Hand the letter over; when it can't leave, its news waits for the next one."""
    try:
        letter.send()
    except ChannelError:
        Notification.objects.filter(pk__in=[one.pk for one in told]).update(mailed_at=None)
        raise
