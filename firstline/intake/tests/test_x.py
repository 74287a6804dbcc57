"""An X account as an inbox: it costs money, so it is off, metered and capped; it answers only who called."""

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.channels.email.oauth import Tokens
from firstline.channels.x.counting import weight
from firstline.conversations.actions import delivering
from firstline.conversations.models import Conversation, Delivery, Message
from firstline.core import clock
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Grant, Inbox, Mailbox
from firstline.intake import polling
from firstline.intake.models import InboundItem
from firstline.intake.tests.networks import look, look_again, made, processed, reply, send
from tests import shared
from tests.factories import People, people
from tests.fakes import x
from tests.fakes.network import START
from tests.fakes.openapi import Described
from tests.fakes.x import FakeX

channel = registry.get("x")
SECRET = "an api key secret"


@pytest.fixture
def everybody(db: None) -> People:
    return people()


@pytest.fixture(scope="module")
def described() -> Described:
    with gzip.open(shared.data("x", "openapi.json.gz")) as document:
        return Described(json.load(document))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, described: Described) -> Iterator[FakeX]:
    """Everything that a test asks of it must be valid by X's own document."""
    with x.running() as found:
        monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", found.url.removeprefix("http://"))
        yield found
    faults = [(one.method, one.path, fault) for one in found.asked if "oauth2" not in one.path
              for fault in described.faults(one)]  # fmt: skip
    assert faults == []


@pytest.fixture
def inbox(everybody: People, fake: FakeX) -> Inbox:
    options = {"client_id": "c", "client_secret": "s", "webhook_secret": SECRET, "monthly_cap": "20", "enabled": "1"}
    found = made(everybody, "x", "@orbit", api_url=fake.url, dms="1", **options)
    inboxes.accept_consent(found, Tokens("access", "refresh-1", 7200), by=everybody.lena)
    return found


def test_a_mention_becomes_a_conversation_and_the_answer_is_paid_for(
    inbox: Inbox, fake: FakeX, everybody: People
) -> None:
    short = {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://gist.example/1"}]}
    asked = fake.says("casey", "@orbit 1 &lt; 2? see https://t.co/abc", entities=short)
    assert look(inbox) == ["new"]
    message = Message.objects.get()
    assert message.text == "1 < 2? see https://gist.example/1"
    assert message.author_identity is not None
    assert message.author_identity.address == "@casey"
    assert send(reply(everybody, "Yes.")).state == Delivery.SENT
    assert fake.by_desk()[0]["answers"] == asked["id"]
    fake.says("casey", "@orbit thanks", answers=fake.by_desk()[0])
    assert look(inbox) == ["threaded"]
    bill = inboxes.bill(inbox)
    assert bill is not None
    kinds = {kind: (count, dollars) for kind, count, dollars in bill.kinds}
    assert kinds["mention"] == (2, Decimal("0.0020"))
    assert kinds["answer"] == (1, Decimal("0.0100"))
    assert bill.spent == Decimal("0.0420")  # and three accounts were looked up


def test_off_means_off(inbox: Inbox, fake: FakeX, everybody: People) -> None:
    fake.says("casey", "@orbit E403")
    look(inbox)
    inbox.settings.pop("enabled")
    inbox.save()
    asked = len(fake.asked)
    assert not polling.is_asked(inbox)
    assert send(reply(everybody, "Log in again.")).state == Delivery.FAILED
    with pytest.raises(ChannelError, match="switched off"):
        channel.check(inboxes.settings_to_send(inbox))
    assert len(fake.asked) == asked


def test_the_cap_stops_reading_before_it_stops_answers(inbox: Inbox, fake: FakeX, everybody: People) -> None:
    fake.says("casey", "@orbit E403")
    look(inbox)
    inboxes.note_used(inbox, {"post": 3200})  # sixteen dollars of twenty
    with pytest.raises(inboxes.SpentUp, match="Reading pauses"):
        look(inbox)
    with pytest.raises(ChannelError):
        list(channel.reconcile(START, {}))
    assert send(reply(everybody, "Log in again.")).state == Delivery.SENT
    inboxes.note_used(inbox, {"post": 800})
    refused = send(reply(everybody, "Did it help?"))
    assert (refused.state, len(fake.by_desk())) == (Delivery.FAILED, 1)
    assert "used up" in refused.failure
    with clock.at(clock.now() + timedelta(days=32)):
        assert inboxes.bill(inbox) == inboxes.Bill(Decimal(), Decimal(20), [])


def test_only_who_called_is_answered(inbox: Inbox, fake: FakeX, everybody: People) -> None:
    post = fake.says("casey", "@orbit E403")
    look(inbox)
    post["text"] = "E403"
    sent = send(reply(everybody, "Log in again."))
    assert sent.state == Delivery.FAILED
    assert "only posts that call it" in sent.failure
    bill = inboxes.bill(inbox)
    assert bill is not None
    assert "answer" not in {kind for kind, count, _ in bill.kinds if count}


def test_a_long_answer_goes_on_where_it_broke_and_nothing_is_said_twice(
    inbox: Inbox, fake: FakeX, everybody: People
) -> None:
    asked = fake.says("casey", "@orbit E403")
    look(inbox)
    queued = reply(everybody, "\n\n".join(f"Step {one}: {'do this and that, ' * 9}then go on." for one in range(4)))
    fake.fail = [(503, {}, True)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert send(queued).state == Delivery.SENT
    posts = fake.by_desk()
    assert [one["answers"] for one in posts] == [asked["id"], *(one["id"] for one in posts[:-1])]
    assert len(posts) == 4
    assert max(weight(one["text"]) for one in posts) <= 280
    assert look(inbox) == []


def test_direct_messages_are_conversations_apart(inbox: Inbox, fake: FakeX, everybody: People) -> None:
    fake.says("casey", "@orbit E403")
    fake.writes("casey", "My account is orbit-casey")
    assert look(inbox) == ["new", "new"]
    private = Conversation.objects.get(messages__text__contains="orbit-casey")
    assert private.strands.get().audience == "private"
    queued = reply(everybody, "Thank you. " * 40, private)
    fake.fail = [(500, {}, True)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert send(queued).state == Delivery.SENT
    assert [one["text"] for one in fake.directs if one["sender_id"] == x.user("orbit")["id"]] == [
        "Thank you. " * 39 + "Thank you."
    ]
    assert fake.by_desk() == []
    mailbox = Mailbox.objects.get(inbox=inbox)
    mailbox.place.pop("directs_at")
    mailbox.save(update_fields=["place"])
    assert look(inbox) == []


def test_deleted_posts_leave_the_desk(inbox: Inbox, fake: FakeX) -> None:
    post = fake.says("casey", "@orbit my secret plan")
    look(inbox)
    fake.posts.remove(post)
    assert look_again(inbox) == ["state_change"]
    message = Message.objects.get()
    assert (message.text, message.flags) == ("", ["deleted_upstream"])
    conversation = Conversation.objects.get()
    assert "plan" not in conversation.subject + conversation.last_preview


def test_a_long_pause_and_restarts_lose_nothing_and_take_nothing_twice(inbox: Inbox, fake: FakeX) -> None:
    for number in range(120):
        fake.says("casey", f"@orbit question {number}")
    mailbox = Mailbox.objects.get(inbox=inbox)
    polling._take_page(mailbox)  # and the process ends
    fake.says("noor", "@orbit meanwhile")
    assert [polling.take_new(mailbox) for _ in range(3)] == [20, 1, 0]
    assert InboundItem.objects.count() == 121
    assert {one.external_id for one in channel.reconcile(START, inboxes.settings_to_send(inbox))} == {
        f"post/{post['id']}" for post in fake.posts
    }


def test_a_refresh_token_works_once_and_is_kept_anew(inbox: Inbox, fake: FakeX) -> None:
    for _ in range(2):
        Grant.objects.update(expires_at=clock.now())
        assert inboxes.access_token(inbox) == "access"
    assert fake.refresh == "refresh-3"
    Grant.objects.update(expires_at=clock.now())
    fake.refresh = "refresh-9"
    with pytest.raises(ChannelError):
        inboxes.access_token(inbox)
    assert Grant.objects.get().dead_since is not None


def test_the_webhook_proves_itself_and_brings_what_polling_brings(inbox: Inbox, fake: FakeX) -> None:
    client = Client()
    challenge = client.get("/hooks/x/", {"crc_token": "abc"}).json()["response_token"]
    assert (
        challenge == channel.sign_hook(b"abc", "", {"webhook_secret": SECRET}).headers["x-twitter-webhooks-signature"]
    )
    post = {key: value for key, value in fake.says("casey", "@orbit E403").items() if key != "answers"}
    event = {"event_type": "post.mention.create", "filter": {"user_id": x.user("orbit")["id"]}, "payload": post,
             "includes": {"users": [x.user("casey")]}}  # fmt: skip
    body = json.dumps({"data": event}).encode()
    signed = channel.sign_hook(body, "activity", {"webhook_secret": SECRET}).headers
    header = {"X-Twitter-Webhooks-Signature": signed["x-twitter-webhooks-signature"]}
    assert client.post("/hooks/x/", body, content_type="application/json").status_code == 401
    assert client.post("/hooks/x/", body + b" ", content_type="application/json", headers=header).status_code == 403
    assert client.post("/hooks/x/", body, content_type="application/json", headers=header).status_code == 202
    assert processed(set()) == ["new"]
    assert look(inbox) == []


def test_every_recorded_event_has_an_answer() -> None:
    events = json.loads(shared.data("x", "activity_payloads.json").read_text())
    outcomes = [type(channel.parse(json.dumps(one).encode(), channel.open_hook(
        channel.sign_hook(b"{}", "activity", {"webhook_secret": SECRET}), {"webhook_secret": SECRET, "enabled": "1"}
    )[0].envelope)).__name__ for one in events]  # fmt: skip
    assert len(outcomes) == 27
    assert outcomes.count("ParsedMessage") == 3


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("hello", 5),
        ("héllo", 5),
        ("こんにちは", 10),
        ("👨‍👩‍👧", 2),
        ("🇩🇪!", 3),
        ("see https://docs.orbit.example/a/very/long/path/that/never/ends?x=1.", 28),
        ("index.js and npm.io", 13 + 23),
        ("mail casey@orbit.com", 20),
        ("“quoted” — dash…", 17),
        ("e\u0301", 1),
    ],
)
def test_weights(text: str, units: int) -> None:
    assert weight(text) == units
