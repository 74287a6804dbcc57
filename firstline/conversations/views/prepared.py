"""Statements of the desk that Django compiles once a process instead of once a request.

Compiling them costs ten times what PostgreSQL takes to run them, and from person to person only parameters differ. A
queryset is compiled for a stand-in, and the stand-in's values are replaced by the real ones each time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from firstline.accounts.models import User
from firstline.core import clock

_PERSON = -1_000_000
_CURSOR_ID = -2_000_000
CURSOR = (datetime(1, 1, 1, tzinfo=UTC), _CURSOR_ID)
"""Stands for the place from which a page continues."""
CONTACT, ITSELF = -3_000_000, -4_000_000
"""Stand for a contact's id and a conversation's own."""


def somebody(teams: int) -> User:
    """The stand-in for a person of so many teams."""
    user = User(pk=_PERSON)
    user.team_ids = [_PERSON - 1 - at for at in range(teams)]
    return user


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with the stand-in's parameters."""

    sql: str
    parameters: tuple[Any, ...]

    def run(self, user: User, given: Mapping[Any, Any] | None = None) -> Sequence[tuple[Any, ...]]:
        """All rows for a real person, now; `given` holds what takes the place of other stand-ins."""
        real: dict[Any, Any] = {_PERSON: user.pk, **(given or {})}
        real |= {_PERSON - 1 - at: team for at, team in enumerate(user.team_ids)}
        now = clock.now()
        with connection.cursor() as database:
            database.execute(self.sql, [_filled(one, real, now) for one in self.parameters])
            found: Sequence[tuple[Any, ...]] = database.fetchall()
        return found


def _filled(value: Any, real: dict[Any, Any], now: datetime) -> Any:
    """Ids and the cursor by their stand-ins; every other moment is the present one."""
    found = real.get(value, value)
    return now if found is value and isinstance(value, datetime) else found
