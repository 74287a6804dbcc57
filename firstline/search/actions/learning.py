"""Fitting the desk's own models on what people decided."""

import secrets
from collections.abc import Sequence

from django.db import transaction

from firstline.search.models import IndexState, Learned
from firstline.search.rules import confidence
from firstline.search.rules.confidence import Confidence, Judged

STATE = "articles"
CONFIDENCE = "confidence"


def refit_confidence(rows: Sequence[Judged]) -> Confidence:
    """Fit the confidence model anew on judged answers and use it from now on, in every process.

    Raises ValueError under 100 rows, or when all of them are right or all wrong; the model in use then stays.
    """
    model = confidence.refit(rows)
    with transaction.atomic():
        Learned.objects.create(kind=CONFIDENCE, content=model.to_json(), rows=len(rows))
        state, _is_new = IndexState.objects.get_or_create(name=STATE)
        IndexState.objects.filter(pk=state.pk).update(version=secrets.randbits(62))
    return model
