"""A Mastodon account as an inbox: what is said to it comes in once, what it answers goes no wider than the question."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.conversations.actions import delivering, replying
from firstline.conversations.models import Conversation, Delivery, Message, Status
from firstline.core import clock
from firstline.inboxes.models import Inbox, Mailbox
from firstline.intake import polling
from firstline.intake.models import InboundItem, SeenItem
from firstline.intake.tests.networks import look, look_again, made, reply, send
from tests.factories import People, people
from tests.fakes import mastodon
from tests.fakes.mastodon import FakeMastodon
from tests.fakes.network import START

channel = registry.get("mastodon")


@pytest.fixture
def everybody(db: None) -> People:
    return people()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMastodon]:
    with mastodon.running() as found:
        monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", found.url.removeprefix("http://"))
        yield found


@pytest.fixture
def inbox(everybody: People, fake: FakeMastodon) -> Inbox:
    return made(
        everybody, "mastodon", "@orbit@social.example", server=fake.url, access_token="t", helpers="@jo@x.example"
    )


def test_a_mention_becomes_a_conversation_and_the_answer_a_reply(
    inbox: Inbox, fake: FakeMastodon, everybody: People
) -> None:
    asked = fake.says("casey", "@orbit my publish stops with E403", spoiler_text="npm", language="de")
    assert look(inbox) == ["new"]
    conversation = Conversation.objects.get()
    assert conversation.subject == "[npm]"
    message = conversation.messages.get()
    assert message.text == "[npm]\n\n@orbit my publish stops with E403"
    assert conversation.strands.get().audience == "public"
    sent = send(reply(everybody, "Log in again with npm login."))
    assert sent.state == Delivery.SENT
    post = fake.by_desk()[0]
    assert post["in_reply_to_id"] == asked["id"]
    assert (post["visibility"], post["spoiler_text"], post["language"]) == ("public", "npm", "de")
    assert "@<span>casey</span>" in post["content"]
    assert Conversation.objects.get().status == Status.WAITING_ON_CONTACT


def test_their_answer_reopens_the_thread_and_our_own_never_comes_back(
    inbox: Inbox, fake: FakeMastodon, everybody: People
) -> None:
    fake.says("casey", "@orbit E403 on publish")
    look(inbox)
    send(reply(everybody, "Log in again."))
    assert look(inbox) == []
    fake.says("casey", "@orbit still E403", answers=fake.by_desk()[0])
    assert look(inbox) == ["threaded"]
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.messages.count()) == (Status.OPEN, 3)


@pytest.mark.parametrize("visibility", ["direct", "private"])
def test_what_was_said_in_confidence_is_a_conversation_apart_and_answered_so(
    inbox: Inbox, fake: FakeMastodon, everybody: People, visibility: str
) -> None:
    public = fake.says("casey", "@orbit E403 on publish")
    fake.says("casey", "@orbit my account is orbit-casey", answers=public, visibility=visibility)
    fake.says("grim", "@orbit mine too", answers=public, visibility=visibility)
    assert look(inbox) == ["new", "new", "new"]
    private = Conversation.objects.get(messages__text__contains="orbit-casey")
    assert private.strands.get().audience == "private"
    send(reply(everybody, "Thank you. Is @grim yours as well?", private))
    post = fake.by_desk()[0]
    assert post["visibility"] == visibility
    assert [one["acct"] for one in post["mentions"]] == (["casey"] if visibility == "direct" else ["casey", "grim"])


def test_edits_and_deletions_are_followed(inbox: Inbox, fake: FakeMastodon) -> None:
    first, second = fake.says("casey", "@orbit E403"), fake.says("noor", "@orbit E404")
    look(inbox)
    fake.edits(first, "@orbit E403 with npm 11")
    fake.deletes(second)
    assert look_again(inbox) == ["state_change", "state_change"]
    assert look_again(inbox) == []
    edited, deleted = Message.objects.order_by("created_at")
    assert (edited.text, edited.flags) == ("E403 with npm 11", ["edited_upstream"])
    assert (deleted.text, deleted.flags) == ("E404", ["deleted_upstream"])


def test_an_answer_to_a_deleted_post_fails_with_a_sentence(inbox: Inbox, fake: FakeMastodon, everybody: People) -> None:
    post = fake.says("casey", "@orbit E403")
    look(inbox)
    fake.deletes(post)
    sent = send(reply(everybody, "Log in again."))
    assert sent.state == Delivery.FAILED
    assert "Mastodon does not have this any more" in sent.failure


def test_a_long_pause_and_restarts_lose_nothing_and_take_nothing_twice(inbox: Inbox, fake: FakeMastodon) -> None:
    for number in range(50):
        fake.says("casey", f"@orbit question {number}")
    mailbox = Mailbox.objects.get(inbox=inbox)
    polling.take_new(mailbox)
    for number in range(50, 140):
        fake.says("noor", f"@orbit question {number}")
    before = dict(mailbox.place)
    polling.take_new(mailbox)
    mailbox.place = before  # a crash between taking and remembering: the same look once more
    mailbox.save(update_fields=["place"])
    polling.take_new(mailbox)
    assert InboundItem.objects.count() == 140
    assert SeenItem.objects.filter(inbox=inbox).count() == 140


def test_an_unclear_failure_is_looked_up_and_posted_once(inbox: Inbox, fake: FakeMastodon, everybody: People) -> None:
    fake.says("casey", "@orbit E403")
    look(inbox)
    queued = reply(everybody, "Log in again: https://docs.orbit.example/login")
    fake.fail = [(502, {}, True)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == Delivery.UNCLEAR
    assert send(queued).state == Delivery.SENT
    assert len(fake.by_desk()) == 1
    assert len(fake.written("/api/v1/statuses")) == 1


def test_a_long_answer_is_a_thread_that_goes_on_where_it_broke(
    inbox: Inbox, fake: FakeMastodon, everybody: People
) -> None:
    asked = fake.says("casey", "@orbit E403")
    look(inbox)
    queued = reply(everybody, "\n\n".join(f"Step {number}: {'do this and that ' * 12}." for number in range(6)))
    fake.fail = [(500, {}, True)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert send(queued).state == Delivery.SENT
    posts = fake.by_desk()
    assert [one["in_reply_to_id"] for one in posts] == [asked["id"], *(one["id"] for one in posts[:-1])]
    assert len(posts) == 3
    assert posts[0]["content"].rstrip("</p>").endswith("1/3")


def test_the_composer_counts_and_too_long_an_answer_is_held_back(
    inbox: Inbox, fake: FakeMastodon, everybody: People, client: Client
) -> None:
    fake.says("casey", "@orbit E403")
    look(inbox)
    client.force_login(everybody.ada)
    address = reverse("conversations:draft", args=[Conversation.objects.get().pk])

    def counted(words: str) -> str:
        answer = client.post(address, {"text": words, "mode": "reply"}, headers={"HX-Request": "true"})
        return answer.content.decode()

    assert "5 of " in counted("Hello")
    assert "a thread of 2 posts" in counted("word " * 150)
    assert "too many, even for a thread" in counted("word " * 1000)
    with pytest.raises(replying.DraftRefused, match="4999 characters"):
        reply(everybody, "word " * 1000)


def test_limits_are_waited_for(inbox: Inbox, fake: FakeMastodon, everybody: People) -> None:
    fake.says("casey", "@orbit E403")
    look(inbox)
    queued = reply(everybody, "Log in again.")
    until = (clock.now() + timedelta(seconds=120)).isoformat()
    fake.fail = [(429, {"x-ratelimit-reset": until}, False)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.send_at is not None
    assert queued.send_at - clock.now() > timedelta(seconds=100)
    asked = len(fake.asked)
    with pytest.raises(ChannelError) as waits:
        polling.take_new(Mailbox.objects.get(inbox=inbox))
    assert (waits.value.retry_after > 100, waits.value.permanent) == (True, False)
    assert len(fake.asked) == asked  # whoever reads knows what the one who answers was told


def test_who_is_who(inbox: Inbox, fake: FakeMastodon) -> None:
    fake.says("newsbot", "@orbit is in the news")
    assert look(inbox) == ["ignored:bot"]
    assert channel.check(inbox.open_settings()).startswith("The token works, and belongs to @orbit@127.0.0.1")
    with pytest.raises(ChannelError) as wrong:
        channel.check({**inbox.open_settings(), "access_token": "stale"})
    assert wrong.value.permanent
    assert "stale" not in wrong.value.sentence


def test_the_servers_own_list_holds_what_came(inbox: Inbox, fake: FakeMastodon) -> None:
    for number in range(50):
        fake.says("casey", f"@orbit question {number}")
    listed = list(channel.reconcile(START, inbox.open_settings()))
    assert len(listed) == 50
    assert {one.arrival.key for one in listed} == {f"{fake.url.removeprefix('http://')}/{post['id']}@{post['created_at']}"
                                                   for post in fake.posts}  # fmt: skip


def test_the_stream_rings_and_the_server_must_be_allowed(
    inbox: Inbox, fake: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings = channel.listen({**inbox.open_settings(), "streaming": "1"})
    assert rings is not None
    assert [*rings] == [None]
    assert channel.listen(inbox.open_settings()) is None
    monkeypatch.delenv("FIRSTLINE_EGRESS_ALLOW")
    with pytest.raises(ChannelError):
        polling.take_new(Mailbox.objects.get(inbox=inbox))
    with pytest.raises(ChannelError, match="not a public address"):
        channel.check({**inbox.open_settings(), "server": "https://127.0.0.1:8443"})


def test_the_inboxs_page_tests_the_connection_and_says_how_it_does(
    inbox: Inbox, fake: FakeMastodon, everybody: People, client: Client
) -> None:
    client.force_login(everybody.lena)
    page = f"/settings/inboxes/one/{inbox.name}/"
    assert "looks there every 30 seconds" in client.get(page).content.decode()
    answer = client.post(f"{page}test/", headers={"HX-Request": "true"}).content.decode()
    assert "belongs to @orbit@127.0.0.1" in answer
    fake.fail_reading = [(401, {})]
    assert "does not accept the inbox" in client.post(f"{page}test/", follow=True).content.decode()
