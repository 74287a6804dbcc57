"""Every write about thanks: gathered, taken down, mailed, silenced."""

import logging
from datetime import datetime

from django.db import transaction

from firstline.accounts.models import User
from firstline.channels.base import ChannelError
from firstline.conversations.models import Message
from firstline.core import clock, tokens
from firstline.escalations.models import Engineer
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.thanks import letters, queries, rules
from firstline.thanks.models import Credit, Place, Praise, Silence

AT_ONCE = 500
MOST_BATCHES = 10
_log = logging.getLogger(__name__)


def gather(now: datetime) -> int:
    """Read what people wrote since the last look, and keep what praises; how much of it did. May run twice."""
    kept = 0
    for _batch in range(MOST_BATCHES):
        read, found = _gather_some(now)
        kept += found
        if read < AT_ONCE:
            break
    return kept


@transaction.atomic
def _gather_some(now: datetime) -> tuple[int, int]:
    """One batch: how many were read, how many praise. The place moves with what was kept."""
    Place.objects.get_or_create(pk=1)
    place = Place.objects.select_for_update().get(pk=1)
    read = queries.unread(place.message_id, now, AT_ONCE)
    kept = sum(_keep(one) for one in read if queries.is_open_to_all(one) and rules.is_praise(one.text))
    if read:
        Place.objects.filter(pk=place.pk).update(message_id=read[-1].pk)
    return len(read), kept


def _keep(message: Message) -> bool:
    praise, is_new = Praise.objects.get_or_create(
        message=message, defaults={"conversation_id": message.conversation_id, "said_at": message.created_at}
    )
    if is_new:
        Credit.objects.bulk_create(
            Credit(praise=praise, why=why, **{f"{kind}_id": pk})
            for (kind, pk), why in queries.credited(message).items()
        )
    return is_new


def hide(praise: Praise, *, by: User) -> None:
    """Take it off every page and out of every letter."""
    if Praise.objects.filter(pk=praise.pk, hidden_at=None).update(hidden_at=clock.now(), hidden_by=by):
        record(
            Kind.PRAISE_HIDDEN,
            by=by,
            conversation_id=praise.conversation_id,
            inbox_id=praise.conversation.inbox_id,
            subject_id=praise.pk,
        )


def mail_engineers(now: datetime) -> int:
    """To each engineer without an account what people thanked them for, at most once a week; how many letters left.

    One that can't leave waits for the next run, and holds up nobody else's.
    """
    sent = 0
    for engineer, found in queries.to_thank(now):
        claimed = [one for one in found if Credit.objects.filter(pk=one.pk, mailed_at=None).update(mailed_at=now)]
        if not claimed:
            continue
        try:
            letters.weekly(engineer, claimed).send()
        except ChannelError as error:
            Credit.objects.filter(pk__in=[one.pk for one in claimed]).update(mailed_at=None)
            _log.warning("A letter of thanks could not leave: %s", error.sentence)
        else:
            sent += 1
    return sent


def silence(token: str) -> Engineer:
    """End the letters to the link's engineer. Raises BadToken."""
    engineer = engineer_of(token)
    Silence.objects.get_or_create(engineer=engineer)
    return engineer


def engineer_of(token: str) -> Engineer:
    """Whose link it is. Raises BadToken."""
    (pk,) = tokens.read(letters.PURPOSE, token, 1)
    engineer = Engineer.objects.filter(pk=pk).first()
    if engineer is None:
        raise tokens.BadToken("There is no such engineer any more.")
    return engineer
