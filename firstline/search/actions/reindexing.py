"""Building the whole index anew, after an import, a new model or a change of the tokeniser."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from firstline.contacts.models import Contact
from firstline.conversations.models import Conversation, Message, Note, Resolution, Status
from firstline.knowledge.models import Article
from firstline.search.actions import articles, conversations, messages

BATCH = 500


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How many of each were looked at."""

    articles: int
    conversations: int
    messages: int
    notes: int
    contacts: int


def reindex(say: Callable[[str], None] = lambda line: None) -> Reindexed:
    """Index everything, a row a transaction, so that the desk works on meanwhile and a stop loses nothing."""
    answered = Conversation.objects.filter(status=Status.RESOLVED, resolution=Resolution.ANSWERED)
    return Reindexed(
        articles=_each(Article.objects.all(), articles.index_article, "articles", say),
        conversations=_each(answered, conversations.index_conversation, "resolved conversations", say),
        messages=_each(Message.objects.all(), messages.index_message, "messages", say),
        notes=_each(Note.objects.all(), messages.index_note, "notes", say),
        contacts=_each(Contact.objects.all(), messages.index_contact, "contacts", say),
    )


def _each(rows: "QuerySet[Any]", index: Callable[[int], object], what: str, say: Callable[[str], None]) -> int:
    count = 0
    for count, pk in enumerate(_ids(rows), start=1):
        index(pk)
        if count % 5000 == 0:
            say(f"{count} {what}")
    return count


def _ids(rows: "QuerySet[Any]") -> Iterator[int]:
    """Primary keys in order, 500 at a time, without holding a cursor open."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield from batch
        last = batch[-1]
