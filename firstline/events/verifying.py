"""`firstline audit verify`: recomputes the chain and says what does not fit."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from firstline.core import clock
from firstline.events.anchors import Anchor, AnchorBroken, read_anchors
from firstline.events.audit import GENESIS, commitment, link_hash
from firstline.events.models import AuditEntry, AuditLink, AuditPersonal

UNLINKED_LIMIT = timedelta(seconds=60)
ANCHOR_LIMIT = timedelta(hours=48)
"""An anchor is dropped every day; one may be missed while the desk is down."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind`: gap, edit, unlinked, truncated, personal or anchor; `seq` and `entry` where known; a sentence."""

    kind: str
    sentence: str
    seq: int | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and what does not fit."""

    entries: int
    links: int
    anchors: int
    last_hash: str
    problems: list[Problem]


def verify() -> Verdict:
    """Look at the whole audit; it changes nothing."""
    problems: list[Problem] = []
    anchors: list[Anchor] = []
    try:
        anchors = read_anchors()  # before the chain: what is linked meanwhile makes it longer, never shorter
        problems += _anchored_lately(anchors)
    except (AnchorBroken, OSError) as error:
        problems.append(Problem("anchor", str(error)))
    hashes: dict[int, str] = {}
    problems += [*_chain(hashes), *_cut_off(anchors, hashes), *_unlinked(), *_personal()]
    return Verdict(
        entries=AuditEntry.objects.count(),
        links=len(hashes),
        anchors=len(anchors),
        last_hash=hashes[max(hashes)] if hashes else GENESIS.hex(),
        problems=problems,
    )


def _chain(hashes: dict[int, str]) -> Iterator[Problem]:
    """Follow the links; fills `hashes` by seq."""
    expected, previous = 1, GENESIS
    for link in AuditLink.objects.order_by("seq").select_related("entry").iterator():
        if link.seq != expected:
            yield Problem("gap", f"Links {expected} to {link.seq - 1} are missing.", seq=expected)
        elif not hmac.compare_digest(bytes(link.prev_hash), previous):
            yield Problem("edit", f"Link {link.seq} does not follow the one before.", link.seq, link.entry_id)
        if not hmac.compare_digest(bytes(link.hash), link_hash(link.seq, bytes(link.prev_hash), link.entry)):
            yield Problem("edit", f"Entry {link.entry_id} is not what was linked.", link.seq, link.entry_id)
        expected, previous = link.seq + 1, bytes(link.hash)
        hashes[link.seq] = previous.hex()


def _unlinked() -> Iterator[Problem]:
    late = AuditEntry.objects.filter(link=None, at__lt=clock.now() - UNLINKED_LIMIT).order_by("pk")
    for pk in late.values_list("pk", flat=True):
        yield Problem("unlinked", f"Entry {pk} is over a minute old and not in the chain.", entry=pk)


def _personal() -> Iterator[Problem]:
    """Values that are still there must be those that were committed to; erased ones are gone, which is right."""
    for one in AuditPersonal.objects.select_related("entry").iterator():
        if one.entry.commitments.get(one.name) != commitment(bytes(one.salt), one.name, one.value):
            yield Problem("personal", f"The {one.name} of entry {one.entry_id} was changed.", entry=one.entry_id)


def _cut_off(anchors: list[Anchor], hashes: dict[int, str]) -> Iterator[Problem]:
    for one in anchors:
        if hashes.get(one.count) != one.hash:
            yield Problem("truncated", f"Link {one.count} is gone or not the one of {one.at:%Y-%m-%d}.", one.count)


def _anchored_lately(anchors: list[Anchor]) -> Iterator[Problem]:
    wanted = clock.now() - ANCHOR_LIMIT
    old = AuditEntry.objects.exclude(link=None).filter(at__lt=wanted)
    if (not anchors or anchors[-1].at < wanted) and old.exists():
        yield Problem("anchor", "No anchor was dropped for two days, or the file of anchors is gone.")
