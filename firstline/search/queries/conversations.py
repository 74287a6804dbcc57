"""Conversations by words and operators: always the newest hits first, then ranked among themselves.

Ranking every match of a common word would read them all; ranking the newest 2,000 costs the same whatever the table's
size. Operators are met from the side that has fewer rows: the conversations, when 2,000 or fewer satisfy them, else
the hits. What was left out is said ("2,000+"), never hidden.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.db.models import F, FloatField, Func, QuerySet
from psycopg.errors import QueryCanceled

from firstline.accounts.models import User
from firstline.conversations.models import Conversation, Status
from firstline.search.models import MessageText, MessageTextQuerySet, tsquery_of, words_satisfy
from firstline.search.queries import narrowing
from firstline.search.rules.grammar import Query
from firstline.search.rules.snippets import Piece, snippet

CAP = 2000
TIMEOUT = "2s"
ICONS = {"email": "mail", "github": "circle-dot", "web": "globe"}

# Materialised, so that the planner meets the operators by the primary key of 2,000 hits, never by a whole table.
RANKED = """
WITH hit AS MATERIALIZED ({hits}),
spoken AS (
    SELECT DISTINCT ON (conversation_id) conversation_id, rank, created_at, id FROM hit {narrowed}
    ORDER BY conversation_id, rank DESC, id DESC
)
SELECT conversation_id, id, (SELECT count(*) FROM hit), count(*) OVER ()
FROM spoken ORDER BY rank DESC, created_at DESC, conversation_id DESC LIMIT %s OFFSET %s
"""


class TooSlow(Exception):
    """The search took longer than two seconds and was stopped."""


@dataclasses.dataclass(frozen=True, slots=True)
class FoundConversation:
    """A row of the results. `pieces` are the few words round what was found, empty for a search by operators alone."""

    pk: int
    subject: str
    who: str
    plan: str
    icon: str
    status: Status
    assignee: str
    last_message_at: datetime
    last_preview: str
    pieces: list[Piece]
    in_note: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """One page of results. `capped`: more messages matched than were ranked, so `total` is a lower bound."""

    rows: list[FoundConversation]
    total: int
    capped: bool
    has_more: bool


@dataclasses.dataclass(frozen=True, slots=True)
class _Page:
    """Conversation ids in order, the MessageText that speaks for each, and the figures of Found."""

    ids: list[int]
    best: dict[int, int]
    total: int
    capped: bool
    has_more: bool


def search_conversations(user: User, query: Query, *, limit: int = 25, offset: int = 0) -> Found:
    """Conversations that match and that the person may see, best first. Raises TooSlow after two seconds."""
    if not (query.tsquery or query.filters):
        return Found([], 0, capped=False, has_more=False)
    with _limited():
        page = _page(user, query, limit, offset)
        rows = _rows(user, page.ids, _texts(page.best), query.words)
    return Found(rows, page.total, page.capped, page.has_more)


def by_number(user: User, number: int) -> FoundConversation | None:
    """The conversation with this number, if the person may see it."""
    return next(iter(_rows(user, [number], {}, "")), None)


def _page(user: User, query: Query, limit: int, offset: int) -> _Page:
    narrow = narrowing.conversations(query, user)
    tsquery = query.tsquery or narrowing.mark_query(query)
    if not tsquery and not narrowing.has_dates(query):
        return _by_operators(user, narrow, limit, offset)
    hits = narrowing.message_dates(MessageText.objects.visible_to(user), query)
    if tsquery:
        hits = hits.filter(words_satisfy(tsquery))
    if narrow is None:
        return _ranked(hits, tsquery, None, limit, offset)
    few = list(narrow.order_by("-pk").values_list("pk", flat=True)[: CAP + 1])
    if not few:
        return _Page([], {}, 0, capped=False, has_more=False)
    if len(few) <= CAP:
        return _ranked(hits.filter(conversation__in=few), tsquery, None, limit, offset)
    page = _ranked(hits, tsquery, narrow, limit, offset)
    if page.capped and page.total < limit:  # the newest hits are mostly of other conversations
        newest = _ranked(hits.filter(conversation__in=few[:CAP]), tsquery, None, limit, offset)
        return dataclasses.replace(newest, capped=True)
    return page


def _ranked(
    hits: MessageTextQuerySet, tsquery: str, narrow: QuerySet[Conversation] | None, limit: int, offset: int
) -> _Page:
    rank = Func(F("tsv"), tsquery_of(tsquery), function="ts_rank_cd", output_field=FloatField())
    newest = hits.order_by("-created_at").values("id", "conversation_id", "created_at", rank=rank)[:CAP]
    statement, values = newest.query.sql_with_params()
    narrowed, narrowing_values = "", ()
    if narrow is not None:
        allowed = narrow.extra(where=["conversations_conversation.id IN (SELECT conversation_id FROM hit)"])
        condition, narrowing_values = allowed.values("pk").query.sql_with_params()
        narrowed = f"WHERE conversation_id IN ({condition})"
    with connection.cursor() as cursor:
        cursor.execute(
            RANKED.format(hits=statement, narrowed=narrowed), [*values, *narrowing_values, limit + 1, offset]
        )
        rows = cursor.fetchall()
    hit_count, total = (int(rows[0][2]), int(rows[0][3])) if rows else (0, 0)
    best = {row[0]: row[1] for row in rows[:limit]} if tsquery else {}
    return _Page([row[0] for row in rows[:limit]], best, total, hit_count >= CAP, len(rows) > limit)


def _by_operators(user: User, narrow: QuerySet[Conversation] | None, limit: int, offset: int) -> _Page:
    visible: QuerySet[Conversation] = Conversation.objects.visible_to(user)
    found = visible if narrow is None else visible & narrow
    ids = list(found.order_by("-pk").values_list("pk", flat=True)[offset : offset + limit + 1])
    more = len(ids) > limit
    return _Page(ids[:limit], {}, offset + len(ids[:limit]), capped=more, has_more=more)


def _texts(best: dict[int, int]) -> dict[int, tuple[str, bool]]:
    """By conversation: the text of its best hit, and whether that is a note."""
    if not best:
        return {}
    rows = MessageText.objects.filter(pk__in=best.values()).values_list(
        "conversation_id", "message__text", "note__text"
    )
    return {
        conversation: (note or "", True) if message is None else (message, False)
        for conversation, message, note in rows
    }


def _rows(user: User, ids: Sequence[int], texts: dict[int, tuple[str, bool]], words: str) -> list[FoundConversation]:
    visible = (
        Conversation.objects.visible_to(user)
        .filter(pk__in=ids)
        .values(
            "pk",
            "subject",
            "status",
            "last_message_at",
            "last_preview",
            name=F("contact__name"),
            organization=F("contact__organization__name"),
            plan=F("contact__organization__plan"),
            channel=F("inbox__channel"),
            assignee_name=F("assignee__name"),
        )
    )
    rows = {row["pk"]: row for row in visible}
    found = []
    for pk in ids:
        if pk not in rows:
            continue
        row, (text, in_note) = rows[pk], texts.get(pk, ("", False))
        found.append(
            FoundConversation(
                pk=pk,
                subject=row["subject"],
                who=", ".join(part for part in (row["name"], row["organization"]) if part),
                plan=row["plan"] or "",
                icon=ICONS.get(row["channel"], "mail"),
                status=Status(row["status"]),
                assignee=(row["assignee_name"] or "").split(" ")[0],
                last_message_at=row["last_message_at"],
                last_preview=row["last_preview"],
                pieces=snippet(text, words) if text else [],
                in_note=in_note,
            )
        )
    return found


@contextmanager
def _limited() -> Iterator[None]:
    """Two seconds for each statement within; TooSlow after that. The transaction's end takes the limit away."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [TIMEOUT])
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow from error
        raise
