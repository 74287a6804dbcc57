"""Reads about outside threads."""

from itertools import groupby

from firstline.upstream.models import Original, Version


def versions(original: Original) -> list[str]:
    """What a message said, oldest first; a version that only its thread's activity dated anew is no other version."""
    texts = Version.objects.filter(original=original).order_by("at").values_list("text", flat=True)
    return [text for text, _run in groupby(texts)]
