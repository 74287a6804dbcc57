"""`make test-kill`: processes die by `kill -9` while mails arrive and replies leave; nothing is lost, nothing is said
twice (ground.md G11, G13, G14).

The test in CI is a shorter run of the same.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import psycopg

from firstline.operations.postgres import Cluster
from tests.journeys.desk import Desk, new_home, wait_for
from tests.journeys.test_up import role
from tests.shared import ROOT

SENDERS = 5
ADDRESS = "support@localhost"
REPLIER = """
import time
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from firstline.accounts.actions import create_user
from firstline.accounts.models import User
from firstline.accounts.permissions import Role
from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation, Message

wanted = {wanted}
done = 0
while done < wanted:
    try:
        ada = User.objects.filter(email="ada@orbit.example").first() or create_user(
            "ada@orbit.example", name="Ada Brook", roles=[Role.AGENT])
        answered = Message.objects.filter(author_user__isnull=False)
        done = answered.count()
        waiting = Conversation.objects.exclude(pk__in=answered.values("conversation"))
        for conversation in waiting.order_by("pk")[:min(20, wanted - done)]:
            replying.reply(conversation, by=ada, text=f"Run npm login again, please ({{conversation.pk}}).")
    except (DatabaseError, InterfaceError):
        connection.close()
    close_old_connections()
    time.sleep(0.2)
"""


def plain_mail(number: int) -> bytes:
    """One of many mails, each of another person's."""
    return (
        f"From: Person {number} <person{number}@example.org>\r\nTo: {ADDRESS}\r\nSubject: Mail {number}\r\n"
        f"Message-ID: <kill-{number}@example.org>\r\nDate: Mon, 23 Nov 2026 09:14:00 +0000\r\n\r\n"
        f"This is mail number {number}. npm install stops with ERESOLVE.\r\n"
    ).encode()


class Senders:
    """Mail servers as they are: each sends its mails one by one, and again until the desk has said 250."""

    def __init__(self, port: int, mails: list[bytes], *, patience: float = 240.0) -> None:
        self.port, self.mails, self.patience = port, mails, patience
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
            thread.join(self.patience)

    def wait_for(self, count: int) -> None:
        """Until that many were taken."""
        end = time.monotonic() + self.patience
        while self.taken < count and time.monotonic() < end:
            time.sleep(0.01)

    def _send_share(self, start: int) -> None:
        waiting = self.mails[start::SENDERS]
        end = time.monotonic() + self.patience
        while waiting and time.monotonic() < end:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
                    while waiting:
                        client.sendmail("person@example.org", [ADDRESS], waiting[0])
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


@dataclass
class Outcome:
    """What is left when the smoke has cleared. `copies` counts how often each Message-ID of a reply arrived, `doubled`
    replies that arrived under more than one.
    """

    mails: int
    retries: int
    problems: list[str]
    killed: Counter[str]
    ledger: dict[str, Any]
    doubled: int
    messages: tuple[int, int]
    replies: dict[str, tuple[str, int]] = field(repr=False)
    copies: Counter[str] = field(repr=False)

    @property
    def lost(self) -> set[str]:
        """Replies that nobody got."""
        return set(self.replies) - set(self.copies)

    @property
    def twice(self) -> set[str]:
        """Replies that were handed over more than once, under one Message-ID."""
        return {one for one, count in self.copies.items() if count > 1}

    @property
    def unexplained(self) -> set[str]:
        """Those of them that the desk did not know to have been in flight when something died."""
        return {one for one in self.twice if self.replies.get(one, ("", 0))[1] < 2}


def run(desk: Desk, *, mails: int, victims: list[str], replies: int, luck: random.Random) -> Outcome:
    """Send, answer and kill, one victim after the other, until everything is accounted for."""
    senders = Senders(desk.smtp_port, [plain_mail(number) for number in range(mails)], patience=1800)
    senders.start()
    replier = _start_replier(desk, replies) if replies else None
    for number, victim in enumerate(victims):
        senders.wait_for(int((number + luck.uniform(0.5, 1.0)) * mails / (len(victims) + 1)))
        kill(desk, victim)
    senders.wait()
    wait_for(
        lambda: _count(desk, "intake_inbounditem WHERE outcome = 'pending'") == 0, "every item has an outcome", 3600
    )
    if replier is not None:
        wait_for(lambda: replier.poll() is not None, "everything was answered", 900)
    wait_for(lambda: _count(desk, f"conversations_message WHERE state IN {_UNDERWAY}") == 0, "every reply left", 900)
    arrived = [(str(mail["Message-ID"]), _first_line(mail)) for _, mail in list(desk.mailbox.mails)]
    return Outcome(
        mails=senders.taken,
        retries=senders.retries,
        problems=senders.problems,
        killed=Counter(victims),
        ledger=json.loads(desk.command("ledger", "check", "--json")),
        messages=_messages(desk),
        replies=_replies(desk),
        copies=Counter(name for name, _ in arrived),
        doubled=len(dict(arrived)) - len({text for _, text in arrived}),
    )


def _first_line(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()).splitlines()[0] if body is not None else ""


_UNDERWAY = "('queued', 'sending', 'unclear')"


def kill(desk: Desk, victim: str) -> None:
    """Kill a role (or `postgres`), and wait until something new stands in its place."""
    find: Callable[[], int | None] = (
        Cluster(desk.home).pid if victim == "postgres" else lambda: role(desk, victim)  # a role's own process
    )
    pid = wait_for(find, f"{victim} runs", 90)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: (found := find()) != pid and found, f"{victim} is back", 90)


def _start_replier(desk: Desk, wanted: int) -> subprocess.Popen[bytes]:
    code = REPLIER.format(wanted=wanted)
    return subprocess.Popen(
        [sys.executable, "-m", "firstline.config.cli", "shell", "-v", "0", "-c", code],
        env=desk.environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
    )


def _count(desk: Desk, rows: str) -> int:
    """How many; -1 while the database that was killed is not back yet."""
    try:
        with psycopg.connect(Cluster(desk.home).url("owner")) as connection:
            found = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()
    except psycopg.OperationalError:
        return -1
    return int(found[0]) if found else -1


def _messages(desk: Desk) -> tuple[int, int]:
    """How many messages of contacts there are, and how many different ones."""
    query = "SELECT count(*), count(DISTINCT text) FROM conversations_message WHERE author_identity_id IS NOT NULL"
    with psycopg.connect(Cluster(desk.home).url("owner")) as connection:
        found = connection.execute(query).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def _replies(desk: Desk) -> dict[str, tuple[str, int]]:
    """State and tries of each reply by its Message-ID."""
    query = "SELECT message_id, state, attempts FROM conversations_message WHERE author_user_id IS NOT NULL"
    with psycopg.connect(Cluster(desk.home).url("owner")) as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def main() -> int:
    """Twenty kills at random, five thousand mails, a thousand replies; prints the figures, 1 when one is wrong."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--mails", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--replies", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    options = parser.parse_args()
    luck = random.Random(options.seed)
    victims = [luck.choice(("web", "worker", "intake", "postgres")) for _ in range(options.kills)]
    desk = Desk(new_home(), settings={"FIRSTLINE_UNDO_SECONDS": "0"})
    began = time.monotonic()
    try:
        done = run(desk.start(), mails=options.mails, victims=victims, replies=options.replies, luck=luck)
    finally:
        desk.remove()
    (inbox,) = done.ledger["inboxes"]
    states = Counter(state for state, _ in done.replies.values())
    print(f"seed {options.seed}, {time.monotonic() - began:.0f} s; killed {dict(done.killed)}")
    print(f"mails: {done.mails} taken, {done.retries} retries; ledger {inbox}; messages {done.messages}")
    print(f"replies: {dict(states)}, lost {len(done.lost)}, under two Message-IDs {done.doubled},")
    print(f"  sent twice {len(done.twice)}, of which not known to be in flight {len(done.unexplained)}")
    held = done.messages == (options.mails, options.mails) and inbox["missing"] == 0 and not done.problems
    return 0 if held and not done.lost and not done.doubled and not done.unexplained else 1


if __name__ == "__main__":
    sys.exit(main())
