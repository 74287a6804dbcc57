"""Promises to come back: made with a reply, kept by the next one."""

from datetime import datetime

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Message, Promise
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import Actor, NewEvent, record_all


@transaction.atomic
def promise(conversation: Conversation, due_at: datetime, *, by: User, message: Message | None = None) -> Promise:
    """Remember that the person said to come back by `due_at`; lists show it, whoever has the conversation then."""
    made = Promise.objects.create(conversation=conversation, message=message, made_by=by, due_at=due_at)
    _record(Kind.PROMISE_MADE, conversation, made.pk, by)
    return made


@transaction.atomic
def keep(conversation: Conversation, *, by: Actor, before: Message | None = None) -> int:
    """Open promises are kept; with `before` only those that were not made by that very message. How many."""
    found = Promise.objects.select_for_update().filter(conversation=conversation, kept_at=None)
    due = list((found.exclude(message=before) if before is not None else found).values_list("pk", flat=True))
    Promise.objects.filter(pk__in=due).update(kept_at=clock.now())
    for pk in due:
        _record(Kind.PROMISE_KEPT, conversation, pk, by)
    return len(due)


def _record(kind: Kind, conversation: Conversation, pk: int, by: Actor) -> None:
    record_all([NewEvent(kind, by, conversation.pk, conversation.inbox_id, pk, conversation.assignee_id)])
