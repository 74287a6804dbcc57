"""Notes: what only the team reads."""

import re

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Draft, DraftMode, Mention, Note, NoteKind
from firstline.core import markdown
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.evidence import secrets


@transaction.atomic
def add_note(conversation: Conversation, *, by: User, text: str, kind: str = NoteKind.NOTE) -> Note:
    """Add a note (of a call, if `kind` says so), secrets masked (P-10); the person's note draft is used up with its
    files.
    """
    masked = secrets.mask(text.strip()).text
    note = Note.objects.create(
        conversation=conversation,
        author=by,
        kind=kind,
        text=masked,
        html=markdown.render(masked),
        after_message=conversation.messages.order_by("-pk").first(),
    )
    _mention(conversation, masked)
    draft = Draft.objects.filter(conversation=conversation, user=by, mode=DraftMode.NOTE).first()
    if draft is not None:
        draft.attachments.update(note=note, draft=None)
        draft.delete()
    record(
        Kind.NOTE_ADDED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=note.pk,
        assignee_id=conversation.assignee_id,
    )
    return note


def _mention(conversation: Conversation, text: str) -> None:
    """Whoever is called finds the conversation in their mentions."""
    found = [Mention(conversation=conversation, user=one) for one in called(conversation, text)]
    Mention.objects.bulk_create(found, ignore_conflicts=True)


def called(conversation: Conversation, text: str) -> list[User]:
    """Who is called by `@first-name` or `@name@host`, of the people who may see the inbox."""
    words = {word.lower().rstrip(".") for word in re.findall(r"(?<![\w@])@([\w.-]+(?:@[\w.-]+)?)", text)}
    if not words:
        return []
    people = User.objects.filter(is_active=True, teams__inboxes=conversation.inbox_id).distinct()
    return [one for one in people if {one.first_name.lower(), one.email.lower()} & words]
