"""Who looks after a conversation, and how much it hurts."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.module_loading import import_string

from firstline.accounts.models import Team, User
from firstline.conversations.actions import locking
from firstline.conversations.models import OURS, Conversation
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import Actor, record

RECENT = 500
"""How many of the last assignments "by turns" looks at."""


@transaction.atomic
def assign(conversation: Conversation, to: User | None, *, by: Actor) -> Conversation:
    """Give the conversation to a person, or to nobody."""
    conversation = locking.hold(conversation)
    before = conversation.assignee_id
    if before == (to.pk if to else None):
        return conversation
    conversation.assignee = to
    conversation.save(update_fields=["assignee"])
    record(
        Kind.CONVERSATION_ASSIGNED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee_id,
        to=conversation.assignee_id,
        before=before,
    )
    return conversation


@transaction.atomic
def give_team(conversation: Conversation, team: Team | None, *, by: Actor) -> Conversation:
    """Give the conversation to a team, or to none; the person who has it keeps it when they are of that team."""
    conversation = locking.hold(conversation)
    if conversation.team_id == (team.pk if team else None):
        return conversation
    conversation.team = team
    conversation.save(update_fields=["team"])
    record(
        Kind.CONVERSATION_TEAM_CHANGED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee_id,
        to=conversation.team_id,
    )
    if team is not None and conversation.assignee_id and not team.members.filter(pk=conversation.assignee_id).exists():
        return assign(conversation, None, by=by)
    return conversation


def fairest(people: Sequence[User], *, by_turns: bool = False) -> User | None:
    """Whose it should be: of those who are here, who has the fewest conversations on their turn, or (`by_turns`) who
    got none for longest.
    """
    people = import_string(settings.PRESENT)(people) or people
    if not people:
        return None
    keys = [one.pk for one in people]
    if by_turns:
        given = Event.objects.filter(kind=Kind.CONVERSATION_ASSIGNED, data__to__in=keys).order_by("-pk")
        last: dict[int, int] = {}
        for pk, to in given.values_list("pk", "data__to")[:RECENT]:
            last.setdefault(to, pk)
        return min(people, key=lambda one: (last.get(one.pk, 0), one.pk))
    load = Conversation.objects.filter(assignee__in=keys, status__in=OURS).values_list("assignee_id")
    counts: dict[int, int] = dict(load.annotate(n=Count("pk")).order_by())
    return min(people, key=lambda one: (counts.get(one.pk, 0), one.pk))


@transaction.atomic
def set_priority(conversation: Conversation, priority: int, *, by: Actor) -> Conversation:
    """Set the priority, 1 (urgent) to 4 (low)."""
    conversation = locking.hold(conversation)
    if conversation.priority == priority:
        return conversation
    before, conversation.priority = conversation.priority, priority
    conversation.save(update_fields=["priority"])
    record(
        Kind.CONVERSATION_PRIORITY_CHANGED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee_id,
        to=priority,
        before=before,
    )
    return conversation
