"""What conversations are about: what is proposed, what people decided, and what can be learned from that."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from firstline.answers import case_types
from firstline.answers.models import Sorting, SortingKind, SortingModel, SortingPrecision, SortingState
from firstline.conversations.models import Conversation, Message, Priority, Status
from firstline.search.rules import passages, sorting
from firstline.search.rules.sorting import Sorter

DEFAULT_TARGET = 0.9
MOST_ROWS = 5000

_lock = threading.Lock()
_loaded: dict[str, tuple[int, Sorter]] = {}


def target() -> float:
    """The share of its proposals that must be right, as a lead chose it."""
    chosen = SortingPrecision.objects.order_by("-pk").values_list("target", flat=True).first()
    return DEFAULT_TARGET if chosen is None else chosen


def newest_models() -> dict[str, int]:
    """The id of the version in use, by kind."""
    newest = SortingModel.objects.order_by("kind", "-pk").distinct("kind")
    return dict(newest.values_list("kind", "pk"))


def sorter(kind: str, model_id: int) -> Sorter:
    """A version's weights, kept in the process; read again only when there is a newer one."""
    with _lock:
        kept = _loaded.get(kind)
        if kept is None or kept[0] != model_id:
            content = SortingModel.objects.values_list("content", flat=True).get(pk=model_id)
            kept = _loaded[kind] = model_id, sorting.from_bytes(bytes(content))
        return kept[1]


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the panel. `is_open`: it waits for a word; `percent` is how sure the machine is."""

    kind: str
    label: str
    value: str
    words: str
    percent: int
    is_open: bool


def shown(conversation: Conversation) -> list[Shown]:
    """What is proposed or decided, two queries. A proposal that people have overtaken by hand is left out."""
    rows = list(Sorting.objects.filter(conversation=conversation).order_by("pk"))
    tags = list(conversation.tags.values_list("name", flat=True)) if rows else []
    found = []
    for one in rows:
        said = one.decided or one.value
        is_open = one.state == SortingState.PROPOSED
        if not said or (is_open and is_overtaken(one, conversation, tags)):
            continue
        label = SortingKind(one.kind).label
        found.append(Shown(one.kind, str(label), said, in_words(one.kind, said), round(100 * one.chance), is_open))
    return found


def is_overtaken(one: Sorting, conversation: Conversation, tags: list[str]) -> bool:
    """Whether the conversation was sorted by hand since."""
    if one.kind == SortingKind.TOPIC:
        return bool(tags)
    if one.kind == SortingKind.PRIORITY:
        return conversation.priority != Priority.NORMAL
    if one.kind == SortingKind.LANGUAGE:
        return bool(conversation.contact.language)
    return False


def in_words(kind: str, value: str) -> str:
    """A value as people read it; languages are named by the template, in the reader's own language."""
    if kind == SortingKind.CASE:
        return case_types.words(value)
    if kind == SortingKind.PRIORITY:
        return str(Priority(int(value)).label)
    return value


# ---------- what is learned ----------


@dataclass(frozen=True, slots=True)
class Example:
    """What somebody asked, and what people said it is."""

    text: str
    label: str


def examples(kind: str) -> list[Example]:
    """What can be learned of one kind, from the newest 5,000 conversations that people sorted."""
    labels = list(_labels(kind))
    texts = first_questions([pk for pk, _label in labels])
    return [Example(texts[pk], label) for pk, label in labels if texts.get(pk)]


def _labels(kind: str) -> Iterator[tuple[int, str]]:
    if kind == SortingKind.TOPIC:
        tagged = _learnable().filter(tags__isnull=False)
        yield from tagged.values_list("pk", "tags__name")[:MOST_ROWS]
    elif kind == SortingKind.PRIORITY:
        judged = _learnable().filter(Q(status=Status.RESOLVED) | ~Q(priority=Priority.NORMAL))
        yield from ((pk, str(priority)) for pk, priority in judged.values_list("pk", "priority")[:MOST_ROWS])
    else:
        said = Sorting.objects.filter(kind=kind, conversation__in=_learnable()).exclude(decided="").order_by("-pk")
        yield from said.values_list("conversation_id", "decided")[:MOST_ROWS]


def _learnable() -> QuerySet[Conversation]:
    """Sealed conversations and spam teach nothing."""
    return Conversation.objects.filter(sealed=False).exclude(status=Status.SPAM).order_by("-pk")


def first_questions(conversations: list[int]) -> dict[int, str]:
    """What each conversation began with, as a sorter reads it; what is covered is left out."""
    first = (
        Message.objects.uncovered()
        .filter(conversation__in=conversations, author_identity__isnull=False, is_automatic=False)
        .order_by("conversation", "pk")
        .distinct("conversation")
    )
    said = first.values_list("conversation_id", "conversation__subject", "text")
    return {pk: passages.question(subject, text) for pk, subject, text in said}


# ---------- how it fared ----------


@dataclass(frozen=True, slots=True)
class Learnt:
    """How one version of one kind fared: of `said` proposals `right` were accepted and `wrong` corrected."""

    label: str
    model: str
    rows: int
    said: int
    right: int
    wrong: int


def by_model() -> list[Learnt]:
    """The versions that have proposed anything, the newest first; what no model proposed stands last in its kind."""
    rows = (
        Sorting.objects.exclude(value="")
        .values("kind", "model", "model__rows")
        .annotate(
            said=Count("pk"),
            right=Count("pk", filter=Q(state=SortingState.ACCEPTED)),
            wrong=Count("pk", filter=Q(state=SortingState.CORRECTED)),
        )
        .order_by("kind", "-model")
    )
    return [
        Learnt(
            label=str(SortingKind(row["kind"]).label),
            model=str(row["model"] or ""),
            rows=row["model__rows"] or 0,
            said=row["said"],
            right=row["right"],
            wrong=row["wrong"],
        )
        for row in rows
    ]
