"""Every mail a desk must survive goes in by the door; its README says what must become of it (S-01 to S-08, S-12)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django import Settings

from firstline.accounts.actions import create_user
from firstline.accounts.permissions import Role
from firstline.channels.base import Envelope
from firstline.conversations.actions import delivering, replying, statuses
from firstline.conversations.models import Conversation, Message, Note, Participant, Status
from firstline.core import clock
from firstline.events.recording import MACHINE
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox, KeptMail
from firstline.intake.actions import accept, process, processing
from firstline.intake.models import InboundItem
from firstline.intake.tests.mails import raw_mail
from tests.fixtures import mail as fixtures
from tests.fixtures.mail import signing

pytestmark = pytest.mark.django_db
ADDRESS = "support@desk.example.net"
UNPROVED = {"spoofed-requester", "spoofed-agent", "mailing-list", "arc-forwarded", "forged-authres"}
"""In the name of a strict domain, and nothing proves it; our server passes every other mail of Casey and Noor."""
NOORS = {"token-of-other-ticket"}
BORDER = f"Authentication-Results: {fixtures.OURS}; dkim=none\r\n".encode()
"""What our own border server puts on top of a mail without a signature."""
ROW = re.compile(r"^\| `([\w-]+)` \| [^|]* \| [^|]* \| `([\w:]+)`", re.MULTILINE)
OUTCOMES = dict(ROW.findall((fixtures.FOLDER / "README.md").read_text(encoding="utf-8")))
JOINS = {"token-of-other-ticket", "cc-stranger", "ooo-reply"}
REOPENS = {"cc-stranger", "bounce-dsn"}
"""Casey's own verified reply, and word that the team's answer never arrived."""


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    """The inbox of the fixtures, whose zone judges every sender; the resolver is looked up anew."""
    settings.AUTHSERV_ID, settings.DNS_RESOLVER = fixtures.OURS, "tests.fixtures.mail.signing.zone"
    processing._resolver.cache_clear()
    yield create_inbox(channel="email", name="support", address=ADDRESS)
    processing._resolver.cache_clear()


def take(inbox: Inbox, raw: bytes, envelope: Envelope | None = None) -> InboundItem:
    """Accept and process one mail."""
    item_id = accept(inbox, raw, envelope or Envelope(peer_ip="192.0.2.1", rcpt_to=(ADDRESS,))).item_id
    process(item_id)
    return InboundItem.objects.get(pk=item_id)


@pytest.fixture
def sent(inbox: Inbox) -> Message:
    """Ada's answer to Casey in a conversation that is then resolved."""
    proof = f"Authentication-Results: {fixtures.OURS}; dkim=pass header.d=example.org\r\n".encode()
    conversation = take(inbox, proof + raw_mail(to=ADDRESS)).conversation
    assert conversation is not None
    ada = create_user("ada@desk.example.net", name="Ada Brook", roles=[Role.AGENT])
    message = replying.reply(conversation, by=ada, text="It is a dead token: run npm login again.")
    Message.objects.filter(pk=message.pk).update(send_at=clock.now())
    delivering.deliver(message.pk)
    conversation.refresh_from_db()
    statuses.resolve(conversation, by=MACHINE)
    message.refresh_from_db()
    return message


def offer(inbox: Inbox, sent: Message, name: str, **values: str) -> InboundItem:
    """The fixture arrives, aimed at Casey's strand."""
    token = delivering.reply_address(ADDRESS, sent.strand.participants.get()).partition("@")[0]
    if name == "expired-token":
        long_ago = clock.now() - timedelta(days=91)
        Conversation.objects.filter(pk=sent.conversation_id).update(resolved_at=long_ago)
    raw = fixtures.raw(name, passed=_passed(name), token=token, message_id=sent.message_id, **values)
    if name == "arc-forwarded":
        return take(inbox, _forwarded(raw), FORWARDED)
    return take(inbox, BORDER + raw if name == "forged-authres" else raw)


FORWARDED = Envelope(
    peer_ip=signing.FORWARDER_IP, mail_from="SRS0=ab=cd=example.org=casey@forward.example", rcpt_to=(ADDRESS,)
)


def _passed(name: str) -> str:
    """The domain that our own server has verified for this mail."""
    if name in UNPROVED:
        return ""
    return "example.net" if name in NOORS else "example.org"


def _forwarded(raw: bytes) -> bytes:
    """Signed by Casey's domain, then changed and sealed by the forwarder."""
    changed = signing.signed(raw, "example.org").replace(b"Subject: ", b"Subject: [help] ")
    return signing.sealed(changed, "forward.example", "dkim=pass header.d=example.org")


def test_the_readme_names_every_fixture() -> None:
    assert sorted(OUTCOMES) == fixtures.names()


@pytest.mark.parametrize("name", fixtures.names())
def test_a_fixture_becomes_what_its_readme_says(inbox: Inbox, sent: Message, name: str) -> None:
    item = offer(inbox, sent, name)
    assert item.outcome == OUTCOMES[name]
    assert (item.conversation_id == sent.conversation_id) == (name in JOINS)
    assert KeptMail.objects.count() == 1, "only Ada's own answer has left"
    status = Conversation.objects.get(pk=sent.conversation_id).status
    assert (status != Status.RESOLVED) == (name in REOPENS)
    assert not Participant.objects.filter(strand=sent.strand, identity__address="grim@open.example").exists()


def test_s06_a_guest_writes_a_note_for_agents_and_takes_no_part(inbox: Inbox, sent: Message) -> None:
    item = offer(inbox, sent, "token-of-other-ticket")
    assert item.message is None
    assert sent.conversation.messages.count() == 2
    assert Note.objects.filter(conversation=sent.conversation, author_identity__address="noor@example.net").count() == 1
    assert not Participant.objects.filter(strand=sent.strand, identity__address="noor@example.net").exists()


@pytest.mark.parametrize(("named", "result"), [("forward.example", "pass"), ("", "fail")])
def test_s01_only_a_named_forwarder_vouches(inbox: Inbox, sent: Message, named: str, result: str) -> None:
    inbox.settings["forwarders"] = named
    inbox.save()
    item = offer(inbox, sent, "arc-forwarded")
    assert (item.outcome, item.sender_auth["result"]) == ("new", result)
    assert item.message is not None
    assert Message.objects.filter(pk=item.message.pk, author_identity__address="casey@example.org").exists()


def test_s07_a_verification_mail_reaches_no_conversation(inbox: Inbox, sent: Message) -> None:
    assert offer(inbox, sent, "slack-verification-mail").message is None
    assert sent.conversation.messages.count() == 2


def test_s08_control_fields_of_a_mail_control_nothing(inbox: Inbox, sent: Message) -> None:
    number = str(sent.conversation_id)
    fields = {f"X-Firstline-{name}": number for name in ("Conversation", "Strand", "Ticket")}
    item = take(inbox, raw_mail(sender="Grim <grim@open.example>", to=ADDRESS, headers=fields))
    assert item.outcome == "new"
    assert item.conversation_id != sent.conversation_id


def test_s12_another_desk_that_answers_every_mail_hears_nothing(inbox: Inbox, sent: Message) -> None:
    outcomes = {offer(inbox, sent, "loop-two-desks").outcome for _ in range(4)}
    assert outcomes <= {"auto_reply", "ignored:same_message", "quarantined:loop"}
    assert KeptMail.objects.count() == 1


def test_s12_the_eleventh_unmarked_acknowledgement_is_held(inbox: Inbox, sent: Message) -> None:
    outcomes = [offer(inbox, sent, "loop-two-desks-unmarked", number=str(n)).outcome for n in range(12)]
    assert outcomes == ["new"] * 10 + ["quarantined:loop"] * 2
    assert KeptMail.objects.count() == 1


def test_s12_two_inboxes_of_one_desk_never_answer_each_other(inbox: Inbox, sent: Message) -> None:
    other = create_inbox(channel="email", name="billing", address="billing@desk.example.net")
    raw = raw_mail(sender=f"Support <{ADDRESS}>", to=other.address, in_reply_to=sent.message_id)
    item = take(other, raw, Envelope(peer_ip="192.0.2.1", rcpt_to=(other.address,)))
    assert item.outcome == "quarantined:from_support_address"
    assert KeptMail.objects.count() == 1
