"""Who may join, reopen or see: nobody by a name, a number or a token that is not theirs (S-02 to S-05, S-09)."""

import secrets

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from firstline.accounts.actions import create_sign_in_link
from firstline.accounts.models import SignInLink, User
from firstline.channels.base import Envelope
from firstline.contacts.actions import identify
from firstline.conversations.actions import delivering, merging
from firstline.conversations.models import Conversation, Message, Participant, ParticipantRole, Status
from firstline.core import clock, tokens
from firstline.events.recording import MACHINE
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox, KeptMail
from firstline.intake.tests.mails import raw_mail
from tests.fixtures import mail as fixtures
from tests.security.test_mail_fixtures import ADDRESS, inbox, sent, take

pytestmark = pytest.mark.django_db
__all__ = ["inbox", "sent"]
PROOF = f"Authentication-Results: {fixtures.OURS}; dkim=pass header.d=example.org\r\n".encode()
NO_PROOF = f"Authentication-Results: {fixtures.OURS}; dkim=none\r\n".encode()


def arrives(inbox: Inbox, raw: bytes, *rcpt_to: str) -> Conversation | None:
    """Where the mail went."""
    return take(
        inbox, raw, Envelope(peer_ip="192.0.2.1", mail_from="a@b.example", rcpt_to=rcpt_to or (ADDRESS,))
    ).conversation


@pytest.mark.parametrize(
    "sender",
    [
        '"casey@example.org" <grim@open.example>, <casey@example.org>',
        "=?utf-8?q?casey?=@example.org",
        "<casey@example.org>grim@open.example",
        '"Casey" <casey@example.org> <grim@open.example>',
        "casey@example.org, grim@open.example",
        "Team: casey@example.org, grim@open.example;",
    ],
)
def test_s02_a_sender_in_doubt_joins_nothing(inbox: Inbox, sent: Message, sender: str) -> None:
    raw = raw_mail(to=ADDRESS, in_reply_to=sent.message_id)
    raw = raw.replace(b"From: Casey Moss <casey@example.org>", f"From: {sender}".encode())
    assert f"From: {sender}".encode() in raw
    item = take(inbox, PROOF + raw)
    assert (item.outcome, item.conversation) == ("quarantined:ambiguous_sender", None)


@pytest.fixture
def crowd(sent: Message) -> list[str]:
    """Everybody whose name could be taken: who asked, who got copies, who answers."""
    for role in (ParticipantRole.CC, ParticipantRole.BCC):
        identity = identify(channel="email", address=f"{role.value}@example.org", name=role.value.title())
        Participant.objects.create(strand=sent.strand, identity=identity, role=role)
    return ["casey@example.org", "cc@example.org", "bcc@example.org", "ada@desk.example.net"]


@pytest.mark.parametrize("who", range(4))
@pytest.mark.parametrize("proof", [NO_PROOF, PROOF.replace(b"example.org", b"open.example")])
def test_s03_in_anothers_name_nothing_is_joined_reopened_or_sent(
    inbox: Inbox, sent: Message, crowd: list[str], who: int, proof: bytes
) -> None:
    before = KeptMail.objects.count()
    raw = raw_mail(sender=f"Somebody <{crowd[who]}>", to=ADDRESS, in_reply_to=sent.message_id)
    token = delivering.reply_address(ADDRESS, sent.strand.participants.get(role=ParticipantRole.REQUESTER))
    conversation = arrives(inbox, proof + raw, token if who else ADDRESS)
    sent.conversation.refresh_from_db()
    assert conversation != sent.conversation
    assert sent.conversation.status == Status.RESOLVED
    assert sent.conversation.messages.count() == 2
    assert KeptMail.objects.count() == before
    assert set(sent.strand.participants.values_list("role", flat=True)) == {"requester", "cc", "bcc"}


@given(changed=st.text("abcdefghijklmnopqrstuvwxyz234567-", min_size=1, max_size=60), place=st.integers(0, 60))
@example(changed="a-1-1-", place=0)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_s04_no_changed_token_leads_anywhere(inbox: Inbox, sent: Message, changed: str, place: int) -> None:
    good = tokens.make("reply", [sent.strand_id, sent.strand.participants.get().pk])
    made_up = good[:place] + changed + good[place + len(changed) :]
    raw = raw_mail(sender="Grim <grim@open.example>", to=ADDRESS, text=secrets.token_hex())
    if made_up.strip().lower() != good:
        found = arrives(inbox, NO_PROOF + raw, f"support+{made_up}@desk.example.net")
        assert found != sent.conversation


def test_s04_the_token_of_a_merged_conversation_follows_it(inbox: Inbox, sent: Message) -> None:
    target = arrives(inbox, PROOF + raw_mail(to=ADDRESS, subject="Another matter", text="Something else."))
    assert target is not None
    token = delivering.reply_address(ADDRESS, sent.strand.participants.get())
    merging.merge(sent.conversation, target, by=MACHINE)
    assert arrives(inbox, PROOF + raw_mail(to=ADDRESS, text="And this."), token) == target


def test_s05_an_agents_mail_never_speaks_for_the_desk(inbox: Inbox, sent: Message) -> None:
    token = delivering.reply_address(ADDRESS, sent.strand.participants.get())
    before = KeptMail.objects.count()
    for proof in (NO_PROOF, PROOF.replace(b"example.org", b"desk.example.net")):
        raw = raw_mail(
            sender="Ada <ada@desk.example.net>", to=ADDRESS, text="Here is my answer.", in_reply_to=sent.message_id
        )
        arrives(inbox, proof + raw, token)
    assert KeptMail.objects.count() == before
    assert not Message.objects.filter(author_user__isnull=False).exclude(pk=sent.pk).exists()
    assert sent.conversation.messages.count() == 2


@pytest.mark.parametrize("way", ["get", "post"])
def test_s09_a_number_and_an_address_open_nothing(inbox: Inbox, sent: Message, way: str, settings: Settings) -> None:
    known = {"id": sent.conversation_id, "number": sent.conversation_id, "email": "casey@example.org", "q": "404"}
    pages = [
        reverse("conversations:home"),
        reverse("conversations:permalink", args=[sent.conversation_id]),
        reverse("conversations:fresh", args=[sent.conversation_id]),
        reverse("helpcenter:front"),
        f"/conversations/{sent.conversation_id}/status/",
        "/portal/",
    ]
    for page in pages:
        answer = getattr(Client(), way)(page, known)
        assert answer.status_code in {200, 302, 403, 404, 405}
        assert not [word for word in ("404 when I publish", "Casey", "casey@", "npm login") if word in answer.text]


def test_s09_a_link_lets_in_once_and_not_for_ever(inbox: Inbox, sent: Message) -> None:
    ada = User.objects.get(email="ada@desk.example.net")
    used, late = create_sign_in_link(ada), create_sign_in_link(ada)
    first, second = Client(), Client()
    first.post(used)
    assert first.get(reverse("conversations:list", args=["open"])).status_code == 200
    second.post(used)
    assert second.get(reverse("conversations:list", args=["open"])).status_code == 302
    SignInLink.objects.update(expires_at=clock.now())
    third = Client()
    third.post(late)
    assert third.get(reverse("conversations:list", args=["open"])).status_code == 302


def test_s09_another_inbox_of_the_desk_opens_nothing_either(inbox: Inbox, sent: Message) -> None:
    other = create_inbox(channel="email", name="billing", address="billing@desk.example.net")
    token = delivering.reply_address("billing@desk.example.net", sent.strand.participants.get())
    found = take(
        other,
        NO_PROOF + raw_mail(sender="Grim <grim@open.example>", to=other.address),
        Envelope(peer_ip="192.0.2.1", mail_from="grim@open.example", rcpt_to=(token,)),
    )
    assert found.conversation != sent.conversation
