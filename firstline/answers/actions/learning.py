"""The nightly lesson: what people made of proposals, and a new version of what the desk knows of sorting."""

import hashlib
import json
from collections import Counter

import numpy as np
from django.db import transaction

from firstline.answers import queries
from firstline.answers.models import LEARNED, Sorting, SortingKind, SortingModel, SortingState
from firstline.conversations.models import Priority, Status
from firstline.core import clock
from firstline.core.killable import Killable
from firstline.models_ai import embedder
from firstline.models_ai.embedder import ModelMissing

LEARN = "firstline.search.routing.learn"
LONGEST_SECONDS = 1200.0
LEAST_ROWS = 40
LEAST_OF_LABEL = 5
MOST_LABELS = 100
BATCH = 64


def settle() -> int:
    """Read off resolved conversations what became of proposals on which nobody said a word; returns how many."""
    waiting = Sorting.objects.filter(
        state=SortingState.PROPOSED,
        kind__in=(SortingKind.TOPIC, SortingKind.PRIORITY),
        conversation__status=Status.RESOLVED,
    ).exclude(value="")
    count = 0
    for one in waiting.select_related("conversation").prefetch_related("conversation__tags").iterator(BATCH):
        said = _said_in_the_end(one)
        if said:
            state = SortingState.ACCEPTED if one.value == said else SortingState.CORRECTED
            Sorting.objects.filter(pk=one.pk, state=SortingState.PROPOSED).update(
                state=state, decided=said, decided_at=clock.now()
            )
            count += 1
    return count


def _said_in_the_end(one: Sorting) -> str:
    if one.kind == SortingKind.PRIORITY:
        return str(one.conversation.priority)
    tags = [tag.name for tag in one.conversation.tags.all()]
    return one.value if one.value in tags else (tags[0] if tags else "")


def learn(kind: str) -> SortingModel | None:
    """Fit a new version for one kind from what people decided; None when there is too little, or nothing new.

    scikit-learn runs in a child that ends with the lesson, so that the worker stays as small as it was.
    """
    rows = queries.examples(kind)
    common = {label for label, n in Counter(one.label for one in rows).most_common(MOST_LABELS) if n >= LEAST_OF_LABEL}
    rows = [one for one in rows if one.label in common]
    digest = _digest(rows)
    newest = SortingModel.objects.filter(kind=kind).order_by("-pk").first()
    if newest is not None and newest.digest == digest:
        return None
    if len(rows) < LEAST_ROWS or len(common) < 2:
        forget(kind)  # what it was learned from is gone: nothing of it may be left (D-07)
        return None
    try:
        model = embedder.load()
    except ModelMissing:
        return None
    texts, labels = [one.text for one in rows], [one.label for one in rows]
    said = np.concatenate([model.encode(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])
    silent = str(Priority.NORMAL.value) if kind == SortingKind.PRIORITY else ""
    child = Killable(LEARN, memory=3_000_000_000)
    try:
        content = child.call(
            LEARN, texts, labels, said.astype(np.float32).tobytes(), model.sha256, silent, seconds=LONGEST_SECONDS
        )
    finally:
        child.stop()
    return _keep(kind, content, rows=len(rows), labels=len(common), digest=digest)


def forget(kind: str) -> None:
    """Empty what was learned of a kind."""
    SortingModel.objects.filter(kind=kind).exclude(content=b"").update(content=b"")


@transaction.atomic
def _keep(kind: str, content: bytes, *, rows: int, labels: int, digest: str) -> SortingModel:
    forget(kind)
    return SortingModel.objects.create(kind=kind, content=content, rows=rows, labels=labels, digest=digest)


def _digest(rows: list[queries.Example]) -> str:
    said = json.dumps(sorted((one.text, one.label) for one in rows))
    return hashlib.sha256(said.encode()).hexdigest()


def learn_all() -> list[SortingModel]:
    """Settle, then a lesson of each kind."""
    settle()
    return [model for kind in LEARNED if (model := learn(str(kind))) is not None]
