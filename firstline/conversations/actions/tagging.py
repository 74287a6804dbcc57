"""Tags on a conversation."""

from django.db import transaction

from firstline.conversations.models import Conversation, Tag
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, record
from firstline.evidence import secrets


@transaction.atomic
def add_tag(conversation: Conversation, name: str, *, by: Actor) -> Tag:
    """Put a tag on; it is made when it is new. Names are lower case, at most 60 characters, secrets masked."""
    tag, _created = Tag.objects.get_or_create(name=secrets.mask(" ".join(name.lower().split())).text[:60])
    if not conversation.tags.filter(pk=tag.pk).exists():
        conversation.tags.add(tag)
        _record(Kind.CONVERSATION_TAGGED, conversation, tag, by)
    return tag


@transaction.atomic
def remove_tag(conversation: Conversation, name: str, *, by: Actor) -> None:
    """Take a tag off; one that is not there is fine."""
    tag = conversation.tags.filter(name=name).first()
    if tag is not None:
        conversation.tags.remove(tag)
        _record(Kind.CONVERSATION_UNTAGGED, conversation, tag, by)


def _record(kind: Kind, conversation: Conversation, tag: Tag, by: Actor) -> None:
    record(
        kind,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=tag.pk,
        assignee_id=conversation.assignee_id,
    )
