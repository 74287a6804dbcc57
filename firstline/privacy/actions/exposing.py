"""A secret that stands where everybody reads it: its writer is told, and the message can be hidden there (P-17)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.channels import registry
from firstline.channels.base import ChannelError, Thread
from firstline.channels.port import Act
from firstline.conversations.actions import replying
from firstline.conversations.models import Audience, Conversation, Message
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry
from firstline.evidence import advice
from firstline.inboxes import actions as inboxes
from firstline.upstream.models import Original


class HideRefused(Exception):
    """It can't be done there; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """A message of theirs with secrets in public: their names, where it stands, what can be done there."""

    message: Message
    names: tuple[str, ...]
    url: str
    can_hide: bool
    is_hidden: bool


def exposed(conversation: Conversation) -> list[Exposed]:
    """The public messages of the conversation that hold secrets and still stand there."""
    found = Message.objects.filter(
        conversation=conversation, strand__audience=Audience.PUBLIC, author_identity__isnull=False
    )
    rows = found.exclude(secrets=None).distinct().select_related("strand__inbox").prefetch_related("secrets")
    originals = {one.message_id: one for one in Original.objects.filter(message__in=rows)}
    hidden = AuditEntry.objects.filter(kind=Kind.SECRET_HIDDEN, subject_id__in=rows.values("pk"))
    gone = set(hidden.values_list("subject_id", flat=True))
    return [
        _exposed(one, originals.get(one.pk), one.pk in gone)
        for one in rows.order_by("pk")
        if one.pk not in originals or originals[one.pk].deleted_at is None
    ]


def _exposed(message: Message, original: Original | None, is_hidden: bool) -> Exposed:
    kinds = sorted({one.kind for one in message.secrets.all()})
    able = "hide" in registry.get(message.strand.inbox.channel).acts and original is not None and bool(original.ref)
    names = tuple(advice.for_kind(kind).name for kind in kinds)
    return Exposed(message, names, original.url if original else "", able, is_hidden)


def hide(message: Message, *, by: User) -> None:
    """Hide it where it was posted. Raises HideRefused with a sentence; the network is asked outside a transaction."""
    inbox, original = message.strand.inbox, Original.objects.filter(message=message).first()
    if message.strand.audience != Audience.PUBLIC:
        raise HideRefused(_("This message is not in public."))
    channel = registry.get(inbox.channel)
    if "hide" not in channel.acts or original is None or not original.ref:
        raise HideRefused(_("This platform offers no way for it. Do it there by hand."))
    asked = Act("hide", Thread(key="", address=message.strand.external_id), "off_topic", original.ref)
    try:
        channel.act(asked, inboxes.settings_to_send(inbox))
    except ChannelError as error:
        raise HideRefused(error.sentence) from error
    facts = {"conversation": message.conversation_id}
    record_audit(Kind.SECRET_HIDDEN, by=by, inbox_id=inbox.pk, subject_id=message.pk, after=facts)


def advise(message: Message, *, by: User) -> Message:
    """Answer in public with what to revoke and how. Raises what a reply raises, and HideRefused for a private one."""
    if message.strand.audience != Audience.PUBLIC:
        raise HideRefused(_("This message is not in public."))
    kinds = sorted(set(message.secrets.values_list("kind", flat=True)))
    return replying.reply(message.conversation, by=by, text=words(kinds), strand=message.strand)


def words(kinds: list[str]) -> str:
    """The answer: what was found, by name; what to do now; that hiding takes nothing back."""
    parts = [_("Your message holds something that opens doors, where everybody can read it. Please revoke it now.")]
    for kind in kinds:
        known = advice.for_kind(kind)
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(known.steps, 1))
        where = f"\n\n{known.where}" if known.where else ""
        parts.append(f"**{known.name[:1].upper()}{known.name[1:]}**\n\n{steps}{where}")
    parts.append(_("Editing or hiding the message does not help: whoever has read it still has it."))
    return "\n\n".join(parts)
