"""Notes: what only the team reads."""

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Draft, DraftMode, Note
from firstline.core import markdown
from firstline.events.kinds import Kind
from firstline.events.recording import record
from firstline.evidence import secrets


@transaction.atomic
def add_note(conversation: Conversation, *, by: User, text: str) -> Note:
    """Add a note, secrets masked (P-10); the person's note draft is used up with its files."""
    masked = secrets.mask(text.strip()).text
    note = Note.objects.create(
        conversation=conversation,
        author=by,
        text=masked,
        html=markdown.render(masked),
        after_message=conversation.messages.order_by("-pk").first(),
    )
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
