"""The door's first verb: `accept` takes an item in for good."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F

from firstline.channels.base import Envelope
from firstline.core import blobs, clock, sealing
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, NewEvent, record_all
from firstline.inboxes.models import Inbox
from firstline.intake.models import InboundItem, Refusal, SeenItem

IN_ROW_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Offered:
    """What a source offers: raw bytes for one inbox, with the facts that only the door has."""

    inbox_id: int
    raw: bytes = field(repr=False)
    envelope: Envelope = field(default_factory=Envelope)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The item that holds it; `is_repeat` when the inbox had it already."""

    item_id: int
    is_repeat: bool


def accept(inbox: Inbox, raw: bytes, envelope: Envelope | None = None) -> Accepted:
    """Take one item in. When this returns, it is durable; only then may the source be told so."""
    return accept_many([Offered(inbox.pk, raw, envelope or Envelope())])[0]


def accept_many(offered: Sequence[Offered]) -> list[Accepted]:
    """Take items in, all in one transaction: sealed, deduplicated by a keyed hash, queued for `process` (G1, G3).

    Raises OperationalError when the database is away: the source must keep what it has.
    """
    try:
        return _accept_many(offered)
    except IntegrityError:
        # Another process took one of them between our look and our insert: now it will be seen.
        return _accept_many(offered)


@transaction.atomic
def _accept_many(offered: Sequence[Offered]) -> list[Accepted]:
    keys = [(one.inbox_id, sealing.fingerprint(one.raw, "seen")) for one in offered]
    known = {
        (seen.inbox_id, seen.key): seen.item_id
        for seen in SeenItem.objects.filter(inbox__in={inbox for inbox, _ in keys}, key__in={key for _, key in keys})
    }
    fresh = {key: one for key, one in zip(keys, offered, strict=True) if key not in known}
    items = InboundItem.objects.bulk_create(_sealed_item(one) for one in fresh.values())
    created = dict(zip(fresh, items, strict=True))
    SeenItem.objects.bulk_create(SeenItem(inbox_id=inbox, key=key, item=item) for (inbox, key), item in created.items())
    record_all([NewEvent(Kind.INBOUND_ACCEPTED, MACHINE, inbox_id=item.inbox_id, subject_id=item.pk) for item in items])
    accepted = []
    unused = set(created)
    for key in keys:
        is_repeat = key not in unused
        unused.discard(key)
        if is_repeat:
            SeenItem.objects.filter(inbox=key[0], key=key[1]).update(repeats=F("repeats") + 1)
        accepted.append(Accepted(known[key] if key in known else created[key].pk, is_repeat))
    return accepted


def _sealed_item(one: Offered) -> InboundItem:
    sealed = sealing.seal(one.raw)
    is_big = len(one.raw) > IN_ROW_BYTES
    return InboundItem(
        inbox_id=one.inbox_id,
        size=len(one.raw),
        ciphertext=None if is_big else sealed.ciphertext,
        storage_key=blobs.write(sealed.ciphertext) if is_big else "",
        wrapped_key=sealed.wrapped_key,
        envelope=asdict(one.envelope),
    )


def refuse(address: str, inbox: Inbox | None, code: str, *, count: int = 1) -> None:
    """Count deliveries that were refused for good (5xx); nothing of their content is kept."""
    row, _created = Refusal.objects.get_or_create(
        inbox=inbox, day=clock.now().date(), code=code, defaults={"address": address if inbox else ""}
    )
    Refusal.objects.filter(pk=row.pk).update(count=F("count") + count)
