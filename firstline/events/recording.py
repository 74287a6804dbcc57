"""The spine: an action records an event; the table in config/reactions.py says what follows."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from firstline.core import clock, statements
from firstline.events.kinds import Kind

CHANNEL = "firstline"
QUIET = {Kind.INBOUND_ACCEPTED, Kind.DIAGNOSIS_MADE, Kind.USER_CREATED, Kind.PUSH_ASKED, Kind.PAGE_WAITED}
"""Kinds that no open page shows: they spare the commit lock that NOTIFY takes."""
FOR_ONE = {Kind.ACCESS_REVOKED, Kind.NOTIFICATION_MADE}
"""Kinds that concern the pages of one person, who is `user` in their data."""


class Actor(Protocol):
    """Who acts: a user, a contact's identity, or the machine."""

    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Machine:
    """Firstline itself."""

    actor_kind: str = "machine"
    actor_id: int | None = None


MACHINE = Machine()


@dataclass(frozen=True, slots=True)
class Reaction:
    """A job that follows an event: the task's full name, its queue, and its priority (higher runs first)."""

    task: str
    queue: str = "default"
    priority: int = 0


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be recorded; `due` delays what follows from it (the undo window)."""

    kind: Kind
    by: Actor
    conversation_id: int | None = None
    inbox_id: int | None = None
    subject_id: int | None = None
    assignee_id: int | None = None
    due: datetime | None = None
    data: dict[str, int | str | bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.conversation_id is not None and self.inbox_id is None:
            raise ValueError(
                f"{self.kind} is about a conversation; without its inbox all open pages hear of it (S-31)."
            )


def record(
    kind: Kind,
    *,
    by: Actor,
    conversation_id: int | None = None,
    inbox_id: int | None = None,
    subject_id: int | None = None,
    assignee_id: int | None = None,
    due: datetime | None = None,
    **data: int | str | bool | None,
) -> int:
    """Write one event, queue what follows from it and tell open pages, all in the caller's transaction; returns its
    id.
    """
    new = NewEvent(kind, by, conversation_id, inbox_id, subject_id, assignee_id, due, data)
    return record_all([new])[0]


def record_all(news: Sequence[NewEvent]) -> list[int]:
    """The same for many, in one statement: events, the jobs that follow, a NOTIFY for each that pages show. Returns
    their ids.
    """
    if not news:
        return []
    following = [(number, one) for number, new in enumerate(news, 1) for one in reactions().get(new.kind, [])]
    rows = statements.run(
        _RECORD,
        {
            "at": clock.now(),
            "kinds": [new.kind.value for new in news],
            "actor_kinds": [str(new.by.actor_kind) for new in news],
            "actors": [new.by.actor_id for new in news],
            "conversations": [new.conversation_id for new in news],
            "inboxes": [new.inbox_id for new in news],
            "subjects": [new.subject_id for new in news],
            "data": [json.dumps(new.data) for new in news],
            "told": [_told(new) for new in news],
            "due": [new.due for new in news],
            "followed": [number for number, _ in following],
            "queues": [one.queue for _, one in following],
            "tasks": [one.task for _, one in following],
            "priorities": [one.priority for _, one in following],
            "channel": CHANNEL,
        },
    )
    return [row[0] for row in rows]


_RECORD: Final = """
WITH new AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('events_event', 'id')) AS id, row.*
  FROM unnest(%(kinds)b::text[], %(actor_kinds)b::text[], %(actors)s::bigint[], %(conversations)s::bigint[],
              %(inboxes)s::bigint[], %(subjects)s::bigint[], %(data)b::text[], %(told)b::text[],
              %(due)s::timestamptz[])
       WITH ORDINALITY AS row(kind, actor_kind, actor, conversation, inbox, subject, data, told, due, number)
), recorded AS (
  INSERT INTO events_event (id, kind, at, actor_kind, actor_id, conversation_id, inbox_id, subject_id, data)
  SELECT id, kind, %(at)s, actor_kind, actor, conversation, inbox, subject, data::jsonb FROM new ORDER BY number
), queued AS (
  SELECT procrastinate_defer_jobs_v1(array_agg(
    ROW(job.queue, job.task, job.priority, NULL, NULL, jsonb_build_object('event_id', new.id), new.due
       )::procrastinate_job_to_defer_v1 ORDER BY number)) AS jobs
  FROM unnest(%(followed)s::bigint[], %(queues)b::text[], %(tasks)b::text[], %(priorities)s::int[])
       AS job(number, queue, task, priority) JOIN new USING (number)
), notified AS (
  SELECT count(pg_notify(%(channel)s, (told::jsonb || jsonb_build_object('seq', id))::text)) AS notes
  FROM (SELECT told, id FROM new WHERE told IS NOT NULL ORDER BY number) AS shown
)
SELECT new.id FROM new, queued, notified ORDER BY number
"""


@functools.cache
def reactions() -> dict[Kind, list[Reaction]]:
    """The table of config/reactions.py, found by the name in settings."""
    table: dict[Kind, list[Reaction]] = import_string(settings.REACTIONS)
    return table


def _told(new: NewEvent) -> str | None:
    """What open pages hear, but for the event's id; None for what they do not show."""
    if new.kind in QUIET:
        return None
    return json.dumps(
        {
            "kind": new.kind.value,
            "conversation": new.conversation_id,
            "inbox": new.inbox_id,
            "assignee": new.assignee_id,
            **({"user": new.data.get("user")} if new.kind in FOR_ONE else {}),
        }
    )
