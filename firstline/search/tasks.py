"""The job that keeps the index in step with what happens."""

from collections.abc import Callable

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.search.actions import articles, conversations, messages

INDEX: dict[str, Callable[[int], object]] = {
    Kind.MESSAGE_RECEIVED: messages.index_message,
    Kind.MESSAGE_COVERED: messages.forget_message,
    Kind.MESSAGE_UNCOVERED: messages.index_message,
    Kind.MESSAGE_SENT: messages.index_message,
    Kind.NOTE_ADDED: messages.index_note,
    Kind.ARTICLE_PUBLISHED: articles.index_article,
    Kind.ARTICLE_CHANGED: articles.index_article,
    Kind.ARTICLE_RETIRED: articles.index_article,
    Kind.PHRASING_ADDED: articles.index_article,
}


@app.task(name="search.index", queue="search", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def index(event_id: int) -> None:
    """Index what an event speaks of. Every action behind it may run twice."""
    event = Event.objects.get(pk=event_id)
    if event.kind == Kind.CONVERSATION_RESOLVED:
        if event.conversation_id is not None:
            conversations.index_conversation(event.conversation_id)
    elif event.subject_id is not None:
        INDEX[event.kind](event.subject_id)
