"""The failures this desk knows: the shipped catalogue with the desk's own entries, as of now or of any moment."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from firstline.answers import case_types
from firstline.answers.models import Diagnosis, LocalSignature
from firstline.evidence import catalogue
from firstline.evidence.catalogue import Catalogue, Signature

SEEN_SINCE = timedelta(days=30)

_lock = threading.Lock()
_merged: tuple[tuple[Any, ...], Catalogue] | None = None


def known() -> Catalogue:
    """The catalogue in use. One small query; merged again only when an entry was saved or dropped since."""
    global _merged
    rows = LocalSignature.objects.order_by("pk")
    key = tuple(rows.values_list("pk", "signature_id", "edited_at"))
    if not key:
        return catalogue.load()
    with _lock:
        if _merged is None or _merged[0] != key:
            _merged = key, _with([row.entry for row in rows])
        return _merged[1]


def known_at(moment: datetime) -> Catalogue:
    """The catalogue without what the desk wrote into it after a moment: what a replay may know."""
    entries = LocalSignature.objects.filter(edited_at__lt=moment).order_by("pk").values_list("entry", flat=True)
    return _with(list(entries))


def _with(entries: list[dict[str, Any]]) -> Catalogue:
    shipped = catalogue.load()
    return catalogue.merged(shipped, [catalogue.signature(one) for one in entries]) if entries else shipped


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the catalogue's page. `seen` is in how many conversations of 30 days it was recognised."""

    signature: Signature
    is_local: bool
    is_shipped: bool
    seen: int

    @property
    def words(self) -> str:
        """The case type in words."""
        return case_types.words(self.signature.case)


def listed(words: str, now: datetime) -> list[Listed]:
    """The entries that hold all of the words, the most seen first; an empty string gives all."""
    shipped, local = catalogue.load(), set(LocalSignature.objects.values_list("signature_id", flat=True))
    since = Diagnosis.objects.exclude(signature="").filter(created_at__gte=now - SEEN_SINCE)
    seen = dict(since.values_list("signature").annotate(n=Count("conversation", distinct=True)).order_by())
    found = [
        Listed(one, one.id in local, shipped.get(one.id) is not None, seen.get(one.id, 0))
        for one in known().signatures
        if _holds(one, words.lower().split())
    ]
    return sorted(found, key=lambda line: (-line.seen, not line.is_local, line.signature.id))


def _holds(one: Signature, words: list[str]) -> bool:
    said = " ".join([one.id, one.code, one.case, one.family, one.cause, *one.fix]).lower()
    return all(word in said for word in words)
