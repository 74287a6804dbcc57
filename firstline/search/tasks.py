"""The job that keeps the index in step with what happens."""

from collections.abc import Callable

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.search.actions import articles, conversations, messages, others

INDEX: dict[str, Callable[[int], object]] = {
    Kind.MESSAGE_RECEIVED: messages.index_message,
    Kind.MESSAGE_COVERED: messages.forget_message,
    Kind.MESSAGE_UNCOVERED: messages.index_message,
    Kind.MESSAGE_SENT: messages.index_message,
    Kind.NOTE_ADDED: messages.index_note,
    Kind.ARTICLE_PUBLISHED: articles.index_article,
    Kind.ARTICLE_CHANGED: articles.index_article,
    Kind.ARTICLE_RETIRED: articles.index_article,
    Kind.ARTICLE_STALED: articles.index_article,
    Kind.ARTICLE_TRUSTED: articles.index_article,
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


@app.task(name="search.read_in_other_languages", queue="search", queueing_lock="search.others", priority=-5)
def read_in_other_languages(event_id: int) -> None:
    """Give titles and past questions their vectors in the multilingual model: somebody wrote in another language."""
    others.read_in_other_languages()


@app.periodic(cron="*/10 * * * *")
@app.task(name="search.keep_up_with_others", queue="search", queueing_lock="search.keep_up_with_others", priority=-5)
def keep_up_with_others(timestamp: int) -> None:
    """The same for what was published since, where other languages are in use."""
    others.keep_up()
