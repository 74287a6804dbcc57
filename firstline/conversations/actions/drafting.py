"""Drafts live on the server, one for each person, conversation and mode."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import storing
from firstline.conversations.models import Attachment, Conversation, Draft
from firstline.core import blobs, clock
from firstline.evidence import secrets


class FileRefused(Exception):
    """The file can't be attached; the message is a sentence for the person."""


def save_draft(
    conversation: Conversation,
    *,
    by: User,
    mode: str,
    text: str,
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    translated: str = "",
    translated_of: str = "",
) -> Draft:
    """Keep what the person has written so far, and its translation if it has one; secrets masked (P-10)."""
    draft, _created = Draft.objects.update_or_create(
        conversation=conversation,
        user=by,
        mode=mode,
        defaults={
            "text": secrets.mask(text).text,
            "translated": secrets.mask(translated).text,
            "translated_of": translated_of if translated.strip() else "",
            "cc": list(cc),
            "bcc": list(bcc),
            "updated_at": clock.now(),
        },
    )
    return draft


@transaction.atomic
def attach(draft: Draft, *, by: User, name: str, content_type: str, content: bytes) -> Attachment:
    """Add a file to a draft. Raises FileRefused when the draft's files would pass the mail limit."""
    if draft.user_id != by.pk:
        raise FileRefused(_("This is somebody else's draft."))
    total = sum(draft.attachments.values_list("size", flat=True)) + len(content)
    if total > settings.ATTACHMENT_MAX_BYTES:
        raise FileRefused(_("Together the files may have 25 MB; this one would pass that."))
    return storing.keep_files([storing.NewFile(name, content_type, content)], draft=draft)[0]


@transaction.atomic
def detach(attachment: Attachment, *, by: User) -> None:
    """Remove a file from one's own draft. Raises FileRefused when it is not there."""
    if attachment.draft is None or attachment.draft.user_id != by.pk:
        raise FileRefused(_("Only files of your own draft can be removed."))
    key = attachment.storage_key
    attachment.delete()
    transaction.on_commit(lambda: blobs.delete(key))
