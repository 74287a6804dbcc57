"""Sealed credentials: one look with a reason, then never again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.models import SealedSecret
from firstline.core import clock, sealing
from firstline.events.audit import Personal, record_audit
from firstline.events.kinds import Kind
from firstline.events.models import ActorKind
from firstline.events.recording import record


class RevealRefused(Exception):
    """The secret can't be shown; the message is a sentence for the person."""


@transaction.atomic
def reveal(secret: SealedSecret, *, by: User, reason: str) -> str:
    """The original, once, with a reason that is kept (P-11). Raises RevealRefused."""
    if not reason.strip():
        raise RevealRefused(_("Say why you need it; the reason is kept."))
    held = (
        SealedSecret.objects.select_for_update()
        .filter(pk=secret.pk, revealed_at=None, expires_at__gt=clock.now())
        .first()
    )
    if held is None or not held.wrapped_key:
        raise RevealRefused(_("It was shown once already, or its seven days are over."))
    held.revealed_at, held.revealed_by, held.reveal_reason = clock.now(), by, reason.strip()[:300]
    held.save(update_fields=["revealed_at", "revealed_by", "reveal_reason"])
    record(
        Kind.SECRET_REVEALED,
        by=by,
        conversation_id=held.conversation_id,
        inbox_id=held.conversation.inbox_id,
        subject_id=held.pk,
    )
    record_audit(
        Kind.SECRET_REVEALED,
        by=by,
        inbox_id=held.conversation.inbox_id,
        subject_id=held.pk,
        after={"conversation": held.conversation_id},
        personal={"reason": Personal(held.reveal_reason, ActorKind.CONTACT, held.conversation.contact_id)},
    )
    return sealing.unseal(held.ciphertext, held.wrapped_key).decode()


def shred_expired(now: datetime) -> int:
    """Destroy the keys of secrets whose seven days are over; returns how many."""
    return (
        SealedSecret.objects.filter(expires_at__lte=now)
        .exclude(wrapped_key=b"")
        .update(wrapped_key=b"", ciphertext=b"")
    )
