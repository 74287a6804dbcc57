"""Away, back, and what passes from hand to hand."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.actions import assigning, locking, statuses
from firstline.conversations.models import Conversation, Message, Status, due_first
from firstline.core import clock
from firstline.events.models import Event
from firstline.events.recording import MACHINE, Actor
from firstline.evidence import secrets
from firstline.shifts import queries
from firstline.shifts.models import HandOver, Rhythm
from firstline.sla.rules import Span


def keep_hours(user: User, *, zone: str, week: Sequence[Sequence[Span]]) -> None:
    """Say when the person works; an empty week means whenever the desk does."""
    days = [[list(span) for span in day] for day in week] if any(week) else []
    Rhythm.objects.update_or_create(user=user, defaults={"zone": zone, "week": days})


def go_away(user: User, until: datetime | None) -> int:
    """The person is away until then (None: back); what waits on them goes back to the team; how many."""
    Rhythm.objects.update_or_create(user=user, defaults={"away_until": until})
    return sweep(clock.now()) if until is not None else 0


@transaction.atomic
def hand_over(
    conversation: Conversation, *, giver: User, to: User | None, by: Actor, words: str = ""
) -> HandOver | None:
    """Pass a conversation on, or (None) back to the team, with the facts that the next person needs.

    Nothing when it is not the giver's any more.
    """
    held = locking.hold(conversation)
    if held.assignee_id != giver.pk:
        return None
    made = HandOver.objects.create(
        conversation=held,
        giver=giver,
        to=to,
        words=secrets.mask(" ".join(words.split())).text[:300],
        waiting_since=held.waiting_since,
        promised_for=due_first(held),
    )
    assigning.assign(held, to, by=by)
    return made


def end_shift(found: Sequence[Conversation], *, by: User, to: User | None, words: str = "") -> int:
    """Hand over everything in `found` that is the person's; returns how many."""
    return sum(hand_over(one, giver=by, to=to, by=by, words=words) is not None for one in found)


def follow(event: Event) -> bool:
    """A contact wrote: when its owner is away and the desk is open, it goes back to the team. May run twice."""
    now = clock.now()
    conversation = Conversation.objects.filter(pk=event.conversation_id or 0).select_related("assignee").first()
    if conversation is None or conversation.assignee is None or not conversation.is_ours:
        return False
    wrote = Message.objects.filter(pk=event.subject_id or 0, is_automatic=False, strand__is_side=False).exists()
    if not wrote or not queries.is_open(now) or conversation.assignee_id not in queries.away(now):
        return False
    return hand_over(conversation, giver=conversation.assignee, to=None, by=MACHINE) is not None


def sweep(now: datetime) -> int:
    """Give back to the team what waits on somebody who is not there, and mind promises that fall due; how many.

    Promises are minded at any hour; work is given back only while the desk is open.
    """
    for pk in queries.promises_to_mind(now):
        statuses.set_status(Conversation.objects.get(pk=pk), Status.OPEN, by=MACHINE)
    if not queries.is_open(now):
        return 0
    found = list(queries.stranded(queries.away(now), now)[: queries.AT_ONCE])
    return sum(
        hand_over(one, giver=one.assignee, to=None, by=MACHINE) is not None for one in found if one.assignee is not None
    )
