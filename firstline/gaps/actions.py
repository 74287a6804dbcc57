"""Collecting what no article answered, grouping it, and what is done about a group."""

from datetime import timedelta

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from firstline.accounts.models import User
from firstline.answers.models import DismissReason, StrengthChoice, Suggestion, SuggestionState
from firstline.conversations.models import Status
from firstline.core import clock
from firstline.gaps.models import Gap, Question, Why
from firstline.knowledge import actions as knowledge
from firstline.knowledge.actions.proposing import people_of
from firstline.knowledge.models import Article
from firstline.knowledge.rules import distilling, grouping
from firstline.models_ai import embedder
from firstline.search.rules import vectors

KEPT = timedelta(days=90)
AT_ONCE = 500
LEAST_PEOPLE = 2
TAKEN_OVER = (SuggestionState.INSERTED, SuggestionState.EDITED)
"""What was proposed went into a reply after all: the question had its answer."""

Floats = grouping.Vectors


class NothingToWrite(Exception):
    """No article can be made of this gap yet; the message is a sentence for the author."""


# ---------- the machine's part ----------


def collect() -> int:
    """Keep questions that no article answered well, and group them; returns how many were new. May run twice.

    Raises ModelMissing where no language model is installed: words alone do not say what means the same.
    """
    model = embedder.load()
    Question.objects.filter(message__suggestion__state__in=TAKEN_OVER).delete()
    found = [(suggestion, _words(suggestion)) for suggestion in _unanswered()[:AT_ONCE]]
    asked = [(suggestion, words) for suggestion, words in found if words]
    made = model.encode([words for _suggestion, words in asked])
    articles = Article.objects.in_bulk({pk for suggestion, _words in asked for pk in _nearest(suggestion)})
    rows = [
        _question(suggestion, words, vectors.to_bytes(vector), model.sha256, articles)
        for (suggestion, words), vector in zip(asked, made, strict=True)
    ]
    Question.objects.bulk_create(rows, ignore_conflicts=True)
    group(model.sha256)
    return len(rows)


@transaction.atomic
def group(model: str) -> None:
    """Give every question without a gap the nearest one, else group those that are left among themselves."""
    since = clock.now() - KEPT
    questions = list(Question.objects.select_for_update().filter(model=model, asked_at__gte=since).order_by("id"))
    if not questions:
        return
    stored = vectors.from_bytes([bytes(question.vector) for question in questions])
    scale = grouping.Scale.of(stored)
    spread = scale.apply(stored)
    _place(questions, spread, scale.propose)
    left = [place for place, question in enumerate(questions) if question.gap_id is None]
    if left:
        _begin([questions[place] for place in left], grouping.group(stored[left], scale).proposed)


def _unanswered() -> list[Suggestion]:
    """Suggestions that say so themselves, or that an agent found wanting, not collected yet; oldest first."""
    wanting = [reason.value for reason in DismissReason if reason != DismissReason.NOT_NEEDED]
    short = (
        Q(state=SuggestionState.NOTHING)
        | Q(strength=StrengthChoice.WEAK, state=SuggestionState.PROPOSED)
        | Q(state=SuggestionState.DISMISSED, dismissed_reason__in=wanting)
    )
    return list(
        Suggestion.objects.filter(short, created_at__gte=clock.now() - KEPT, conversation__sealed=False)
        .exclude(conversation__status=Status.SPAM)
        .filter(~Exists(Question.objects.filter(message=OuterRef("message"))))
        .select_related("message", "conversation__contact", "conversation__inbox")
        .prefetch_related("citations")
        .order_by("id")[:AT_ONCE]
    )


def _words(suggestion: Suggestion) -> str:
    conversation = suggestion.conversation
    return distilling.question_of(conversation.subject, suggestion.message.text, people_of(conversation))


def _nearest(suggestion: Suggestion) -> list[int]:
    """The article that came nearest, by id: none or one."""
    return [*(citation.article_id for citation in suggestion.citations.all()), *suggestion.similar][:1]


def _question(suggestion: Suggestion, words: str, vector: bytes, model: str, articles: dict[int, Article]) -> Question:
    near = next((articles[pk] for pk in _nearest(suggestion) if pk in articles), None)
    why = Why.WEAK if near else Why.NONE
    if suggestion.state == SuggestionState.DISMISSED:
        why = Why(suggestion.dismissed_reason)
    return Question(
        message=suggestion.message,
        conversation=suggestion.conversation,
        nearest_article=near,
        why=why,
        text=words,
        vector=vector,
        model=model,
        asked_at=suggestion.message.created_at,
    )


def _place(questions: list[Question], spread: Floats, distance: float) -> None:
    """Put questions that have no gap into the nearest one there is."""
    gaps = sorted({question.gap_id for question in questions if question.gap_id is not None})
    if not gaps:
        return
    members = [place for place, question in enumerate(questions) if question.gap_id is not None]
    labels = np.searchsorted(gaps, [questions[place].gap_id or 0 for place in members])
    means = grouping.means_of(spread[members], labels)
    placed = []
    for place, question in enumerate(questions):
        best = grouping.nearest(spread[place], means, distance) if question.gap_id is None else None
        if best is not None:
            question.gap_id = gaps[best]
            placed.append(question)
    Question.objects.bulk_update(placed, ["gap"])


def _begin(questions: list[Question], labels: grouping.Labels) -> None:
    """A gap for every group in which two people or more ask."""
    members: dict[int, list[Question]] = {}
    for question, label in zip(questions, labels.tolist(), strict=True):
        members.setdefault(label, []).append(question)
    contacts = dict(
        Question.objects.filter(pk__in=[one.pk for one in questions]).values_list("pk", "conversation__contact_id")
    )
    wide = [found for found in members.values() if len({contacts[one.pk] for one in found}) >= LEAST_PEOPLE]
    gaps = Gap.objects.bulk_create(Gap() for _ in wide)
    for gap, found in zip(gaps, wide, strict=True):
        for question in found:
            question.gap = gap
    Question.objects.bulk_update([question for found in wide for question in found], ["gap"])


# ---------- the team's part ----------


@transaction.atomic
def write(gap: Gap, *, by: User) -> Article:
    """Draft the gap's article from what agents said in the first of its conversations that was answered.

    All questions that `by` may see lead to it. Raises NothingToWrite when none of the conversations was answered.
    """
    gap = Gap.objects.select_for_update().get(pk=gap.pk)
    questions = list(_of(gap, by))
    for question in questions:
        try:
            article = knowledge.propose_from_conversation(question.conversation, by=by).article
        except knowledge.ProposalRefused:
            continue
        _attach(gap, article, questions, by)
        return article
    raise NothingToWrite(_("Nobody has answered one of these yet. Answer one first: its words become the article."))


@transaction.atomic
def attach(gap: Gap, article: Article, *, by: User) -> int:
    """Add the gap's questions that `by` may see to an article that answers them; returns how many."""
    gap = Gap.objects.select_for_update().get(pk=gap.pk)
    return _attach(gap, article, list(_of(gap, by)), by)


@transaction.atomic
def dismiss(gap: Gap, *, by: User) -> None:
    """Decide that the gap needs no article; its questions stay, so that they begin no other gap."""
    Gap.objects.filter(pk=gap.pk, dismissed_at=None).update(dismissed_at=clock.now(), dismissed_by=by)


def _of(gap: Gap, by: User) -> list[Question]:
    found = Question.objects.visible_to(by).filter(gap=gap, conversation__sealed=False)
    return list(found.select_related("conversation__contact", "conversation__inbox").order_by("asked_at", "id"))


def _attach(gap: Gap, article: Article, questions: list[Question], by: User) -> int:
    for question in questions:
        language = question.conversation.contact.language or "en"
        knowledge.add_phrasing(article, question.text, by=by, message_id=question.message_id, language=language)
    gap.article = article
    gap.save(update_fields=["article"])
    return len(questions)
