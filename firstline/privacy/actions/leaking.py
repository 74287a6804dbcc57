"""A secret came in: its sender is told what to do, and an agent may have GitHub revoke it (P-13, P-14)."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.channels.base import ChannelError
from firstline.channels.github import revoking
from firstline.conversations.actions import automatic, locking
from firstline.conversations.models import Audience, Message, SealedSecret
from firstline.core import clock, sealing
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry
from firstline.events.recording import record
from firstline.evidence import advice

MACHINE_NAME = "secrets"
PAUSE, HOUR = timedelta(hours=24), timedelta(hours=1)
MOST_AN_HOUR = 60
"""GitHub's own limit for callers without an account."""


class RevokeRefused(Exception):
    """It can't be revoked; the message is a sentence."""


@transaction.atomic
def advise(message_id: int) -> Message | None:
    """Tell the sender of a message what to do about the secrets in it; None when they can't be sure to be the sender,
    others would read it, or they were told within a day. No part of a secret is in it. May run twice.
    """
    message = Message.objects.select_related("strand__inbox", "conversation__contact").filter(pk=message_id).first()
    if message is None or message.author_identity_id is None or message.sender_auth != "pass":
        return None
    strand = message.strand
    if strand.audience != Audience.PRIVATE or strand.inbox.channel != "email":
        return None
    locking.hold(message.conversation_id)
    told = Message.objects.filter(conversation=message.conversation_id, author_machine=MACHINE_NAME)
    if told.filter(created_at__gt=clock.now() - PAUSE).exists():
        return None
    kinds = sorted(set(message.secrets.values_list("kind", flat=True)))
    if not kinds:
        return None
    wanted = message.conversation.contact.language
    with translation.override(wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return automatic.queue(
            strand,
            machine=MACHINE_NAME,
            subject=_("Your message held a secret: please revoke it now"),
            text=words(kinds),
        )


def words(kinds: list[str]) -> str:
    """The letter: what was found, by name; what to do now, in order; where."""
    parts = [
        _("Your message to us held something that opens doors. We have masked it; nobody here reads it."),
        _("Treat it as leaked all the same: mail passes through many machines."),
    ]
    for kind in kinds:
        known = advice.for_kind(kind)
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(known.steps, 1))
        where = f"\n\n{known.where}" if known.where else ""
        parts.append(f"**{known.name[:1].upper()}{known.name[1:]}**\n\n{steps}{where}")
    return "\n\n".join(parts)


def revoke(secret: SealedSecret, *, by: User, url: str = "") -> bool:
    """Have GitHub revoke a token that somebody pasted; whether GitHub knew it. Never done by itself, and for good.

    Raises RevokeRefused with a sentence; the network is asked outside of any transaction.
    """
    if not secret.kind.startswith("github"):
        raise RevokeRefused(_("Only GitHub’s tokens can be revoked from here."))
    if not secret.wrapped_key or secret.expires_at <= clock.now():
        raise RevokeRefused(_("Its seven days are over: the desk does not have it any more."))
    recent = AuditEntry.objects.filter(kind=Kind.SECRET_REVOKED, at__gt=clock.now() - HOUR)
    if recent.count() >= MOST_AN_HOUR:
        raise RevokeRefused(_("GitHub takes 60 an hour. Try again later."))
    try:
        was_known = revoking.revoke(sealing.unseal(secret.ciphertext, secret.wrapped_key).decode(), url)
    except ChannelError as error:
        raise RevokeRefused(error.sentence) from error
    with transaction.atomic():
        facts = {"conversation": secret.conversation_id, "known": was_known}
        inbox = secret.conversation.inbox_id
        record_audit(Kind.SECRET_REVOKED, by=by, inbox_id=inbox, subject_id=secret.pk, after=facts)
        record(
            Kind.SECRET_REVOKED,
            by=by,
            conversation_id=secret.conversation_id,
            inbox_id=inbox,
            subject_id=secret.pk,
            known=was_known,
        )
    return was_known
