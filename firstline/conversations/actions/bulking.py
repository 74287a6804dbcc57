"""One thing done to many conversations, and taken back again."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.actions import assigning, locking, statuses, tagging, turns
from firstline.conversations.models import Conversation, Resolution, Status
from firstline.events.kinds import Kind
from firstline.events.recording import record

VERBS = ("resolve", "assign", "spam", "tag", "priority", "status")


@dataclass(frozen=True, slots=True)
class Before:
    """How a conversation stood; what it takes to lead it back. `added_tag`: a tag that was not there."""

    pk: int
    status: str
    resolution: str
    assignee: int | None
    priority: int
    added_tag: str = ""


@transaction.atomic
def act(found: Iterable[Conversation], verb: str, value: str, *, by: User, to: User | None = None) -> list[Before]:
    """Do one of VERBS to each, in the order of ids; returns how they stood before."""
    states_before = []
    rows = sorted(found, key=lambda one: one.pk)
    tagged: set[int] = set()
    if verb == "tag":
        have = Conversation.objects.filter(pk__in=[one.pk for one in rows], tags__name=value)
        tagged = set(have.values_list("pk", flat=True))
    for conversation in rows:
        added = value if verb == "tag" and conversation.pk not in tagged else ""
        states_before.append(
            Before(
                conversation.pk,
                conversation.status,
                conversation.resolution,
                conversation.assignee_id,
                conversation.priority,
                added,
            )
        )
        _one(conversation, verb, value, by, to)
    return states_before


def _one(conversation: Conversation, verb: str, value: str, by: User, to: User | None) -> None:
    match verb:
        case "resolve":
            statuses.resolve(conversation, by=by, resolution=value or Resolution.ANSWERED)
        case "assign":
            assigning.assign(conversation, to, by=by)
        case "spam":
            statuses.mark_spam(conversation, by=by)
        case "tag":
            tagging.add_tag(conversation, value, by=by)
        case "priority":
            assigning.set_priority(conversation, int(value), by=by)
        case "status":
            statuses.set_status(conversation, value, by=by)


@transaction.atomic
def take_back(found: dict[int, Conversation], states_before: Iterable[Before], *, by: User) -> int:
    """Lead the conversations that are in `found` back to how they stood; returns how many."""
    count = 0
    states_before = list(states_before)
    people = User.objects.filter(is_active=True).in_bulk([one.assignee for one in states_before if one.assignee])
    for before in states_before:
        if before.pk not in found:
            continue
        conversation = locking.hold(before.pk)
        if conversation.assignee_id != before.assignee:
            assigning.assign(conversation, people.get(before.assignee or 0), by=by)
        assigning.set_priority(conversation, before.priority, by=by)
        if before.added_tag:
            tagging.remove_tag(conversation, before.added_tag, by=by)
        _status_back(locking.hold(before.pk), before, by)
        count += 1
    return count


def _status_back(conversation: Conversation, before: Before, by: User) -> None:
    if conversation.status == before.status:
        return
    if before.status == Status.RESOLVED:
        statuses.resolve(conversation, by=by, resolution=before.resolution)
        return
    since = conversation.last_message_at
    turns.give_turn(conversation, before.status, since)
    conversation.save(update_fields=turns.TURN_FIELDS)
    record(
        Kind.CONVERSATION_STATUS_CHANGED,
        by=by,
        conversation_id=conversation.pk,
        inbox_id=conversation.inbox_id,
        assignee_id=conversation.assignee_id,
        to=before.status,
    )
