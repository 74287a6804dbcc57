"""Two Firstline desks face to face, both with acknowledgements and automatic answers: silent after three mails, even
when what lies between them takes off every mark of a machine (S-12, RFC 3834).
"""

from __future__ import annotations

import re
import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from firstline.answers.tests.test_answering import BODY, PASTE
from firstline.models_ai import languages
from firstline.operations.postgres import Cluster
from tests.journeys.desk import Desk, a_mail, free_port, new_home, wait_for

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not languages.available(), reason="the language model is not installed"),
]

MOST = 3
MARKS = re.compile(
    rb"(?im)^(?:auto-submitted|precedence|x-auto-response-suppress|in-reply-to|references):.*\r\n(?:[ \t].*\r\n)*"
)
SET_UP = f"""
from firstline.accounts.actions import create_user
from firstline.accounts.permissions import Role
from firstline.answers.models import Mode, Policy
from firstline.evidence import catalogue
from firstline.evidence.diagnose import diagnose
from firstline.inboxes.models import Inbox
from firstline.knowledge import actions as knowledge

inbox = Inbox.objects.get()
inbox.settings = {{**inbox.settings, "acknowledge": "1"}}
inbox.save()
lena = create_user("lena@team.example", name="Lena Hill", roles=[Role.LEAD])
reading = diagnose({PASTE!r}, catalogue.load())
article = knowledge.draft_article(
    by=lena, title="EACCES on global installs", body={BODY!r}, signatures=[reading.signature])
knowledge.publish(article, by=lena)
Policy.objects.create(
    inbox=inbox, case=reading.case, mode=Mode.ANSWER, threshold=0.0, reason="Proven", decided_by=lena)
"""


@dataclass
class Between:
    """The two desks' own mail servers in one: passes each mail to its desk with the word that its sender is proved."""

    desks: dict[str, Desk] = field(default_factory=dict)
    strips: bool = False
    passed: list[tuple[str, str]] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail and hand it on (aiosmtpd's handler protocol)."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        for recipient in envelope.rcpt_tos:
            threading.Thread(target=self.hand_on, args=(content, envelope.mail_from or "", recipient)).start()
        return "250 passed on"

    def hand_on(self, raw: bytes, mail_from: str, recipient: str) -> None:
        """Give one mail to the desk of its recipient's domain; without its marks, when those are stripped."""
        sender = re.search(rb"(?im)^from:.*?([\w.+-]+@[\w.-]+)", raw)
        address = sender.group(1).decode() if sender else mail_from
        if self.strips:
            raw, mail_from = MARKS.sub(b"", raw), address
        self.passed.append((address, recipient))
        desk = self.desks[recipient.rpartition("@")[2]]
        proof = f"Authentication-Results: mx.test; dkim=pass header.d={address.rpartition('@')[2]}\r\n".encode()
        with smtplib.SMTP("127.0.0.1", desk.smtp_port, timeout=30) as client:
            client.sendmail(mail_from, [recipient], proof + raw)


@contextmanager
def two_desks() -> Iterator[Between]:
    """alpha.example and beta.example, each sending through what lies between."""
    between = Between()
    post = Controller(between, hostname="127.0.0.1", port=between.port)
    post.start()
    for domain in ("alpha.example", "beta.example"):
        settings = {
            "FIRSTLINE_SUPPORT_ADDRESS": f"support@{domain}",
            "FIRSTLINE_AUTHSERV_ID": "mx.test",
            "FIRSTLINE_OUTGOING_SMTP": f"smtp://127.0.0.1:{between.port}",
        }
        between.desks[domain] = Desk(new_home(), settings=settings)
    try:
        for desk in between.desks.values():
            desk.start()
            desk.shell(SET_UP)
        wait_for(lambda: all(_quiet(desk) for desk in between.desks.values()), "the articles are indexed", 60)
        yield between
    finally:
        for desk in between.desks.values():
            desk.remove()
        post.stop()


def _quiet(desk: Desk) -> bool:
    """Whether nothing is under way. An acknowledgement that waits its minute is made due once nothing else is: by then
    it is known whether the question answers itself.
    """
    with psycopg.connect(Cluster(desk.home).url("owner"), autocommit=True) as database:
        row = database.execute(
            """SELECT (SELECT count(*) FROM intake_inbounditem WHERE outcome = 'pending')
                    + (SELECT count(*) FROM conversations_message WHERE state IN ('queued', 'sending', 'unclear'))
                    + count(*) FILTER (WHERE task_name <> 'intake.acknowledge' OR status = 'doing'),
                      count(*) FILTER (WHERE task_name = 'intake.acknowledge' AND status = 'todo')
               FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND args ? 'event_id'"""
        ).fetchone()
        if row is not None and row[0] == 0 and row[1]:
            database.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = now()"
                " WHERE task_name = 'intake.acknowledge' AND status = 'todo'"
            )
    return row == (0, 0)


def _silence(between: Between) -> None:
    """Wait until nothing has been under way anywhere for a while."""
    since = time.monotonic()

    def silent() -> bool:
        nonlocal since
        before = len(between.passed)
        if not all(_quiet(desk) for desk in between.desks.values()) or len(between.passed) != before:
            since = time.monotonic()
        return time.monotonic() - since > 2

    wait_for(silent, "both desks are silent", 120)


def _write(between: Between, subject: str, text: str) -> int:
    """One mail of beta's to alpha, and how many there are in the end."""
    before = len(between.passed)
    raw = bytes(a_mail("Support <support@beta.example>", subject, text, to="support@alpha.example"))
    strips, between.strips = between.strips, False
    between.hand_on(raw, "support@beta.example", "support@alpha.example")
    between.strips = strips
    _silence(between)
    return len(between.passed) - before


def test_s12_two_desks_fall_silent_after_three_mails() -> None:
    with two_desks() as between:
        assert 2 <= _write(between, "EACCES", PASTE) <= MOST, between.passed
        answers = len(between.passed)
        between.strips = True
        assert 2 <= _write(between, "EACCES once more", f"Once more.\n\n{PASTE}") <= MOST, between.passed
        assert _write(between, "A question about names", "May I have the name kite? Nobody uses it.") <= MOST
        told = {sender for sender, _ in between.passed[answers:]}
        assert told == {"support@alpha.example", "support@beta.example"}, "both desks did speak"
        print(f"\nmails between the desks: {len(between.passed)} for three that were written")
