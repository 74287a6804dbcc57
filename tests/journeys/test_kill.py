"""`kill -9` of any one process while 500 mails arrive: none is lost, none becomes two (issue 2; ground.md G11, G14)."""

import json
import os
import signal
import smtplib
import subprocess
import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from firstline.operations import processes, supervisor
from firstline.operations.bench.meter import descendants
from firstline.operations.bench.whole import Desk, fresh_home, running_desk
from firstline.operations.postgres import Cluster

pytestmark = pytest.mark.journey

MAILS, SENDERS = 500, 5
PATIENCE = 240.0


def _raw(number: int) -> bytes:
    return (
        f"From: Person {number} <person{number}@example.org>\r\nTo: support@localhost\r\nSubject: Mail {number}\r\n"
        f"Message-ID: <kill-{number}@example.org>\r\nDate: Mon, 23 Nov 2026 09:14:00 +0000\r\n\r\n"
        f"This is mail number {number}. npm install stops with ERESOLVE.\r\n"
    ).encode()


class Senders:
    """Mail servers as they are: each sends its mails one by one, and again until the desk has said 250."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken = 0
        self.retries = 0
        self.problems: list[str] = []
        self._counting = threading.Lock()
        self._threads = [threading.Thread(target=self._send_share, args=[start]) for start in range(SENDERS)]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Until everything was taken."""
        for thread in self._threads:
            thread.join(PATIENCE)

    def wait_for(self, count: int) -> None:
        """Until that many were taken."""
        end = time.monotonic() + PATIENCE
        while self.taken < count and time.monotonic() < end:
            time.sleep(0.01)

    def _send_share(self, start: int) -> None:
        waiting = [_raw(number) for number in range(start, MAILS, SENDERS)]
        end = time.monotonic() + PATIENCE
        while waiting and time.monotonic() < end:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
                    while waiting:
                        client.sendmail("person@example.org", ["support@localhost"], waiting[0])
                        waiting.pop(0)
                        self._count(taken=1)
            except smtplib.SMTPResponseException as error:
                if error.smtp_code >= 500:
                    self.problems.append(str(error))
                self._count(retries=1)
            except smtplib.SMTPRecipientsRefused as error:
                if any(code >= 500 for code, _ in error.recipients.values()):
                    self.problems.append(str(error))
                self._count(retries=1)
            except (OSError, smtplib.SMTPException):
                self._count(retries=1)

    def _count(self, *, taken: int = 0, retries: int = 0) -> None:
        with self._counting:
            self.taken += taken
            self.retries += retries
        if retries:
            time.sleep(0.1)


def _head(desk: Desk, role: str) -> int:
    """The process that the supervisor started for a role."""
    everything = descendants(desk.process.pid)
    return next(pid for pid in sorted(everything) if processes.command_line(pid)[-1:] == [role])


def _postmaster(desk: Desk) -> int:
    found = Cluster(desk.home).pid()
    assert found is not None
    return found


def _kill(find: Callable[[], int]) -> None:
    """Kill what `find` gives, and wait until something new stands in its place."""
    victim = find()
    os.kill(victim, signal.SIGKILL)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.1)
        try:
            if find() != victim:
                return
        except (AssertionError, StopIteration):
            continue
    pytest.fail("What was killed did not come back.")


def test_no_mail_is_lost_or_doubled_whatever_is_killed() -> None:
    with fresh_home() as home, running_desk(home) as desk:
        senders = Senders(desk.smtp_port)
        senders.start()
        victims: list[Callable[[], int]] = [
            lambda: _head(desk, "intake"),
            lambda: _head(desk, "worker"),
            lambda: _head(desk, "web"),
            lambda: _postmaster(desk),
        ]
        for number, find in enumerate(victims, start=1):
            senders.wait_for(number * MAILS // (len(victims) + 1))
            _kill(find)
        senders.wait()
        assert senders.problems == []
        assert senders.taken == MAILS
        desk.wait_until_processed()
        words = supervisor.command("ledger", "check", "--json")
        done = subprocess.run(words, env=desk.environment(), capture_output=True, text=True, check=False)
        ledger = json.loads(done.stdout)
        (inbox,) = ledger["inboxes"]
        assert ledger["ok"], ledger
        assert (inbox["received"], inbox["missing"], inbox["outcomes"]) == (MAILS, 0, {"new": MAILS}), ledger
        with psycopg.connect(Cluster(desk.home).url("owner")) as connection:
            row = connection.execute(
                "SELECT count(*), count(DISTINCT text) FROM conversations_message WHERE author_identity_id IS NOT NULL"
            ).fetchone()
        assert row == (MAILS, MAILS)
