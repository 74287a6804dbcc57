"""Mailboxes that the desk reads itself: one thread each, within the intake role. IDLE wakes it, else it polls.
Networks that the desk asks (`polling.py`) have their threads here as well.

The place in a mailbox moves only after `accept_many` has committed, so a crash takes mail again, and the keyed hash of
the bytes then knows it. A changed UIDVALIDITY (RFC 3501 section 2.3.1.1) voids all UIDs: everything since the beginning
is offered again in the same way.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Sequence

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from firstline.channels.base import ChannelError
from firstline.channels.email import accounts, imap
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Inbox, Mailbox
from firstline.intake import actions, polling
from firstline.intake.actions import Offered

BATCH, BATCH_BYTES = 20, 8 * 1024 * 1024
WAIT_SECONDS = 5.0
"""How long a reader waits before it renews its hold; IDLE wakes it at once when mail comes."""
LOOK_SECONDS = 3.0
LONGEST_PAUSE, REFUSED_PAUSE = 300.0, 30.0
_AWAY = (DatabaseError, InterfaceError, OSError)

logger = logging.getLogger(__name__)


def take_new(mailbox: Mailbox, box: imap.Mailbox) -> int:
    """Take everything behind the mailbox's place; returns how many mails. Raises ChannelError, OperationalError."""
    taken = 0
    for uids in imap.batches(box.sizes(_new(mailbox, box)), count=BATCH, size=BATCH_BYTES):
        raws = box.fetch(uids)
        accepted = actions.accept_many([Offered(mailbox.inbox_id, raw) for raw in raws.values()])
        items = {uid: one.item_id for uid, one in zip(raws, accepted, strict=True)}
        inboxes.note_taken(mailbox, box.validity, items, uids[-1])
        box.settle(list(raws))
        taken += len(raws)
    return taken


def _new(mailbox: Mailbox, box: imap.Mailbox) -> Sequence[int]:
    """UIDs to take. The first look at a mailbox begins at its end, unless everything in it is wanted."""
    if mailbox.uidvalidity == box.validity:
        return box.after(mailbox.uid)
    if mailbox.begins_at is None:
        return box.after(0)
    begins_at = mailbox.begins_at.replace(microsecond=0)  # INTERNALDATE has whole seconds
    return [uid for uid, got in box.since(begins_at.date()).items() if got >= begins_at]


class Readers:
    """Keeps one reader for each active inbox whose mail is fetched. `start` it beside the listener, then `stop`."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._readers: dict[int, _Reader] = {}
        self._thread = threading.Thread(target=self._run, name="mailboxes", daemon=True)

    def start(self) -> None:
        """Begin to look which mailboxes there are."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Let every reader finish the batch it is keeping, at most for `seconds`."""
        self._stopping.set()
        for reader in list(self._readers.values()):
            reader.stopping.set()
        self._thread.join(seconds)
        for reader in list(self._readers.values()):
            reader.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except _AWAY as error:
                logger.warning("The mailboxes could not be listed: %s", type(error).__name__)
            close_old_connections()
            self._stopping.wait(LOOK_SECONDS)
        connection.close()

    def _look(self) -> None:
        wanted = {
            inbox.pk: repr(sorted(inbox.settings.items(), key=str))
            for inbox in Inbox.objects.filter(is_active=True)
            if inbox.shown_settings().get("in_via") in accounts.FETCHED or polling.is_asked(inbox)
        }
        for pk, reader in list(self._readers.items()):
            if wanted.get(pk) != reader.version or not reader.is_alive():
                reader.stopping.set()
                if not reader.is_alive():
                    del self._readers[pk]
        for pk in wanted.keys() - self._readers.keys():
            if not self._stopping.is_set():
                self._readers[pk] = _Reader(pk, wanted[pk])
                self._readers[pk].start()


class _Reader(threading.Thread):
    """Reads one mailbox until told to stop; whatever fails is noted, and tried again after a growing pause."""

    def __init__(self, inbox_id: int, version: str) -> None:
        super().__init__(name=f"mailbox-{inbox_id}", daemon=True)
        self.inbox_id = inbox_id
        self.version = version
        self.stopping = threading.Event()
        self._holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"

    def run(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            try:
                pause = 1.0 if self._read() else pause
            except ChannelError as error:
                self._note(error)
                # A wrong password does not get right by itself, and some servers lock who tries too often.
                pause = min(LONGEST_PAUSE, max(pause * 2, REFUSED_PAUSE if error.permanent else 0))
                pause = max(pause, error.retry_after)
            except _AWAY as error:
                logger.warning("Mailbox %d: %s; trying again", self.inbox_id, type(error).__name__)
                pause = min(30.0, pause * 2)
            finally:
                connection.close()
            self.stopping.wait(pause)

    def _read(self) -> bool:
        """One connection, for as long as it holds. False when another process reads this mailbox."""
        inbox = Inbox.objects.filter(pk=self.inbox_id).first()
        if inbox is None:
            self.stopping.set()
            return False
        mailbox = inboxes.mailbox_of(inbox)
        if not inboxes.hold(mailbox, self._holder):
            return False
        mailbox.refresh_from_db()
        if inbox.channel != "email":
            self._ask(mailbox)
            return True
        try:
            account = accounts.imap_account(inboxes.settings_to_send(inbox))
        except ValueError as error:
            raise ChannelError(str(error), permanent=True) from error
        try:
            with imap.Mailbox(account) as box:
                inboxes.note_connected(mailbox)
                self._listen(mailbox, box)
        except imap.Refused:
            inboxes.distrust_token(inbox)
            raise
        finally:
            inboxes.let_go(mailbox, self._holder)
        return True

    def _ask(self, mailbox: Mailbox) -> None:
        """Look into a source that is no mailbox, for as long as it answers."""
        try:
            polling.follow(mailbox, self._holds(mailbox), self.stopping)
        finally:
            inboxes.let_go(mailbox, self._holder)

    def _holds(self, mailbox: Mailbox) -> Callable[[], bool]:
        return lambda: not self.stopping.is_set() and inboxes.hold(mailbox, self._holder)

    def _listen(self, mailbox: Mailbox, box: imap.Mailbox) -> None:
        if not mailbox.uidvalidity and mailbox.begins_at is not None:
            inboxes.place_at(mailbox, box.validity, box.next_uid - 1)
        holds = self._holds(mailbox)
        while holds():
            take_new(mailbox, box)
            connection.close()
            box.wait(WAIT_SECONDS, self.stopping.is_set)

    def _note(self, error: ChannelError) -> None:
        logger.warning("Mailbox %d: %s; trying again", self.inbox_id, type(error).__name__)
        mailbox = Mailbox.objects.filter(inbox_id=self.inbox_id).first()
        if mailbox is not None:
            inboxes.note_failure(mailbox, error.sentence, for_good=error.permanent)
