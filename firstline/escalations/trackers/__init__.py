"""Trackers where engineers work, behind one port. `of(url)` finds the one that an address belongs to."""

from firstline.escalations.trackers.github import GitHub
from firstline.escalations.trackers.port import Ref, Tracker

TRACKERS: dict[str, Tracker] = {"github": GitHub()}


def of(url: str) -> tuple[str, Ref] | None:
    """The tracker's name and what it calls the issue at an address; None for an address of none."""
    for name, tracker in TRACKERS.items():
        found = tracker.ref(url)
        if found is not None:
            return name, found
    return None
