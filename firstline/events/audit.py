"""The audit's writers: entries in the acting transaction, the sealer that links them, and erasure (ground.md G6)."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from django.db import connection, transaction

from firstline.core import sealing
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry, AuditLink, AuditPersonal
from firstline.events.recording import Actor

GENESIS: Final = bytes(32)
SALT_BYTES: Final = 32
BATCH: Final = 1000
_SEALER_LOCK: Final = 0x46_4C_41_55  # any number that no other advisory lock of the desk uses

Facts = Mapping[str, int | str | bool | list[int] | list[str] | None]
"""Ids, enums and numbers; no text that somebody wrote, no name, no address."""


@dataclass(frozen=True, slots=True)
class Personal:
    """A value that may have to be erased, and whose it is (`about_kind` as of an actor)."""

    value: str
    about_kind: str
    about_id: int


@transaction.atomic
def record_audit(
    kind: Kind,
    *,
    by: Actor,
    inbox_id: int | None = None,
    subject_id: int | None = None,
    before: Facts | None = None,
    after: Facts | None = None,
    personal: Mapping[str, Personal] | None = None,
) -> int:
    """Write one entry in the caller's transaction; returns its id. The sealer links it within five seconds."""
    salted = {name: (secrets.token_bytes(SALT_BYTES), one) for name, one in (personal or {}).items()}
    entry = AuditEntry.objects.create(
        kind=kind,
        actor_kind=str(by.actor_kind),
        actor_id=by.actor_id,
        inbox_id=inbox_id,
        subject_id=subject_id,
        before=dict(before or {}),
        after=dict(after or {}),
        commitments={name: commitment(salt, name, one.value) for name, (salt, one) in salted.items()},
    )
    AuditPersonal.objects.bulk_create(
        AuditPersonal(
            entry=entry, name=name, value=one.value, salt=salt, about_kind=one.about_kind, about_id=one.about_id
        )
        for name, (salt, one) in salted.items()
    )
    return entry.pk


@transaction.atomic
def erase_personal(about_kind: str, about_id: int, *, by: Actor) -> int:
    """Erase a person's values from the audit; the chain stays whole and says that it was done (P-05). How many."""
    count, _by_model = AuditPersonal.objects.filter(about_kind=about_kind, about_id=about_id).delete()
    record_audit(Kind.PERSONAL_ERASED, by=by, subject_id=about_id, after={"whose": about_kind, "values": count})
    return count


@transaction.atomic
def seal_entries() -> int:
    """Link what is not linked yet, oldest first; returns how many. Two sealers wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALER_LOCK])
    last = AuditLink.objects.order_by("-seq").first()
    seq, previous = (last.seq, bytes(last.hash)) if last else (0, GENESIS)
    links = []
    for entry in AuditEntry.objects.filter(link=None).order_by("pk")[:BATCH]:
        seq, before = seq + 1, previous
        previous = link_hash(seq, before, entry)
        links.append(AuditLink(seq=seq, entry=entry, prev_hash=before, hash=previous))
    AuditLink.objects.bulk_create(links)
    return len(links)


def commitment(salt: bytes, name: str, value: str) -> str:
    """HMAC-SHA-256 of a named value under its salt, 64 hex digits."""
    return hmac.new(salt, json.dumps([name, value]).encode(), hashlib.sha256).hexdigest()


def link_hash(seq: int, previous: bytes, entry: AuditEntry) -> bytes:
    """What `link.hash` must be: keyed, so that who can write to the database alone cannot make a chain that fits."""
    fields = [
        seq,
        previous.hex(),
        entry.pk,
        entry.kind,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        entry.inbox_id,
        entry.subject_id,
        entry.before,
        entry.after,
        entry.commitments,
    ]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hmac.digest(sealing.derived("audit chain"), text.encode(), hashlib.sha256)
