"""Conversations whose question resembles another: by pgvector where the server has it, else by signs in the process."""

import dataclasses
import functools
import threading

from django.db import connection, transaction

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.inboxes.models import Inbox
from firstline.models_ai import embedder
from firstline.search.models import Passage
from firstline.search.rules import vectors
from firstline.search.rules.vectors import Floats, SignIndex

CANDIDATES = 60
RERANKED = 300
LOADED_AT_ONCE = 5000


@dataclasses.dataclass(frozen=True, slots=True)
class Similar:
    """A resolved conversation that began with a like question; `cosine` of the two questions."""

    conversation: Conversation
    question: str
    cosine: float


def similar_conversations(
    question: str, *, user: User, limit: int = 5, least: float = 0.5, but: int | None = None
) -> list[Similar]:
    """Answered conversations that this person may see, nearest question first, none below `least`; [] without a model.

    `but`: the conversation that is asking.
    """
    try:
        model = embedder.load()
    except embedder.ModelMissing:
        return []
    vector: Floats = model.encode([question])[0]
    inboxes = list(Inbox.objects.visible_to(user).values_list("pk", flat=True))
    found = [one for one in nearest(vector, model.sha256, inboxes) if one[0] != but and one[2] >= least]
    visible = Conversation.objects.visible_to(user).for_list().in_bulk([conversation for conversation, _q, _c in found])
    return [
        Similar(visible[conversation], text, cosine) for conversation, text, cosine in found if conversation in visible
    ][:limit]


def nearest(vector: Floats, model: str, inbox_ids: list[int]) -> list[tuple[int, str, float]]:
    """(conversation id, its question, cosine), nearest first, at most 60, of passages in one of these inboxes."""
    rows = _by_column(vector, model, inbox_ids) if has_column() else _by_signs(vector, model, inbox_ids)
    if not rows:
        return []
    cosines = vectors.from_bytes([stored for _id, _text, stored in rows]) @ vector
    order = sorted(range(len(rows)), key=lambda row: -cosines[row])[:CANDIDATES]
    return [(rows[row][0], rows[row][1], float(cosines[row])) for row in order]


Row = tuple[int, str, bytes]


def has_column() -> bool:
    """Whether the passages of this database have pgvector's column."""
    return _has_column(str(connection.settings_dict["NAME"]))


@functools.cache
def _has_column(database: str) -> bool:
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, Passage._meta.db_table)
    return any(column.name == "embedding" for column in columns)


def _by_column(vector: Floats, model: str, inbox_ids: list[int]) -> list[Row]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
        cursor.execute(
            "SELECT conversation_id, text, vector FROM search_passage"
            " WHERE conversation_id IS NOT NULL AND model = %s AND inbox_ids && %s::bigint[]"
            " ORDER BY embedding <=> %s::halfvec LIMIT %s",
            [model, inbox_ids, vectors.to_literal(vector), CANDIDATES],
        )
        return [(conversation, text, bytes(stored)) for conversation, text, stored in cursor.fetchall()]


def _by_signs(vector: Floats, model: str, inbox_ids: list[int]) -> list[Row]:
    index = _signs(model, len(vector))
    rows = Passage.objects.filter(
        pk__in=index.nearest(vector, RERANKED), model=model, conversation__isnull=False, inbox_ids__overlap=inbox_ids
    ).values_list("conversation_id", "text", "vector")
    return [(conversation or 0, text, bytes(stored)) for conversation, text, stored in rows if stored is not None]


_indexes: dict[tuple[str, str], SignIndex] = {}
_lock = threading.Lock()


def _signs(model: str, dimensions: int) -> SignIndex:
    """The process's sign index for a model, with what was added since it was last asked."""
    with _lock:
        index = _indexes.setdefault((str(connection.settings_dict["NAME"]), model), SignIndex(dimensions))
        while True:
            rows = list(
                Passage.objects.filter(
                    pk__gt=index.last_id, model=model, conversation__isnull=False, vector__isnull=False
                )
                .order_by("pk")
                .values_list("pk", "vector")[:LOADED_AT_ONCE]
            )
            if rows:
                index.add([pk for pk, _ in rows], vectors.from_bytes([bytes(v) for _, v in rows if v is not None]))
            if len(rows) < LOADED_AT_ONCE:
                return index
