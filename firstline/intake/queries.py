"""Reads about what arrived."""

from collections.abc import Sequence

from django.db.models import Count

from firstline.intake.models import InboundItem


def outcomes_of(item_ids: Sequence[int]) -> dict[str, int]:
    """How often each outcome occurs among these items."""
    counted = InboundItem.objects.filter(pk__in=item_ids).values_list("outcome").annotate(count=Count("pk"))
    return dict(counted.order_by("outcome"))
