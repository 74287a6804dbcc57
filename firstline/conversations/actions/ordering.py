"""Where conversations on our turn stand in lists: by the time at which an answer is due."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from firstline.conversations.models import OURS
from firstline.core import clock, statements
from firstline.events.recording import CHANNEL


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation that has waited since `waiting_since`, when it is due (or None), and where it stands."""

    pk: int
    waiting_since: datetime
    due_at: datetime | None
    sort_at: datetime


@transaction.atomic
def place(places: Sequence[Place], *, tell: bool) -> int:
    """Keep due times of conversations whose wait is still the same one; returns how many. `tell` moves rows of open
    pages.
    """
    if not places:
        return 0
    rows = statements.run(
        _PLACE,
        {
            "pks": [one.pk for one in places],
            "since": [one.waiting_since for one in places],
            "due": [one.due_at for one in places],
            "sort": [one.sort_at for one in places],
            "ours": [str(one) for one in OURS],
            "now": clock.now(),
        },
    )
    if tell and rows:
        payloads = [json.dumps({"kind": "conversation.due", "conversation": pk, "inbox": inbox}) for pk, inbox in rows]
        statements.run(_TELL, {"channel": CHANNEL, "payloads": payloads})
    return len(rows)


_PLACE: Final = """
UPDATE conversations_conversation AS kept SET due_at = new.due, sort_at = new.sort
FROM unnest(%(pks)s::bigint[], %(since)s::timestamptz[], %(due)s::timestamptz[], %(sort)s::timestamptz[])
     AS new(pk, since, due, sort)
WHERE kept.id = new.pk AND kept.status = ANY(%(ours)s::text[]) AND kept.waiting_since = new.since
  AND (kept.snoozed_until IS NULL OR kept.snoozed_until <= %(now)s)
RETURNING kept.id, kept.inbox_id
"""
_TELL: Final = "SELECT pg_notify(%(channel)s, payload)::text FROM unnest(%(payloads)s::text[]) AS told(payload)"
