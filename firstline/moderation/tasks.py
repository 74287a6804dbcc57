"""Jobs of moderation. Each takes an event's id and may run twice."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.conversations.models import Conversation, Cover, Message, Origin
from firstline.core import clock
from firstline.events.models import Event
from firstline.moderation import letters
from firstline.moderation.actions import caring, ending, marking, reporting, storming, upstream
from firstline.moderation.models import Care, CaseItem, UpstreamAct


@app.task(name="moderation.look", queue="default", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def look(event_id: int) -> None:
    """A message came in covered: it becomes a case, with the signs of a return if there are any."""
    event = Event.objects.get(pk=event_id)
    cover = Cover.objects.select_related("message__strand__inbox", "message__author_identity").filter(
        message=event.subject_id, uncovered_at=None
    )
    found = cover.first()
    if found is not None and found.version == storming.VERSION:
        return  # a crowd makes no queue of its own
    if found is None or found.origin == Origin.PERSON or CaseItem.objects.filter(message=found.message_id).exists():
        return
    author = found.message.author_identity
    signs = marking.signals(author, found.message.text)[0] if author and found.origin == Origin.EVASION else []
    reporting.report_by_detector(
        found.message,
        found,
        signals=[{"kind": one.kind, "weight": round(one.weight, 2), "detail": one.detail} for one in signs],
    )


@app.task(name="moderation.care", queue="default", priority=20)
def care(event_id: int) -> None:
    """Words of somebody who may be in danger: raise the card."""
    event = Event.objects.get(pk=event_id)
    conversation = Conversation.objects.get(pk=event.conversation_id or 0)
    message = Message.objects.filter(pk=event.subject_id or 0).first()
    caring.ask(conversation, message=message, by=None)


@app.task(name="moderation.call_second", queue="delivery", priority=20)
def call_second(event_id: int) -> None:
    """Call a second person."""
    event = Event.objects.get(pk=event_id)
    letters.call_second(Care.objects.select_related("conversation").get(pk=event.subject_id or 0))


@app.task(name="moderation.tell_stuck", queue="delivery")
def tell_stuck(event_id: int) -> None:
    """A platform did not take an act: tell the admins."""
    event = Event.objects.get(pk=event_id)
    letters.tell_stuck(UpstreamAct.objects.select_related("sanction", "inbox").get(pk=event.subject_id or 0))


@app.periodic(cron="* * * * *")
@app.task(name="moderation.settle", queue="default", queueing_lock="moderation.settle")
def settle(timestamp: int) -> None:
    """End what is over, here and on other platforms (M-03: within five minutes), and forget marks whose time is up."""
    ending.expire_due(clock.now())
    storming.end_due()
    storming.limit_due()
    upstream.perform_due()
    marking.forget_due()
