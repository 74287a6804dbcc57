"""Somebody may be in danger: the card, the second person, and nothing that could do harm (3.3)."""

from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.conversations.actions import assigning
from firstline.conversations.models import Conversation, Message, Priority
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, record
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import Care


class Act(Protocol):
    """Something that is done about a card."""

    def __call__(self, care: Care, *, by: User) -> Care: ...


@transaction.atomic
def ask(conversation: Conversation, *, message: Message | None, by: User | None) -> Care:
    """Raise the care card: the conversation becomes urgent and a second person is called. Asking twice is once.

    It never sanctions, answers or closes anything.
    """
    care, is_new = Care.objects.get_or_create(conversation=conversation, defaults={"message": message, "raised_by": by})
    if not is_new and care.closed_at is None:
        return care
    if not is_new:
        Care.objects.filter(pk=care.pk).update(closed_at=None, second=None, taken_at=None, raised_by=by)
        care.refresh_from_db()
    actor = by or MACHINE
    if conversation.priority != Priority.URGENT:
        assigning.set_priority(conversation, Priority.URGENT, by=actor)
    record(
        Kind.CARE_ASKED,
        by=actor,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=care.pk,
        assignee_id=conversation.assignee_id,
    )
    return care


@transaction.atomic
def take(care: Care, *, by: User) -> Care:
    """A second person looks with whoever answers. Raises Refused for that person themselves: nobody does it alone."""
    care = Care.objects.select_for_update(of=["self"]).select_related("conversation").get(pk=care.pk)
    if care.closed_at is not None:
        raise Refused(_("This is closed already."))
    if by.pk in (care.conversation.assignee_id, care.raised_by_id):
        raise Refused(_("You have it in hand. The second person has to be somebody else."))
    care.second, care.taken_at = by, clock.now()
    care.save(update_fields=["second", "taken_at"])
    conversation = care.conversation
    record(
        Kind.CARE_TAKEN,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        subject_id=care.pk,
        assignee_id=conversation.assignee_id,
    )
    return care


@transaction.atomic
def close(care: Care, *, by: User) -> Care:
    """What could be done is done; kept in the audit."""
    care = Care.objects.select_for_update(of=["self"]).select_related("conversation").get(pk=care.pk)
    if care.second_id is None:
        raise Refused(_("Wait for the second person, or call them: nobody closes this alone."))
    care.closed_at = clock.now()
    care.save(update_fields=["closed_at"])
    record_audit(
        Kind.CARE_TAKEN, by=by, inbox_id=care.conversation.inbox_id, subject_id=care.pk, after={"closed": True}
    )
    return care
