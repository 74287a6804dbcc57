"""Which posts came lately, kept in a source's place: they are looked at again, for nobody tells of deletions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MOST = 40
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
"""Dated so, a change names a thread and says nothing new of it."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A post by its id, the version that the desk has, and its thread's key."""

    id: str
    version: str
    thread: str


def load(place: Mapping[str, str]) -> list[Recent]:
    """What the place remembers, oldest first."""
    return [Recent(*one) for one in json.loads(place.get("recent") or "[]")]


def dump(known: Iterable[Recent]) -> str:
    """The same, to be kept: the newest forty, each once."""
    newest = {one.id: one for one in known}
    return json.dumps([[one.id, one.version, one.thread] for one in list(newest.values())[-MOST:]])


def is_due(place: Mapping[str, str], now: datetime, every: timedelta) -> bool:
    """Whether it is time to look at them again."""
    last = place.get("looked_again", "")
    return not last or now - datetime.fromisoformat(last) >= every
