"""Sources that the desk asks: one look after another, as often as the channel says, and whenever its bell rings.

The place moves in the transaction that takes what lies before it, so that a crash takes nothing twice and loses
nothing: what comes again is known by its key.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import connection, transaction

from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.channels.networks.api import SignedOut
from firstline.channels.port import Channel
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox, Mailbox
from firstline.intake import actions
from firstline.intake.actions import Offered

SLICE_SECONDS = 0.5
BELL_PAUSE, LONGEST_BELL_PAUSE = 5.0, 300.0

logger = logging.getLogger(__name__)


def is_asked(inbox: Inbox) -> bool:
    """Whether the desk asks this inbox's source by itself."""
    return registry.get(inbox.channel).pace(inbox.shown_settings()) > 0


def take_new(mailbox: Mailbox) -> int:
    """Take everything behind the place; how many things that was. Raises ChannelError, OperationalError."""
    taken, more = 0, True
    while more:
        count, more = _take_page(mailbox)
        taken += count
    return taken


def _take_page(mailbox: Mailbox) -> tuple[int, bool]:
    inbox = mailbox.inbox
    inboxes.allow_reading(inbox)
    options = inboxes.settings_to_send(inbox)
    try:
        with inboxes.measured(inbox, only_reads=True):
            polled = registry.get(inbox.channel).poll(inboxes.place_of(mailbox), options)
    except SignedOut:
        inboxes.distrust_token(inbox)
        raise
    offered = [Offered(inbox.pk, one.raw, one.envelope, one.key) for one in polled.arrivals]
    with transaction.atomic():
        accepted = actions.accept_many(offered) if offered else []
        inboxes.note_polled(mailbox, polled.place, took=bool(accepted))
        inboxes.note_used(inbox, polled.used)
    return len(accepted), polled.more


def follow(mailbox: Mailbox, holds: Callable[[], bool], stopping: threading.Event) -> None:
    """Look again and again while `holds()` says that the source is ours to ask. Raises ChannelError."""
    inbox = mailbox.inbox
    channel, pace = registry.get(inbox.channel), registry.get(inbox.channel).pace(inbox.shown_settings())
    bell = Bell(channel, inbox)
    due, is_first = time.monotonic(), True
    try:
        while holds():
            if bell.rang.is_set() or time.monotonic() >= due:
                bell.rang.clear()
                due = time.monotonic() + pace
                take_new(mailbox)
                if is_first:
                    inboxes.note_connected(mailbox)
                    bell.start()
                is_first = False
            connection.close()
            _wait(bell.rang, stopping, min(5.0, due - time.monotonic()))
    finally:
        bell.stopping.set()


def _wait(rang: threading.Event, stopping: threading.Event, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not stopping.is_set() and time.monotonic() < until and not rang.wait(SLICE_SECONDS):
        pass


class Bell(threading.Thread):
    """Listens to a source that rings when something came; what came is fetched by looking, as without a bell."""

    def __init__(self, channel: Channel, inbox: Inbox) -> None:
        super().__init__(name=f"bell-{inbox.pk}", daemon=True)
        self.rang, self.stopping = threading.Event(), threading.Event()
        self._channel, self._inbox = channel, inbox

    def run(self) -> None:
        pause = BELL_PAUSE
        while not self.stopping.is_set():
            try:
                rings = self._channel.listen(inboxes.settings_to_send(self._inbox))
                if rings is None:
                    return
                for _ in rings:
                    pause = BELL_PAUSE
                    self.rang.set()
                    if self.stopping.is_set():
                        return
            except ChannelError as error:
                logger.info("Inbox %d: %s", self._inbox.pk, error.sentence)
            finally:
                connection.close()
            self.rang.set()  # what came while the line was dead is fetched now
            self.stopping.wait(pause)
            pause = min(LONGEST_BELL_PAUSE, pause * 2)
