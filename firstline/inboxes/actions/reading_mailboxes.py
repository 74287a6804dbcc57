"""A mailbox's place and who reads it; the reading itself is intake's."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.inboxes.models import Inbox, Mailbox, TakenMail

LEASE = timedelta(seconds=12)
TELL_AFTER = timedelta(minutes=2)
"""A connection that has failed for this long is worth a letter to the admins; a shorter one mends itself."""


def mailbox_of(inbox: Inbox) -> Mailbox:
    """The inbox's place, made when it is asked for the first time."""
    everything = inbox.shown_settings().get("imap_from") == "all"
    begins_at = None if everything else clock.now()
    return Mailbox.objects.get_or_create(inbox=inbox, defaults={"begins_at": begins_at})[0]


def hold(mailbox: Mailbox, holder: str) -> bool:
    """Be the one that reads this mailbox for the next 12 seconds; False while another process is."""
    now = clock.now()
    free = Q(holder=holder) | Q(held_until=None) | Q(held_until__lt=now)
    return bool(
        Mailbox.objects.filter(free, pk=mailbox.pk).update(holder=holder, held_until=now + LEASE, looked_at=now)
    )


def let_go(mailbox: Mailbox, holder: str) -> None:
    """Let another process read it at once."""
    Mailbox.objects.filter(pk=mailbox.pk, holder=holder).update(held_until=None)


def remember_taken(inbox_id: int, validity: int, items: Mapping[int, int]) -> None:
    """`items` (UID → item) are committed: remember which mail on the server became which."""
    TakenMail.objects.bulk_create(
        [TakenMail(inbox_id=inbox_id, uidvalidity=validity, uid=uid, item_id=item) for uid, item in items.items()],
        update_conflicts=True,
        unique_fields=["inbox", "uidvalidity", "uid"],
        update_fields=["item_id"],
    )


@transaction.atomic
def note_taken(mailbox: Mailbox, validity: int, items: Mapping[int, int], up_to: int) -> None:
    """`items` (UID → item) are committed: remember them, move the place to `up_to`, and go on holding the mailbox."""
    remember_taken(mailbox.inbox_id, validity, items)
    now = clock.now()
    changed: dict[str, object] = {"uidvalidity": validity, "uid": up_to, "held_until": now + LEASE}
    if items:
        changed["taken_at"] = now
    Mailbox.objects.filter(pk=mailbox.pk).update(**changed)
    mailbox.uidvalidity, mailbox.uid = validity, up_to


def place_at(mailbox: Mailbox, validity: int, uid: int) -> None:
    """Begin behind `uid`: what the mailbox held before the inbox was connected is not taken."""
    Mailbox.objects.filter(pk=mailbox.pk).update(uidvalidity=validity, uid=uid)
    mailbox.uidvalidity, mailbox.uid = validity, uid


@transaction.atomic
def note_connected(mailbox: Mailbox) -> None:
    """The server let us in: what failed before is over."""
    held = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    was_told = held.told_at is not None
    held.connected_at, held.failing_since, held.failure, held.told_at = clock.now(), None, "", None
    held.save(update_fields=["connected_at", "failing_since", "failure", "told_at"])
    if was_told:
        record(Kind.MAILBOX_RECOVERED, by=MACHINE, inbox_id=held.inbox_id, subject_id=held.inbox_id)


@transaction.atomic
def note_failure(mailbox: Mailbox, sentence: str, *, for_good: bool) -> None:
    """The connection failed. Admins are told at once when it will not mend itself, else after two minutes."""
    held = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    now = clock.now()
    held.failing_since, held.connected_at = held.failing_since or now, None
    held.failure = sentence[:300]
    tell = held.told_at is None and (for_good or now - held.failing_since >= TELL_AFTER)
    held.told_at = now if tell else held.told_at
    held.save(update_fields=["failing_since", "connected_at", "failure", "told_at"])
    if tell:
        record(Kind.MAILBOX_FAILED, by=MACHINE, inbox_id=held.inbox_id, subject_id=held.inbox_id)
