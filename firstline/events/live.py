"""Live updates: one LISTEN connection a process, fanned out to open pages as ids only (ground.md G9).

Each payload is `{kind, conversation, inbox, assignee, seq}`, or `{kind, conversation, inbox, person}` for who is here,
which is kept nowhere. A page fetches what it shows through an ordinary view.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psycopg
from django.db import connection

from firstline.events.kinds import Kind
from firstline.events.recording import CHANNEL

KEEP_ALIVE_SECONDS = 25
QUEUE_LENGTH = 200
RECONNECT_SECONDS = 1.0
ALLOWED = ("kind", "conversation", "inbox", "assignee", "person", "seq")

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Stream:
    """One open page: whose it is, which inboxes they may see, and what waits to be written."""

    user_id: int
    inbox_ids: frozenset[int]
    queue: "asyncio.Queue[str]" = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))

    def offer(self, event: str) -> None:
        """Queue an event; a page that is too slow to read is told to start afresh instead."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            event = "resync"
        self.queue.put_nowait(event)


class Hub:
    """The process's listener and its open pages."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self._task: asyncio.Task[None] | None = None

    def join(self, stream: Stream) -> None:
        """Add a page; the first one starts the listener."""
        self.streams.add(stream)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._listen())

    def leave(self, stream: Stream) -> None:
        """Remove a page; the last one ends the listener."""
        self.streams.discard(stream)
        if not self.streams and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except psycopg.Error as error:
                log.warning("Live updates lost the database (%s); trying again", type(error).__name__)
            self._tell_all("resync")
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        parameters = {key: value for key, value in connection.get_connection_params().items() if key in LIBPQ_KEYS}
        async with await psycopg.AsyncConnection.connect(autocommit=True, **parameters) as listening:
            await listening.execute(f"LISTEN {CHANNEL}")
            # What came while nobody listened is not repeated: pages must look again.
            self._tell_all("resync")
            async for note in listening.notifies():
                self.publish(json.loads(note.payload))

    def publish(self, payload: dict[str, object]) -> None:
        """Hand an event to the pages that may see its inbox; the end of somebody's access ends their pages (S-31)."""
        shown = json.dumps({key: payload[key] for key in ALLOWED if key in payload}, separators=(",", ":"))
        if payload.get("kind") == Kind.ACCESS_REVOKED:
            self._revoke(payload.get("user"))
            return
        inbox, only = payload.get("inbox"), payload.get("user")
        for stream in self.streams:
            if (inbox is None or inbox in stream.inbox_ids) and only in (None, stream.user_id):
                stream.offer(shown)

    def _revoke(self, user_id: object) -> None:
        for stream in self.streams:
            if stream.user_id == user_id:
                stream.offer("bye")

    def _tell_all(self, event: str) -> None:
        for stream in self.streams:
            stream.offer(event)


LIBPQ_KEYS = {
    "dbname",
    "user",
    "password",
    "host",
    "port",
    "target_session_attrs",
    "connect_timeout",
    "sslmode",
    "sslrootcert",
    "options",
}
hub = Hub()


async def messages(stream: Stream) -> AsyncIterator[bytes]:
    """The page's event stream (WHATWG HTML, server-sent events), until it is closed or its access ends."""
    hub.join(stream)
    try:
        yield b"retry: 3000\n\n"
        while True:
            try:
                event = await asyncio.wait_for(stream.queue.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            yield _frame(event)
            if event == "bye":
                return
    finally:
        hub.leave(stream)


def _frame(event: str) -> bytes:
    if event in {"resync", "bye"}:
        return f"event: {event}\ndata: {{}}\n\n".encode()
    return f"event: change\ndata: {event}\n\n".encode()
