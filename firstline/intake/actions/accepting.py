"""The door's first verb: `accept` takes an item in for good."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final

from django.db import transaction
from django.db.models import F

from firstline.channels.base import Envelope
from firstline.core import blobs, clock, sealing, statements
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, NewEvent, record_all
from firstline.inboxes.models import Inbox
from firstline.intake.models import PENDING, Refusal

IN_ROW_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Offered:
    """What a source offers: raw bytes for one inbox, with the facts that only the door has.

    `key` is the source's own id of it where the same thing may come in other bytes.
    """

    inbox_id: int
    raw: bytes = field(repr=False)
    envelope: Envelope = field(default_factory=Envelope)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The item that holds it, and the key of its `SeenItem`; `is_repeat` when the inbox had it already."""

    item_id: int
    is_repeat: bool
    key: str


def accept(inbox: Inbox, raw: bytes, envelope: Envelope | None = None) -> Accepted:
    """Take one item in. When this returns, it is durable; only then may the source be told so."""
    return accept_many([Offered(inbox.pk, raw, envelope or Envelope())])[0]


@transaction.atomic
def accept_many(offered: Sequence[Offered]) -> list[Accepted]:
    """Take items in, all in one transaction: sealed, deduplicated by a keyed hash, queued for `process` (G1, G3).

    Raises OperationalError when the database is away: the source must keep what it has.
    """
    keys = [(one.inbox_id, sealing.fingerprint(one.key.encode() or one.raw, "seen")) for one in offered]
    repeats = Counter(keys)
    distinct = [_sealed(key, one, repeats[key] - 1) for key, one in dict(zip(keys, offered, strict=True)).items()]
    kept = {(inbox, key): (item, fresh) for inbox, key, item, fresh in _keep(distinct)}
    record_all(
        [
            NewEvent(Kind.INBOUND_ACCEPTED, MACHINE, inbox_id=inbox, subject_id=item)
            for (inbox, _), (item, fresh) in kept.items()
            if fresh
        ]
    )
    for one in distinct:
        if one.storage_key and not kept[one.inbox_id, one.key][1]:
            blobs.delete(one.storage_key)
    unused = {key for key, (_, fresh) in kept.items() if fresh}
    accepted = []
    for key in keys:
        accepted.append(Accepted(kept[key][0], is_repeat=key not in unused, key=key[1]))
        unused.discard(key)
    return accepted


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A row to be: `repeats` counts how often the batch holds it beside this once."""

    inbox_id: int
    key: str
    repeats: int
    size: int
    ciphertext: bytes | None
    storage_key: str
    wrapped_key: bytes
    envelope: str


def _sealed(key: tuple[int, str], one: Offered, repeats: int) -> _Sealed:
    sealed = sealing.seal(one.raw)
    is_big = len(one.raw) > IN_ROW_BYTES
    return _Sealed(
        *key,
        repeats,
        len(one.raw),
        None if is_big else sealed.ciphertext,
        blobs.write(sealed.ciphertext) if is_big else "",
        sealed.wrapped_key,
        one.envelope.to_json(),
    )


def _keep(rows: Sequence[_Sealed]) -> list[tuple[int, str, int, bool]]:
    """Insert what the inbox has not seen, count what it has; (inbox, key, item, whether it is new) of each.

    Two processes that offer the same mail at once meet in the unique index of `SeenItem`: the later one waits there and
    counts a repeat. Keys go in sorted, so that two batches never wait for each other.
    """
    parameters = {field.name: [getattr(row, field.name) for row in rows] for field in fields(_Sealed)}
    return statements.run(_KEEP, {**parameters, "now": clock.now(), "pending": PENDING})


_KEEP: Final = """
WITH offered AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('intake_inbounditem', 'id')) AS id, row.*
  FROM unnest(%(inbox_id)s::bigint[], %(key)b::text[], %(repeats)s::int[], %(size)s::bigint[], %(ciphertext)b::bytea[],
              %(storage_key)b::text[], %(wrapped_key)b::bytea[], %(envelope)b::text[])
       AS row(inbox_id, key, repeats, size, ciphertext, storage_key, wrapped_key, envelope)
), seen AS (
  INSERT INTO intake_seenitem AS known (inbox_id, key, item_id, repeats)
  SELECT inbox_id, key, id, repeats FROM offered ORDER BY inbox_id, key
  ON CONFLICT (inbox_id, key) DO UPDATE SET repeats = known.repeats + 1 + EXCLUDED.repeats
  RETURNING inbox_id, key, item_id
), kept AS (
  INSERT INTO intake_inbounditem (id, inbox_id, received_at, size, ciphertext, storage_key, wrapped_key, envelope,
                                  outcome, sender_auth, held_secret, attempts, failure)
  SELECT id, inbox_id, %(now)s, size, ciphertext, storage_key, wrapped_key, envelope::jsonb,
         %(pending)s, '{}', false, 0, ''
  FROM offered WHERE id IN (SELECT item_id FROM seen)
)
SELECT seen.inbox_id, seen.key, seen.item_id, offered.id IS NOT NULL
FROM seen LEFT JOIN offered ON offered.id = seen.item_id ORDER BY seen.item_id
"""


def refuse(address: str, inbox: Inbox | None, code: str, *, count: int = 1) -> None:
    """Count deliveries that were refused for good (5xx); nothing of their content is kept."""
    row, _created = Refusal.objects.get_or_create(
        inbox=inbox, day=clock.now().date(), code=code, defaults={"address": address if inbox else ""}
    )
    Refusal.objects.filter(pk=row.pk).update(count=F("count") + count)
