"""Remote pictures: kept as addresses, fetched only for conversations in which somebody asked for them (S-20)."""

import time
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Message, RemotePicture, ShownPictures
from firstline.core import tokens
from firstline.events.kinds import Kind
from firstline.events.recording import record

PURPOSE = "picture"
LIFETIME = 300
"""Seconds for which a picture's address on the content host works: as long as the frame's own."""


def keep(message: Message, addresses: Sequence[str]) -> None:
    """Keep where a message's pictures lie; an empty address was withheld and leaves its number free."""
    RemotePicture.objects.bulk_create(
        RemotePicture(message=message, number=number, address=address)
        for number, address in enumerate(addresses)
        if address
    )


@transaction.atomic
def show(conversation: Conversation, *, by: User, on: bool) -> None:
    """From now on fetch this conversation's remote pictures for whoever opens a mail of it, or do so no more."""
    if on:
        _shown, is_changed = ShownPictures.objects.get_or_create(conversation=conversation, defaults={"by": by})
    else:
        is_changed = ShownPictures.objects.filter(conversation=conversation).delete()[0] > 0
    if is_changed:
        record(
            Kind.PICTURES_SHOWN if on else Kind.PICTURES_HIDDEN,
            by=by,
            conversation_id=conversation.pk,
            inbox_id=conversation.inbox_id,
            assignee_id=conversation.assignee_id,
        )


def addresses(message: Message) -> dict[str, str]:
    """Signed addresses on the content host for the message's pictures, by their Content-ID; none where nobody asked."""
    if not ShownPictures.objects.filter(conversation=message.conversation_id).exists():
        return {}
    expires = int(time.time()) + LIFETIME
    return {
        f"remote.{one.number}": settings.CONTENT_URL
        + reverse("content:picture", args=[tokens.make(PURPOSE, [one.pk, expires])], urlconf=settings.CONTENT_URLCONF)
        for one in message.remote_pictures.all()
    }


def find(token: str) -> RemotePicture | None:
    """The picture that a signed address means, while it works and the conversation's pictures are shown."""
    try:
        pk, expires = tokens.read(PURPOSE, token, 2)
    except tokens.BadToken:
        return None
    if expires < time.time():
        return None
    return RemotePicture.objects.filter(pk=pk, message__conversation__shown_pictures__isnull=False).first()
