"""Every write about one person with many handles."""

from dataclasses import dataclass, replace

from django.db import transaction

from firstline.accounts.models import User
from firstline.conversations.actions import merging
from firstline.conversations.models import Conversation, LinkKind
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, NewEvent, record_all
from firstline.handles import queries, rules
from firstline.handles.models import Elsewhere, Verdict
from firstline.models_ai import embedder

WORTH_A_LOOK, MOST_COMPARED, MOST_KEPT = 0.25, 12, 3


@dataclass(frozen=True, slots=True)
class _Found:
    other: Conversation
    question: float
    person: float
    signals: list[rules.Signal]


def look_elsewhere(conversation: Conversation) -> list[Elsewhere]:
    """Find where the same person has the same question open already, and keep it. May run twice.

    Of a person who is surely the same, the two are linked side by side; else a person at the desk decides.
    """
    if conversation.merged_into_id is not None or conversation.sealed:
        return []
    found = sorted(_same_questions(conversation), key=lambda one: -one.question * one.person)
    return [_keep(conversation, one) for one in found[:MOST_KEPT]]


@transaction.atomic
def link_side_by_side(pair: Elsewhere, *, by: User) -> None:
    """They belong together and stay two: each with its own audience."""
    merging.link(pair.later, pair.earlier, LinkKind.RELATED, by=by)
    _say(pair, Verdict.LINKED, by)


@transaction.atomic
def make_one(pair: Elsewhere, *, into: Conversation, by: User) -> Conversation:
    """One conversation with two audiences: the other's strand moves into `into`. Raises merging.MergeRefused."""
    other = pair.earlier if into.pk == pair.later_id else pair.later
    _say(pair, Verdict.LINKED, by)
    return merging.merge(other, into, by=by)


@transaction.atomic
def dismiss(pair: Elsewhere, *, by: User) -> None:
    """Not the same: it is not shown again, and a link that the desk made goes."""
    if pair.verdict == Verdict.LINKED and pair.by_id is None:
        merging.unlink(pair.later, pair.earlier)
    _say(pair, Verdict.DISMISSED, by)


def _same_questions(conversation: Conversation) -> list[_Found]:
    """Whose question it may be by its words, then whether the person is likely the same, then what it means: the dear
    comparisons last.
    """
    near = queries.candidates(conversation, clock.now())
    words = queries.first_words([conversation, *near])
    asked = words.get(conversation.pk, conversation.subject)
    likely = [(one, rules.likeness(asked, words.get(one.pk, one.subject))) for one in near]
    worth = [pair for pair in likely if pair[1] >= WORTH_A_LOOK or pair[0].contact_id == conversation.contact_id]
    worth = sorted(worth, key=lambda pair: -pair[1])[:MOST_COMPARED]
    mine = queries.known(conversation.contact)
    found = [one for other, like in worth if (one := _by_same_person(conversation, mine, other, like)) is not None]
    unsure = [one for one in found if one.question < rules.SAME_QUESTION]
    cosines = _cosines(asked, [words.get(one.other.pk, one.other.subject) for one in unsure])
    by_meaning = [replace(one, question=cosine) for one, cosine in zip(unsure, cosines, strict=True)]
    sure = [one for one in found if one.question >= rules.SAME_QUESTION]
    return sure + [one for one in by_meaning if one.question >= rules.SAME_QUESTION]


def _by_same_person(
    conversation: Conversation, mine: rules.Known, other: Conversation, question: float
) -> _Found | None:
    if other.contact_id == conversation.contact_id:
        return _Found(other, question, 1.0, [])
    compared = queries.compare(mine, other.contact)
    if compared.score < rules.SUGGESTED or queries.are_two(conversation.contact_id, other.contact_id):
        return None
    return _Found(other, question, compared.score, compared.signals)


def _cosines(asked: str, others: list[str]) -> list[float]:
    """How near the meanings are; zeros without a model."""
    if not others:
        return []
    try:
        vectors = embedder.load().encode([asked[:2000], *(one[:2000] for one in others)])
    except embedder.ModelMissing:
        return [0.0] * len(others)
    return [float(one) for one in vectors[1:] @ vectors[0]]


@transaction.atomic
def _keep(conversation: Conversation, found: _Found) -> Elsewhere:
    sure = found.person >= rules.SURE
    values = {
        "person": found.person,
        "question": found.question,
        "signals": [[one.name, one.words] for one in found.signals],
        "verdict": Verdict.LINKED if sure else Verdict.OPEN,
    }
    pair, is_new = Elsewhere.objects.get_or_create(later=conversation, earlier=found.other, defaults=values)
    if is_new and sure:
        merging.link(conversation, found.other, LinkKind.RELATED, by=MACHINE)
    if is_new:
        record_all(
            [
                NewEvent(Kind.CONVERSATION_SEEN_ELSEWHERE, MACHINE, one.pk, one.inbox_id, pair.pk, one.assignee_id)
                for one in (conversation, found.other)
            ]
        )
    return pair


def _say(pair: Elsewhere, verdict: Verdict, by: User) -> None:
    pair.verdict, pair.by = verdict, by
    pair.save(update_fields=["verdict", "by"])
