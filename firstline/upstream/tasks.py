"""Jobs about outside threads. Each takes ids and may run twice."""

from procrastinate.contrib.django import app

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Tag
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE, Actor
from firstline.upstream.actions import acting


@app.task(name="upstream.perform", queue="delivery")
def perform(event_id: int) -> None:
    """Do the act that an event speaks of."""
    acting.perform(Event.objects.get(pk=event_id).subject_id or 0)


@app.periodic(cron="* * * * *")
@app.task(name="upstream.perform_due", queue="delivery", queueing_lock="upstream.perform_due")
def perform_due(timestamp: int) -> None:
    """Take up the acts that had to wait."""
    for act_id in acting.left_behind():
        acting.perform(act_id)


@app.task(name="upstream.follow", queue="delivery")
def follow(event_id: int) -> None:
    """What was done to a conversation is done to its thread too: closed, reopened, labelled."""
    event = Event.objects.get(pk=event_id)
    conversation = Conversation.objects.filter(pk=event.conversation_id or 0).first()
    if conversation is None:
        return
    if event.kind in (Kind.CONVERSATION_TAGGED, Kind.CONVERSATION_UNTAGGED):
        tag = Tag.objects.filter(pk=event.subject_id or 0).first()
        if tag is not None:
            acting.follow_tag(conversation, tag, by=_actor(event))
        return
    acting.follow_end(conversation, by=_actor(event))


def _actor(event: Event) -> Actor:
    user = User.objects.filter(pk=event.actor_id or 0).first() if event.actor_kind == "agent" else None
    return user or MACHINE
