"""`kill -9` of any one process while 500 mails arrive: none is lost, none becomes two (issue 2; ground.md G11, G14)."""

import json
import os
import signal
import smtplib
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from firstline.operations.postgres import Cluster
from tests.journeys.desk import Desk, new_home, wait_for
from tests.journeys.test_up import role

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


@pytest.fixture
def own_desk() -> Iterator[Desk]:
    """A desk of this test's own, because it is hurt here."""
    running = Desk(new_home())
    try:
        yield running.start()
    finally:
        running.remove()


def _kill(find: Callable[[], int | None]) -> None:
    """Kill what `find` gives, and wait until something new stands in its place."""
    victim = wait_for(find, "the victim runs")
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: (found := find()) != victim and found, "what was killed is back", 90)


def _unfinished(desk: Desk) -> int:
    """Items without an outcome; -1 while the database that was killed is not back yet."""
    try:
        with psycopg.connect(Cluster(desk.home).url("owner")) as connection:
            row = connection.execute("SELECT count(*) FROM intake_inbounditem WHERE outcome = 'pending'").fetchone()
    except psycopg.OperationalError:
        return -1
    assert row is not None
    return int(row[0])


def test_no_mail_is_lost_or_doubled_whatever_is_killed(own_desk: Desk) -> None:
    senders = Senders(own_desk.smtp_port)
    senders.start()
    victims: list[Callable[[], int | None]] = [
        lambda: role(own_desk, "intake"),
        lambda: role(own_desk, "worker"),
        lambda: role(own_desk, "web"),
        lambda: Cluster(own_desk.home).pid(),
    ]
    for number, find in enumerate(victims, start=1):
        senders.wait_for(number * MAILS // (len(victims) + 1))
        _kill(find)
    senders.wait()
    assert senders.problems == []
    assert senders.taken == MAILS
    wait_for(lambda: _unfinished(own_desk) == 0, "every item has an outcome", 600)
    ledger = json.loads(own_desk.command("ledger", "check", "--json"))
    (inbox,) = ledger["inboxes"]
    assert (inbox["received"], inbox["missing"], inbox["outcomes"]) == (MAILS, 0, {"new": MAILS}), ledger
    with psycopg.connect(Cluster(own_desk.home).url("owner")) as connection:
        row = connection.execute(
            "SELECT count(*), count(DISTINCT text) FROM conversations_message WHERE author_identity_id IS NOT NULL"
        ).fetchone()
    assert row == (MAILS, MAILS)
    print(f"{MAILS} mails, {senders.retries} retries, {inbox['duplicated']} repeated")
