"""What a new conversation is about: proposed by what was learned, accepted or corrected by people."""

import numpy as np
from django.db import transaction

from firstline.accounts.models import User
from firstline.answers import case_types, queries
from firstline.answers.models import (
    Alike,
    Asked,
    Diagnosis,
    Sorting,
    SortingKind,
    SortingPrecision,
    SortingState,
)
from firstline.contacts.models import Contact
from firstline.conversations.actions import assigning, covering, tagging
from firstline.conversations.models import ENDED, UNRESOLVED, Conversation, Message, Priority
from firstline.core import clock
from firstline.events.audit import record_audit
from firstline.events.kinds import Kind
from firstline.events.recording import MACHINE, Actor, record
from firstline.models_ai import embedder, languages
from firstline.models_ai.embedder import ModelMissing, Vectors
from firstline.search.rules import passages, vectors
from firstline.search.rules.sorting import TARGETS

SURE_LANGUAGE = 0.6
MOST_OPEN = 2000
SAME_QUESTION = 0.7
"""From this cosine on nine of ten pairs ask the same (models-and-data.md 9)."""
MOST_ALIKE = 10
MALWARE, MALWARE_FORM = "SEC-01", "malware"
"""The case type, and the word of the form for it."""
Proposed = tuple[str, str, float, int | None]


def sort(message_id: int) -> None:
    """Propose what a new conversation is about, and find the open ones that ask the same. May run twice.

    Only a contact's first message is sorted; what is covered is not read.
    """
    message = Message.objects.select_related("conversation__contact", "strand").get(pk=message_id)
    conversation = message.conversation
    if message.author_identity_id is None or message.is_automatic or message.strand.is_side:
        return
    if conversation.status in ENDED or covering.reason_of(message) or _is_later(message):
        return
    text = passages.question(conversation.subject, message.text)
    vector, model = _vector(text)
    found = {kind: (kind, value, chance, by) for kind, value, chance, by in _proposals(message, text, vector, model)}
    with transaction.atomic():
        if found.get(SortingKind.CASE, ("", "", 0.0, None))[1] == MALWARE or _asked_as_malware(conversation):
            _report_malware(conversation, by=MACHINE)
        Sorting.objects.bulk_create(
            [
                Sorting(conversation=conversation, kind=kind, value=value, chance=round(chance, 4), model_id=by)
                for kind, value, chance, by in found.values()
            ],
            ignore_conflicts=True,
        )
        if vector is not None and not conversation.sealed:
            _join_alike(conversation, vector, model)


def _asked_as_malware(conversation: Conversation) -> bool:
    """Whether whoever asked chose the form's "Report malware or a vulnerability"."""
    return conversation.tags.filter(name=MALWARE_FORM).exists()


def _report_malware(conversation: Conversation, *, by: Actor) -> None:
    """Say that malware is reported: somebody is called for it, at night too."""
    record(Kind.MALWARE_REPORTED, by=by, conversation_id=conversation.pk, inbox_id=conversation.inbox_id)


def _is_later(message: Message) -> bool:
    earlier = Message.objects.filter(conversation=message.conversation_id, pk__lt=message.pk)
    return earlier.filter(author_identity__isnull=False).exists()


def _vector(text: str) -> tuple[Vectors | None, str]:
    try:
        model = embedder.load()
    except ModelMissing:
        return None, ""
    return model.encode([text])[0], model.sha256


def _proposals(message: Message, text: str, vector: Vectors | None, model: str) -> list[Proposed]:
    """Kind, value, how sure, and the version that says so; a later one of a kind replaces an earlier one."""
    found: list[Proposed] = []
    if not message.conversation.contact.language:
        found += _language(message.text)
    if vector is not None:
        found += _learned(text, vector, model)
    diagnosis = Diagnosis.objects.filter(message=message).exclude(case="").first()
    if diagnosis is not None:
        found.append((SortingKind.CASE, diagnosis.case, diagnosis.confidence, None))
    told = {kind: (value, chance) for kind, value, chance, _by in found}
    if SortingKind.PRIORITY not in told and SortingKind.CASE in told:
        case, chance = told[SortingKind.CASE]
        urgency = case_types.urgency(case)
        if urgency is not None and urgency < Priority.NORMAL:
            found.append((SortingKind.PRIORITY, str(urgency), chance, None))
    return found


def _language(text: str) -> list[Proposed]:
    try:
        found = languages.detect(text)
    except ModelMissing:
        return []
    is_worth_it = languages.is_foreign(text, least=SURE_LANGUAGE)
    return [(SortingKind.LANGUAGE, found.code, found.probability, None)] if is_worth_it else []


def _learned(text: str, vector: Vectors, model: str) -> list[Proposed]:
    found: list[Proposed] = []
    models = queries.newest_models()
    wanted = queries.target() if models else 0.0
    for kind, pk in models.items():
        sorter = queries.sorter(kind, pk)
        if sorter.model != model:  # learned with other vectors: it waits for the night
            continue
        chances = sorter.probabilities([text], vector[None, :])[0]
        best = int(chances.argmax())
        is_usual = kind == SortingKind.PRIORITY and sorter.labels[best] == str(Priority.NORMAL.value)
        if chances[best] >= sorter.threshold(wanted) and not is_usual:
            found.append((kind, sorter.labels[best], float(chances[best]), pk))
    return found


def _join_alike(conversation: Conversation, vector: Vectors, model: str) -> None:
    Asked.objects.update_or_create(
        conversation=conversation, defaults={"vector": vectors.to_bytes(vector), "model": model}
    )
    waiting = Asked.objects.filter(
        model=model, conversation__status__in=UNRESOLVED, conversation__sealed=False, conversation__merged_into=None
    ).exclude(conversation=conversation)
    rows = list(waiting.order_by("-conversation").values_list("conversation_id", "vector")[:MOST_OPEN])
    if not rows:
        return
    cosines = vectors.from_bytes([bytes(stored) for _pk, stored in rows]) @ vector
    near = [int(place) for place in np.argsort(-cosines)[:MOST_ALIKE] if cosines[place] >= SAME_QUESTION]
    pairs = [(sorted((rows[place][0], conversation.pk)), float(cosines[place])) for place in near]
    Alike.objects.bulk_create(
        [Alike(one_id=pair[0], other_id=pair[1], cosine=round(cosine, 4)) for pair, cosine in pairs],
        ignore_conflicts=True,
    )


# ---------- what people say ----------


class NotSorted(Exception):
    """It cannot be sorted so; the message is a sentence for the person."""


@transaction.atomic
def accept(conversation: Conversation, *, by: User) -> list[Sorting]:
    """Take over everything that is proposed and that nobody has overtaken by hand; returns what was taken."""
    tags = list(conversation.tags.values_list("name", flat=True))
    open_ones = Sorting.objects.select_for_update().filter(conversation=conversation, state=SortingState.PROPOSED)
    taken = []
    for one in open_ones.exclude(value=""):
        if not queries.is_overtaken(one, conversation, tags):
            _decide(one, one.value, SortingState.ACCEPTED, by)
            _apply(conversation, one.kind, one.value, by)
            taken.append(one)
    return taken


@transaction.atomic
def correct(conversation: Conversation, kind: SortingKind, value: str, *, by: User) -> Sorting:
    """Say what it is instead, whether or not anything was proposed; the next night learns from it."""
    one, _is_new = Sorting.objects.select_for_update().get_or_create(conversation=conversation, kind=kind)
    state = SortingState.ACCEPTED if one.value == value else SortingState.CORRECTED
    if (one.decided, one.state) == (value, state):
        return one
    _decide(one, value, state, by)
    _apply(conversation, kind, value, by)
    return one


def _decide(one: Sorting, value: str, state: SortingState, by: User) -> None:
    one.decided, one.state, one.decided_by, one.decided_at = value, state, by, clock.now()
    one.save(update_fields=["decided", "state", "decided_by", "decided_at"])
    record(
        Kind.SORTING_DECIDED,
        by=by,
        conversation_id=one.conversation_id,
        inbox_id=one.conversation.inbox_id,
        subject_id=one.pk,
        kind_of=str(one.kind),
        state=str(state),
    )


def _apply(conversation: Conversation, kind: str, value: str, by: User) -> None:
    if kind == SortingKind.TOPIC:
        tagging.add_tag(conversation, value, by=by)
    elif kind == SortingKind.PRIORITY:
        assigning.set_priority(conversation, int(value), by=by)
    elif kind == SortingKind.CASE and value == MALWARE:
        _report_malware(conversation, by=by)
    elif kind == SortingKind.LANGUAGE:
        Contact.objects.filter(pk=conversation.contact_id).update(language=value)


@transaction.atomic
def set_precision(target: float, *, by: User) -> SortingPrecision:
    """Choose the share of its proposals that must be right. Raises NotSorted for one that no model knows."""
    if target not in TARGETS:
        raise NotSorted
    chosen = SortingPrecision.objects.create(target=target, decided_by=by)
    record(Kind.POLICY_CHANGED, by=by, subject_id=chosen.pk, percent=round(100 * target))
    record_audit(Kind.POLICY_CHANGED, by=by, subject_id=chosen.pk, after={"sorting_percent": round(100 * target)})
    return chosen
