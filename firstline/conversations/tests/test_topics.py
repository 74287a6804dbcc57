"""A mail about something else in an old thread: the team is offered to split it out, the contact never hears of it."""

import pytest
from django.test import Client
from django.urls import reverse

from firstline.channels.base import Envelope
from firstline.conversations import topics
from firstline.conversations.models import Conversation, Message
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.intake.actions import accept, process
from firstline.intake.tests.mails import raw_mail
from tests import factories
from tests.factories import People

FIRST = "404 when I publish"


@pytest.mark.parametrize(
    "subject",
    [
        "Re: 404 when I publish",
        "RE: AW: Re[2]: 404 when I publish",
        "[npm-users] Re: 404 when I publish",
        "404 when I publish [SOLVED]",
        "Re: 404",
        "Re: 404 When I Publish?!",
        "回复: 404 when I publish",
        "",
        "Re:",
    ],
)
def test_the_same_topic_in_other_dress(subject: str) -> None:
    assert not topics.is_another(subject, FIRST)


@pytest.mark.parametrize(
    "subject",
    [
        "Invoice for March",
        "Re: Invoice for March",
        "Transfer of a name (was: 404 when I publish)",
        "Fwd: other question",
    ],
)
def test_another_topic(subject: str) -> None:
    assert topics.is_another(subject, FIRST)
    assert not topics.is_another(f"Re: {subject}", topics.topic(subject))


@pytest.fixture
def everybody(db: None) -> People:
    return factories.people()


def write(everybody: People, subject: str, *, answers: str = "") -> Message:
    """Casey's next mail."""
    address = everybody.inbox.address
    raw = raw_mail(to=address, subject=subject, text=f"About: {subject}", in_reply_to=answers)
    envelope = Envelope(peer_ip="192.0.2.1", mail_from="casey@example.org", rcpt_to=(address,))
    process(accept(everybody.inbox, raw, envelope).item_id)
    return Message.objects.latest("pk")


def page(everybody: People, conversation: Conversation) -> str:
    client = Client()
    client.force_login(everybody.ada)
    return client.get(reverse("conversations:fresh", args=[conversation.pk])).text


def press(everybody: People, name: str, message: Message, **values: str) -> int:
    client = Client()
    client.force_login(everybody.ada)
    return client.post(reverse(f"conversations:{name}", args=[message.pk]), values).status_code


def test_an_edited_subject_offers_the_split_once_and_the_split_takes_the_new_topic(everybody: People) -> None:
    first = write(everybody, FIRST)
    assert topics.CHANGED not in first.flags
    same = write(everybody, f"Re: {FIRST}", answers=first.message_id)
    assert (same.conversation_id, topics.CHANGED in same.flags) == (first.conversation_id, False)
    other = write(everybody, "Re: Invoice for March", answers=same.message_id)
    assert (other.conversation_id, topics.CHANGED in other.flags) == (first.conversation_id, True)
    again = write(everybody, "Re: Invoice for March", answers=other.message_id)
    assert topics.CHANGED not in again.flags
    shown = page(everybody, first.conversation)
    assert shown.count("Split it out") == 1
    assert "<strong>Invoice for March</strong>" in shown
    assert press(everybody, "split", other, subject=topics.topic(other.subject)) == 303
    other.refresh_from_db()
    assert other.conversation_id != first.conversation_id
    assert other.conversation.subject == "Invoice for March"
    assert "Split it out" not in page(everybody, other.conversation)
    assert "Split it out" not in page(everybody, first.conversation)


def test_the_offer_can_be_declined(everybody: People) -> None:
    first = write(everybody, FIRST)
    other = write(everybody, "Invoice for March", answers=first.message_id)
    assert "Split it out" in page(everybody, first.conversation)
    assert press(everybody, "keep_together", other) == 303
    assert "Split it out" not in page(everybody, first.conversation)
    press(everybody, "keep_together", other)
    assert Event.objects.filter(kind=Kind.TOPIC_KEPT).count() == 1
    assert "kept it together although the subject changed" in page(everybody, first.conversation)
