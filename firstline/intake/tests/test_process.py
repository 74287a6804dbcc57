"""From raw bytes to a conversation, and what must not happen on the way (S-03 to S-06, P-10)."""

import pytest

from firstline.accounts.actions import create_user
from firstline.accounts.permissions import Role
from firstline.channels.base import Envelope
from firstline.conversations.actions import delivering, replying, statuses
from firstline.conversations.models import Conversation, Delivery, Message, Status
from firstline.core import clock
from firstline.events.recording import MACHINE
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox, KeptMail
from firstline.intake.actions import accept, process, release
from firstline.intake.models import InboundItem
from firstline.intake.tests.mails import raw_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return create_inbox(channel="email", name="support", address="support@localhost")


def take(inbox: Inbox, raw: bytes, *rcpt_to: str) -> InboundItem:
    """Accept and process one mail."""
    accepted = accept(inbox, raw, Envelope(peer_ip="127.0.0.1", rcpt_to=rcpt_to or ("support@localhost",)))
    process(accepted.item_id)
    return InboundItem.objects.get(pk=accepted.item_id)


def started(inbox: Inbox, raw: bytes = b"") -> Conversation:
    """The conversation that a first mail begins."""
    conversation = take(inbox, raw or raw_mail()).conversation
    assert conversation is not None
    return conversation


def answer(conversation: Conversation, text: str = "It is a dead token: run npm login again.") -> Message:
    """Ada answers, and the desk sends it at once."""
    ada = create_user("ada@orbit.example", name="Ada Brook", roles=[Role.AGENT])
    message = replying.reply(conversation, by=ada, text=text)
    Message.objects.filter(pk=message.pk).update(send_at=clock.now())
    delivering.deliver(message.pk)
    message.refresh_from_db()
    return message


def reply_address(message: Message) -> str:
    return delivering.reply_address("support@localhost", message.strand.participants.get())


def test_a_first_mail_becomes_a_conversation(inbox: Inbox) -> None:
    item = take(inbox, raw_mail())
    conversation = Conversation.objects.get()
    assert item.outcome == "new"
    assert (conversation.subject, conversation.status) == ("404 when I publish", Status.OPEN)
    assert conversation.contact.identities.get().address == "casey@example.org"
    assert conversation.messages.get().text.startswith("npm publish says 404")


def test_the_answer_leaves_as_mail_and_the_contacts_reply_threads_and_reopens(inbox: Inbox) -> None:
    conversation = started(inbox)
    sent = answer(conversation)
    assert sent.state == Delivery.SENT
    assert KeptMail.objects.get().recipient == "casey@example.org"
    conversation.refresh_from_db()
    assert conversation.status == Status.WAITING_ON_CONTACT
    statuses.resolve(conversation, by=MACHINE)
    item = take(inbox, raw_mail(subject="Re: something else", text="Thanks, it works!"), reply_address(sent))
    conversation.refresh_from_db()
    assert item.outcome == "threaded"
    assert conversation.status == Status.OPEN
    assert conversation.messages.count() == 3


def test_a_reply_without_token_threads_by_the_reference_of_a_participant(inbox: Inbox) -> None:
    conversation = started(inbox)
    sent = answer(conversation)
    item = take(inbox, raw_mail(subject="Re: 404", in_reply_to=sent.message_id))
    assert (item.outcome, item.conversation_id) == ("threaded", conversation.pk)


def test_s03_a_strangers_reference_joins_nothing(inbox: Inbox) -> None:
    conversation = started(inbox)
    sent = answer(conversation)
    item = take(inbox, raw_mail(sender="Mallory <mallory@example.net>", in_reply_to=sent.message_id))
    assert item.outcome == "new"
    made = item.conversation
    assert made is not None
    assert made != conversation
    assert made.possibly_related == conversation
    conversation.refresh_from_db()
    assert conversation.status == Status.WAITING_ON_CONTACT


def test_s03_a_stranger_with_anothers_token_is_kept_aside_and_sends_nothing(inbox: Inbox) -> None:
    conversation = started(inbox)
    sent = answer(conversation)
    item = take(inbox, raw_mail(sender="Mallory <mallory@example.net>"), reply_address(sent))
    assert item.outcome == "quarantined:failed_email_authentication"
    assert item.conversation_id is None
    assert KeptMail.objects.count() == 1
    assert conversation.messages.count() == 2


def test_s04_the_subject_never_joins(inbox: Inbox) -> None:
    first = take(inbox, raw_mail())
    again = take(inbox, raw_mail(subject=f"Re: 404 when I publish [#{first.conversation_id}]"))
    assert again.outcome == "new"
    assert again.conversation_id != first.conversation_id


def test_s05_a_mail_in_an_agents_name_is_kept_aside(inbox: Inbox) -> None:
    create_user("ada@orbit.example", name="Ada Brook", roles=[Role.AGENT])
    item = take(inbox, raw_mail(sender="Ada Brook <ada@orbit.example>"))
    assert item.outcome == "quarantined:from_support_address"
    assert Conversation.objects.count() == 0


def test_s06_somebody_copied_in_by_the_contact_takes_no_part(inbox: Inbox) -> None:
    raw = raw_mail(headers={"Cc": "Noor <noor@example.com>"})
    conversation = started(inbox, raw)
    sent = answer(conversation)
    assert [one["email"] for one in sent.cc] == []
    assert KeptMail.objects.get().recipient == "casey@example.org"
    item = take(inbox, raw_mail(sender="Noor <noor@example.com>", in_reply_to=sent.message_id))
    assert item.outcome == "new"


def test_one_mail_to_two_inboxes_is_one_conversation_with_two_strands(inbox: Inbox) -> None:
    second = create_inbox(channel="email", name="security", address="security@localhost")
    raw = raw_mail(to="support@localhost, security@localhost")
    first, other = take(inbox, raw), take(second, raw, "security@localhost")
    assert (first.outcome, other.outcome) == ("new", "threaded")
    assert first.conversation_id == other.conversation_id
    assert Conversation.objects.get().strands.count() == 2


def test_the_same_mail_with_another_trace_header_is_not_said_twice(inbox: Inbox) -> None:
    raw = raw_mail(message_id="<q1@example.org>")
    take(inbox, raw)
    item = take(inbox, b"Received: from relay.example.org by mx.example.org\r\n" + raw)
    assert item.outcome == "ignored:same_message"
    assert Message.objects.count() == 1


def test_an_automatic_reply_is_stored_quietly_and_reopens_nothing(inbox: Inbox) -> None:
    conversation = started(inbox)
    sent = answer(conversation)
    item = take(
        inbox, raw_mail(subject="Out of office", headers={"Auto-Submitted": "auto-replied"}), reply_address(sent)
    )
    conversation.refresh_from_db()
    assert item.outcome == "auto_reply"
    assert conversation.status == Status.WAITING_ON_CONTACT
    assert conversation.messages.filter(is_automatic=True).count() == 1


def test_processing_twice_makes_one_message(inbox: Inbox) -> None:
    item = take(inbox, raw_mail())
    assert process(item.pk) == "new"
    assert Message.objects.count() == 1


def test_a_quarantined_mail_is_let_in_unverified(inbox: Inbox) -> None:
    ada = create_user("ada@orbit.example", name="Ada Brook", roles=[Role.AGENT])
    item = take(inbox, raw_mail(sender="Ada Brook <ada@orbit.example>"))
    assert release(item, by=ada) == "new"
    assert Conversation.objects.get().unverified
    assert KeptMail.objects.count() == 0
