"""How much of a source's patience is left: a channel asks before it calls, and passes on what the answers tell.

A channel knows no database. Whoever lets it work says with `measured` who keeps count for all processes; the channel
finds that meter here, since it is no business of every signature between the two. Without one nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Use = Literal["call", "post"]


@dataclass(frozen=True, slots=True)
class Quota:
    """What a source says is left of one of its limits (`name` is its own word for it) until `resets_at`."""

    name: str
    limit: int
    left: int
    resets_at: datetime


class Meter(Protocol):
    """Keeps count of what one account of a source may still do."""

    def spend(self, use: Use) -> None:
        """Count one use. Raises ChannelError with `retry_after` when the limit leaves none."""
        ...

    def note(self, quota: Quota) -> None:
        """Keep what the source told."""
        ...

    def rest(self, seconds: int) -> None:
        """The source asked to be left alone for so long."""
        ...


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def measured(meter: Meter) -> Iterator[None]:
    """Everything that a channel does within goes through this meter."""
    token = _meter.set(meter)
    try:
        yield
    finally:
        _meter.reset(token)


def spend(use: Use) -> None:
    """A channel is about to call, or to post. Raises ChannelError when it must wait."""
    meter = _meter.get()
    if meter is not None:
        meter.spend(use)


def note(quota: Quota) -> None:
    """An answer told what is left."""
    meter = _meter.get()
    if meter is not None:
        meter.note(quota)


def rest(seconds: int) -> None:
    """An answer asked to wait."""
    meter = _meter.get()
    if meter is not None:
        meter.rest(seconds)
