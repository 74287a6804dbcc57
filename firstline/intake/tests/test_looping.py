"""Machines that answer each other come to rest (S-12)."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from firstline.channels.base import Envelope
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.intake.actions import accept, process
from firstline.intake.tests.mails import raw_mail

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def inbox() -> Inbox:
    return create_inbox(channel="email", name="support", address="support@localhost")


def write(inbox: Inbox, at: datetime, *, to: str = "support@localhost", **mail: object) -> str:
    """Casey's mail arrives at that moment; its outcome."""
    raw = raw_mail(text=f"It is {at:%c} now.", **mail)  # type: ignore[arg-type]  # raw_mail's own arguments
    raw = raw.replace(b"Mon, 23 Nov 2026 09:14:00 +0000", format_datetime(at).encode())
    with clock.at(at):
        return process(accept(inbox, raw, Envelope(peer_ip="127.0.0.1", rcpt_to=(to,))).item_id)


def test_an_address_without_pause_is_held_for_an_hour_and_then_heard_again(inbox: Inbox) -> None:
    outcomes = [write(inbox, NOON + timedelta(minutes=number)) for number in range(13)]
    assert outcomes == ["new"] * 10 + ["quarantined:loop"] * 3
    assert write(inbox, NOON + timedelta(minutes=30)) == "quarantined:loop"
    assert write(inbox, NOON + timedelta(minutes=20), sender="Noor <noor@example.org>") == "new"
    assert write(inbox, NOON + timedelta(minutes=75)) == "new"


def test_a_busy_day_is_no_loop(inbox: Inbox) -> None:
    assert {write(inbox, NOON + timedelta(minutes=2 * number)) for number in range(20)} == {"new"}


def test_an_old_mailbox_taken_in_at_once_is_no_loop(inbox: Inbox) -> None:
    days = [NOON - timedelta(days=number) for number in range(15)]
    raws = [
        raw_mail(text=f"day {day:%d}").replace(b"Mon, 23 Nov 2026 09:14:00 +0000", format_datetime(day).encode())
        for day in days
    ]
    assert {process(accept(inbox, raw).item_id) for raw in raws} == {"new"}


def test_a_machine_that_answers_every_mail_is_silent_after_three(inbox: Inbox) -> None:
    first = "<question@example.org>"
    assert write(inbox, NOON, message_id=first) == "new"
    outcomes = [
        write(inbox, NOON + timedelta(minutes=number), headers={"Auto-Submitted": "auto-replied"}, in_reply_to=first)
        for number in range(1, 6)
    ]
    assert outcomes == ["auto_reply"] * 3 + ["quarantined:loop"] * 2
    assert Conversation.objects.get().messages.count() == 4
