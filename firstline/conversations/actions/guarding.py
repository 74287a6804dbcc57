"""The last word on what is said in public: an override with its reason, and one more look before a post leaves."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.channels.base import ChannelError
from firstline.conversations.audience import GivenAway, given_away
from firstline.conversations.models import Message, Note
from firstline.core import markdown
from firstline.events.audit import Personal, record_audit
from firstline.events.kinds import Kind
from firstline.events.models import ActorKind, Event
from firstline.events.recording import record
from firstline.evidence import secrets

REASON_LENGTH = 300


def override(message: Message, found: Sequence[GivenAway], *, by: User, reason: str) -> None:
    """Let a public reply leave although it gives something away: the reason stands as a note, and in the audit."""
    words = " ".join(reason.split())[:REASON_LENGTH]
    kinds = ",".join(sorted({one.leak.kind for one in found}))
    inbox = message.strand.inbox_id
    _note(message, found, by, words)
    record(
        Kind.AUDIENCE_OVERRIDDEN,
        by=by,
        conversation_id=message.conversation_id,
        inbox_id=inbox,
        subject_id=message.pk,
        kinds=kinds,
        count=len(found),
    )
    record_audit(
        Kind.AUDIENCE_OVERRIDDEN,
        by=by,
        inbox_id=inbox,
        subject_id=message.pk,
        after={"conversation": message.conversation_id, "kinds": kinds.split(",")},
        personal={"reason": Personal(words, ActorKind.CONTACT, message.conversation.contact_id)},
    )


def _note(message: Message, found: Sequence[GivenAway], by: User, reason: str) -> None:
    """Made here, not by `noting`: the note that the person may be writing stays as it is."""
    kinds = ", ".join(sorted({one.kind for one in found}))
    said = {"kinds": kinds, "reason": secrets.mask(reason).text}
    text = _("Posted in public although it holds something private (%(kinds)s). Reason: %(reason)s") % said
    note = Note.objects.create(
        conversation=message.conversation, author=by, text=text, html=markdown.render(text), after_message=message
    )
    record(
        Kind.NOTE_ADDED,
        by=by,
        conversation_id=message.conversation_id,
        inbox_id=message.conversation.inbox_id,
        subject_id=note.pk,
        assignee_id=message.conversation.assignee_id,
    )


def look_again(message: Message) -> None:
    """Whoever queued it, and whatever became public since: nothing private leaves without somebody's reason.

    Raises ChannelError, for good.
    """
    found = given_away(
        message.conversation, message.strand, message.text, by=message.author_user, before=message.created_at
    )
    if found and not _is_overridden(message):
        raise ChannelError(_("Held back from the public: %(what)s") % {"what": found[0].sentence}, permanent=True)


def _is_overridden(message: Message) -> bool:
    return Event.objects.filter(
        kind=Kind.AUDIENCE_OVERRIDDEN, conversation_id=message.conversation_id, subject_id=message.pk
    ).exists()
