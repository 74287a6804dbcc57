"""A Bluesky account as an inbox: what calls or answers it comes in once, what it answers stands where it should."""

from collections.abc import Iterator

import pytest

from firstline.channels import registry
from firstline.channels.base import ChannelError
from firstline.conversations.actions import delivering
from firstline.conversations.models import Conversation, Delivery, Message, Status
from firstline.core import clock
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Grant, Inbox, Mailbox
from firstline.intake import polling
from firstline.intake.models import InboundItem, SeenItem
from firstline.intake.tests.networks import look, look_again, made, reply, send
from tests.factories import People, people
from tests.fakes import bluesky
from tests.fakes.bluesky import PASSWORD, FakeBluesky
from tests.fakes.network import START

channel = registry.get("bluesky")


@pytest.fixture
def everybody(db: None) -> People:
    return people()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBluesky]:
    with bluesky.running() as found:
        monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", found.url.removeprefix("http://"))
        yield found


@pytest.fixture
def inbox(everybody: People, fake: FakeBluesky) -> Inbox:
    return made(everybody, "bluesky", "@orbit.test", service=fake.url, app_password=PASSWORD, dms="1")


def test_a_mention_becomes_a_conversation_and_the_answer_stands_below_it(
    inbox: Inbox, fake: FakeBluesky, everybody: People
) -> None:
    noor = fake.says("noor", "Does publish work for you?")
    asked = fake.says("casey", "@orbit.test E403 here", answers=noor, langs=["de"])
    assert look(inbox) == ["new"]
    message = Message.objects.get()
    assert (message.text, message.quoted) == ("E403 here", "Does publish work for you?")
    assert send(reply(everybody, "Größe? See https://docs.orbit.example/e403, @noor.test.")).state == Delivery.SENT
    post = fake.by_desk()[0]["record"]
    assert post["reply"] == {"root": {"uri": noor["uri"], "cid": noor["cid"]},
                             "parent": {"uri": asked["uri"], "cid": asked["cid"]}}  # fmt: skip
    assert post["langs"] == ["de"]
    link, call = post["facets"]
    text = post["text"].encode()
    assert text[link["index"]["byteStart"] : link["index"]["byteEnd"]] == b"https://docs.orbit.example/e403"
    assert text[call["index"]["byteStart"] : call["index"]["byteEnd"]] == b"@noor.test"
    assert call["features"][0]["did"] == "did:plc:noor"
    assert Conversation.objects.get().status == Status.WAITING_ON_CONTACT
    fake.says("casey", "It works, thanks", answers=fake.by_desk()[0])
    assert look(inbox) == ["threaded"]
    assert Conversation.objects.get().status == Status.OPEN


def test_an_unclear_write_is_found_under_its_key_and_made_once(
    inbox: Inbox, fake: FakeBluesky, everybody: People
) -> None:
    fake.says("casey", "@orbit.test E403")
    look(inbox)
    queued = reply(everybody, "\n\n".join(f"Step {one}: {'do this and that, ' * 10}then go on." for one in range(3)))
    fake.fail = [(502, {}, True)]
    assert send(queued).state == Delivery.SENT
    posts = fake.by_desk()
    assert len(posts) == 3
    assert [one["record"]["reply"]["parent"]["uri"] for one in posts[1:]] == [one["uri"] for one in posts[:-1]]
    assert max(len(one["record"]["text"]) for one in posts) <= 300


def test_a_write_that_broke_in_the_middle_goes_on_there(inbox: Inbox, fake: FakeBluesky, everybody: People) -> None:
    fake.says("casey", "@orbit.test E403")
    look(inbox)
    queued = reply(everybody, "\n\n".join(f"Step {one}: {'do this and that, ' * 10}then go on." for one in range(2)))
    fake.fail = [(502, {}, False)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    fake.fail = [(200, {}, True), (502, {}, False)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    assert len(fake.by_desk()) == 1
    assert send(queued).state == Delivery.SENT
    assert len(fake.by_desk()) == 2


def test_chat_is_a_conversation_apart_and_answered_there(inbox: Inbox, fake: FakeBluesky, everybody: People) -> None:
    fake.says("casey", "@orbit.test E403")
    fake.writes("casey", "My account is orbit-casey")
    assert look(inbox) == ["new", "new"]
    private = Conversation.objects.get(messages__text__contains="orbit-casey")
    assert private.strands.get().audience == "private"
    queued = reply(everybody, "Thank you, Casey.", private)
    fake.fail = [(500, {}, True)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    assert send(queued).state == Delivery.SENT
    assert [one["text"] for one in fake.chats["chatcasey"]] == ["My account is orbit-casey", "Thank you, Casey."]
    assert fake.by_desk() == []
    assert look(inbox) == []
    fake.writes("casey", "And now?")
    assert look(inbox) == ["threaded"]


def test_deletions_are_followed_and_a_deleted_post_is_not_answered(
    inbox: Inbox, fake: FakeBluesky, everybody: People
) -> None:
    post = fake.says("casey", "@orbit.test E403")
    look(inbox)
    fake.deletes(post)
    assert look_again(inbox) == ["state_change"]
    assert Message.objects.get().flags == ["deleted_upstream"]
    sent = send(reply(everybody, "Log in again."))
    assert (sent.state, sent.failure) == (Delivery.FAILED, "There is no post left to answer.")


def test_a_long_pause_and_restarts_lose_nothing_and_take_nothing_twice(inbox: Inbox, fake: FakeBluesky) -> None:
    for number in range(120):
        fake.says("casey", f"@orbit.test question {number}")
    mailbox = Mailbox.objects.get(inbox=inbox)
    polling._take_page(mailbox)  # and the process ends
    fake.says("noor", "@orbit.test meanwhile")
    taken = [polling.take_new(Mailbox.objects.get(inbox=inbox)) for _ in range(3)]
    assert taken[-1] == 0
    assert InboundItem.objects.count() == 121
    assert SeenItem.objects.filter(inbox=inbox).count() == 121
    listed = list(channel.reconcile(START, inboxes.settings_to_send(inbox)))
    assert {one.external_id for one in listed} == {one["uri"] for one in fake.posts}


def test_a_post_of_a_device_whose_clock_is_slow_is_not_missed(inbox: Inbox, fake: FakeBluesky) -> None:
    for number in range(10):
        fake.says("casey", f"@orbit.test question {number}")
    assert len(look(inbox)) == 10
    fake.says("noor", "@orbit.test my clock is slow")
    fake.notifications[-1]["indexedAt"] = fake.notifications[2]["indexedAt"]
    assert look(inbox) == ["new"]
    assert look(inbox) == []


def test_sessions_are_renewed_and_passwords_seldom_used(inbox: Inbox, fake: FakeBluesky) -> None:
    look(inbox)
    Grant.objects.update(expires_at=clock.now())
    look(inbox)
    verbs = [one.path.rpartition(".")[2] for one in fake.asked if one.method == "POST"]
    assert verbs == ["createSession", "refreshSession"]
    fake.refresh = "revoked"
    Grant.objects.update(expires_at=clock.now())
    look(inbox)
    assert channel.check(inboxes.settings_to_send(inbox)) == "Bluesky knows this desk as @orbit.test."


def test_a_wrong_password_is_said_without_it_and_a_new_one_is_tried(
    inbox: Inbox, fake: FakeBluesky, everybody: People
) -> None:
    values = {"address": "@orbit.test", "service": fake.url, "app_password": "wrong-one"}
    inboxes.change_settings(inbox, by=everybody.lena, values=values)
    with pytest.raises(ChannelError) as refused:
        look(inbox)
    assert refused.value.permanent
    assert "wrong-one" not in refused.value.sentence
    inboxes.change_settings(inbox, by=everybody.lena, values={**values, "app_password": PASSWORD})
    assert look(inbox) == []
