"""Between the mail listener and the database: which addresses are ours, and a writer that keeps many mails at once.

The listener runs on asyncio and may never wait for the database; what asks the database runs in a writer's thread.
A writer takes whatever has queued up and keeps it in one transaction (group commit): one fsync pays for many mails, and
nobody is told "kept" before it is. One writer keeps more than two would: two make batches of half the size.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from firstline.channels.base import Envelope
from firstline.core import clock
from firstline.inboxes.models import Inbox
from firstline.intake import actions, journal
from firstline.intake.actions import Offered
from firstline.intake.journal import Entry
from firstline.intake.smtp import Unavailable

BATCH = 64
_REFRESH_SECONDS = 5.0
_RECHECK_SECONDS = 1.0
_QUEUE_LIMIT = 1000
_GATHER_SECONDS = 0.004
_LOST = (OperationalError, InterfaceError)
_AWAY = (*_LOST, OSError)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Work:
    """Mails of one delivery and who waits for them; without mails, a wish to see the list of inboxes anew."""

    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]
    offered: list[Offered] = field(default_factory=list)

    def finish(self, error: Exception | None) -> None:
        """Tell the waiting coroutine, from the writer's thread."""
        self.loop.call_soon_threadsafe(self._set, error)

    def _set(self, error: Exception | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class DeskDoor:
    """The `Door` of a desk with a database. `start` it before the listener, `stop` it after."""

    def __init__(self) -> None:
        self._work: queue.Queue[_Work | None] = queue.Queue(_QUEUE_LIMIT)
        self._thread = threading.Thread(target=self._run, name="intake-writer", daemon=True)
        self._inboxes: dict[str, int] = {}
        self._refreshed = 0.0
        self._refusals: Counter[tuple[str, int | None, str]] = Counter()
        self._counting = threading.Lock()
        self._asked: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        """Keep what is queued, count the refusals, end; False when that took longer than `seconds`."""
        self._work.put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    async def find(self, address: str) -> int | None:
        """The inbox of `address` (`support+anything@` is `support@`); None when there is none.

        The list of inboxes is a few seconds old at most, and at most one second before somebody is refused. Raises
        Unavailable when it was never read.
        """
        key = base_address(address)
        age = time.monotonic() - self._refreshed
        if key not in self._inboxes and age > _RECHECK_SECONDS:
            await self._refresh()
        elif age > _REFRESH_SECONDS and self._asked is None:
            self._ask()
        if not self._refreshed:
            raise Unavailable
        return self._inboxes.get(key)

    async def take(self, inbox_ids: Sequence[int], raw: bytes, envelope: Envelope) -> None:
        """Wait until the mail is committed in every inbox. Raises Unavailable when it is not."""
        loop = asyncio.get_running_loop()
        work = _Work(loop, loop.create_future(), [Offered(inbox_id, raw, envelope) for inbox_id in inbox_ids])
        try:
            self._work.put_nowait(work)
        except queue.Full:
            raise Unavailable from None
        await work.done

    def refused(self, address: str, code: str) -> None:
        """Count a refusal; it is written with the next look at the inboxes."""
        inbox_id = self._inboxes.get(base_address(address))
        with self._counting:
            self._refusals[address if inbox_id else "", inbox_id, code] += 1

    def _ask(self) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        self._asked = loop.create_future()
        try:
            self._work.put_nowait(_Work(loop, self._asked))
        except queue.Full:
            self._asked.set_result(None)
        self._asked.add_done_callback(self._forget_asking)
        return self._asked

    def _forget_asking(self, _future: asyncio.Future[None]) -> None:
        self._asked = None

    async def _refresh(self) -> None:
        await asyncio.shield(self._asked if self._asked is not None else self._ask())

    def _run(self) -> None:
        """A writer's thread: until told to end, and then until nothing is left."""
        running = True
        usual = 0
        while running:
            batch = self._queued(usual)
            running = None not in batch
            usual = sum(len(one.offered) for one in batch if one is not None)
            work = [one for one in batch if one is not None]
            self._keep([one for one in work if one.offered])
            asking = [one for one in work if not one.offered]
            if asking or self._refusals or time.monotonic() - self._refreshed > _REFRESH_SECONDS:
                self._look()
            for one in asking:
                one.finish(None)
        connection.close()

    def _queued(self, usual: int) -> list[_Work | None]:
        """What waits now, at most `BATCH` mails; nothing after some seconds of silence.

        While several senders are busy it waits a few milliseconds for as many mails as came last time (`usual`): their
        answers went out together, so their next mails are on the way, and one transaction is cheaper than two.
        """
        try:
            batch = [self._work.get(timeout=_REFRESH_SECONDS)]
        except queue.Empty:
            return []
        mails = len(batch[0].offered) if batch[0] else 0
        end = time.monotonic() + _GATHER_SECONDS
        while mails < BATCH and batch[-1] is not None:
            left = end - time.monotonic() if mails < usual else 0.0
            try:
                batch.append(self._work.get(timeout=left) if left > 0 else self._work.get_nowait())
            except queue.Empty:
                break
            mails += len(batch[-1].offered) if batch[-1] else 0
        return batch

    def _keep(self, batch: list[_Work]) -> None:
        if not batch:
            return
        try:
            self._accept([offered for work in batch for offered in work.offered])
        except _AWAY as error:
            self._give_back(batch, error)
        except DatabaseError as error:
            if len(batch) == 1:
                self._give_back(batch, error)
            else:
                for work in batch:
                    self._keep([work])
        else:
            for work in batch:
                work.finish(None)

    def _accept(self, offered: list[Offered]) -> None:
        """Keep them all; once more on a new connection when the old one turns out to be dead.

        The first try may have been committed without our hearing of it: then the second finds them as seen.
        """
        try:
            accepted = actions.accept_many(offered)
        except _LOST:
            connection.close()
            accepted = actions.accept_many(offered)
        now = clock.now()
        self._note(
            [Entry(now, one.inbox_id, kept.key, len(one.raw)) for one, kept in zip(offered, accepted, strict=True)]
        )

    def _note(self, entries: list[Entry]) -> None:
        """Write them into the journal. A journal that cannot be written proves less; it keeps no mail out."""
        try:
            journal.note(entries)
        except OSError as error:
            logger.warning("%d mails could not be noted in the journal: %s", len(entries), type(error).__name__)

    def _give_back(self, batch: list[_Work], error: Exception) -> None:
        """Not kept: the senders keep it. The connection may be broken, so the next batch gets a new one."""
        logger.warning("%d mails could not be kept for now: %s", len(batch), type(error).__name__)
        connection.close()
        for work in batch:
            work.finish(Unavailable())

    def _look(self) -> None:
        """Read the list of inboxes and write the counted refusals; when the database is away, later."""
        try:
            inboxes = Inbox.objects.filter(channel="email", is_active=True).values_list("address", "pk")
            self._inboxes = {address.lower(): pk for address, pk in inboxes}
            self._refreshed = time.monotonic()
            self._count_refusals()
        except (*_AWAY, DatabaseError) as error:
            logger.warning("The inboxes could not be read: %s", type(error).__name__)
            connection.close()

    def _count_refusals(self) -> None:
        with self._counting:
            refusals, self._refusals = self._refusals, Counter()
        inboxes = Inbox.objects.in_bulk([inbox_id for _, inbox_id, _ in refusals if inbox_id])
        for (address, inbox_id, code), count in refusals.items():
            actions.refuse(address, inboxes.get(inbox_id) if inbox_id else None, code, count=count)


def base_address(address: str) -> str:
    """The inbox's part of an address: lower case, without what follows `+` in its local part."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
