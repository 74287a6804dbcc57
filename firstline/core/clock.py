"""The desk's one clock. Rules never read it: they take `now` as an argument."""

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)
_stopped = os.environ.get("FIRSTLINE_CLOCK")
_stopped_at = datetime.fromisoformat(_stopped).astimezone(UTC) if _stopped else None


def now() -> datetime:
    """The present moment, aware, in UTC; FIRSTLINE_CLOCK stops it, so that screenshots never change by chance."""
    return _moment.get() or _stopped_at or datetime.now(UTC)


@contextlib.contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now()` say `moment` meanwhile: how the demo desk tells a story of three weeks in seconds, and how tests
    wait.
    """
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
