"""The spine: an action records an event; the table in config/reactions.py says what follows."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event

CHANNEL = "firstline"
QUIET = {Kind.INBOUND_ACCEPTED, Kind.DIAGNOSIS_MADE, Kind.USER_CREATED}
"""Kinds that no open page shows: they spare the commit lock that NOTIFY takes."""


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
) -> Event:
    """Write one event, queue what follows from it and tell open pages, all in the caller's transaction."""
    new = NewEvent(kind, by, conversation_id, inbox_id, subject_id, assignee_id, due, data)
    return record_all([new])[0]


def record_all(news: Sequence[NewEvent]) -> list[Event]:
    """The same for many: one INSERT, one enqueueing statement, one NOTIFY for each event that pages show."""
    now = clock.now()
    events = Event.objects.bulk_create(
        Event(
            kind=new.kind,
            at=now,
            actor_kind=new.by.actor_kind,
            actor_id=new.by.actor_id,
            conversation_id=new.conversation_id,
            inbox_id=new.inbox_id,
            subject_id=new.subject_id,
            data=new.data,
        )
        for new in news
    )
    _enqueue(events, news)
    _notify(events, news)
    return events


@functools.cache
def reactions() -> dict[Kind, list[Reaction]]:
    """The table of config/reactions.py, found by the name in settings."""
    table: dict[Kind, list[Reaction]] = import_string(settings.REACTIONS)
    return table


def _enqueue(events: Sequence[Event], news: Sequence[NewEvent]) -> None:
    jobs = [
        Job(
            id=None,
            queue=reaction.queue,
            priority=reaction.priority,
            lock=None,
            queueing_lock=None,
            task_name=reaction.task,
            task_kwargs={"event_id": event.pk},
            scheduled_at=new.due,
        )
        for event, new in zip(events, news, strict=True)
        for reaction in reactions().get(new.kind, [])
    ]
    if jobs:
        app.job_manager.batch_defer_jobs(jobs)


def _notify(events: Sequence[Event], news: Sequence[NewEvent]) -> None:
    payloads = [
        json.dumps(
            {
                "kind": new.kind.value,
                "conversation": new.conversation_id,
                "inbox": new.inbox_id,
                "assignee": new.assignee_id,
                "seq": event.pk,
                **({"user": new.data.get("user")} if new.kind is Kind.ACCESS_REVOKED else {}),
            }
        )
        for event, new in zip(events, news, strict=True)
        if new.kind not in QUIET
    ]
    if payloads:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [CHANNEL, payloads])
