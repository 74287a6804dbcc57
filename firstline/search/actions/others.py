"""Titles and past questions in the multilingual model's vectors: made once somebody writes in another language, so that
a desk that is asked in English alone never loads that model.
"""

import secrets
from collections.abc import Iterator

from django.db import transaction

from firstline.models_ai import multilingual
from firstline.models_ai.embedder import ModelMissing
from firstline.search.models import IndexState, OtherVector, Part, Passage
from firstline.search.rules import vectors
from firstline.search.rules.passages import digest

STATE = "articles"
BATCH = 16


def read_in_other_languages() -> int:
    """Make the vectors that are missing and drop those of texts that are gone; returns how many were made.

    About 40 ms of CPU a text. May run twice, and goes on where it stopped. Without the model nothing happens.
    """
    try:
        model = multilingual.load()
    except ModelMissing:
        return 0
    wanted = dict(_wanted())
    OtherVector.objects.exclude(digest__in=wanted, model=model.sha256).delete()
    known = set(OtherVector.objects.values_list("digest", flat=True))
    missing = [(name, text) for name, text in wanted.items() if name not in known]
    for start in range(0, len(missing), BATCH):
        some = missing[start : start + BATCH]
        made = model.encode([text for _name, text in some])
        OtherVector.objects.bulk_create(
            [
                OtherVector(digest=name, vector=vectors.to_bytes(vector), model=model.sha256)
                for (name, _text), vector in zip(some, made, strict=True)
            ],
            ignore_conflicts=True,
        )
    if missing:
        _tell()
    return len(missing)


def keep_up() -> int:
    """The same for a desk that has been asked in another language before; nothing for others."""
    return read_in_other_languages() if OtherVector.objects.exists() else 0


def _wanted() -> Iterator[tuple[str, str]]:
    asked = Passage.objects.filter(article__isnull=False, part__in=(Part.TITLE, Part.QUESTION))
    for text in asked.values_list("text", flat=True):
        yield digest(text), text


@transaction.atomic
def _tell() -> None:
    """A new version of the index, so that every process reads the new vectors."""
    state, _is_new = IndexState.objects.get_or_create(name=STATE)
    IndexState.objects.filter(pk=state.pk).update(version=secrets.randbits(62))
