"""A reply leaves as one comment, whatever breaks, and never comes back as somebody else's."""

from datetime import timedelta

import pytest

from firstline.channels.github.sending import quiet_quotes
from firstline.conversations.actions import delivering, replying
from firstline.conversations.models import Conversation, Delivery, Message, Status
from firstline.core import clock
from firstline.intake.models import InboundItem
from firstline.upstream.tests.hub import Hub
from tests.fakes import github
from tests.fakes.github.world import SLUG


def asks(hub: Hub, kind: str = "issue") -> Message:
    """Ada's answer to what Casey opened, not yet sent."""
    hub.fake.world.opens("casey", "EACCES on publish", kind=kind)
    hub.flush()
    return replying.reply(hub.conversation(), by=hub.people.ada, text="> @grim said\n\nUse npm 11. @casey")


@pytest.fixture
def queued(hub: Hub) -> Message:
    return asks(hub)


@pytest.mark.parametrize("kind", ["issue", "pull", "discussion"])
def test_a_reply_is_one_comment_of_the_app_with_the_public_name_and_passes_the_turn(hub: Hub, kind: str) -> None:
    type(hub.inbox).objects.filter(pk=hub.inbox.pk).update(
        settings={**hub.inbox.settings, "kinds": "issues, discussions, pull_requests"}
    )
    queued = asks(hub, kind)
    assert queued.send_at is not None
    assert queued.send_at <= clock.now()
    hub.flush()
    queued.refresh_from_db()
    assert queued.state == Delivery.SENT
    [comment] = hub.fake.comments
    assert comment["user"]["login"] == f"{SLUG}[bot]"
    assert "Use npm 11. @casey" in comment["body"]
    assert "@grim" not in comment["body"]
    assert "<sub>Ada, Firstline</sub>" in comment["body"]
    assert "@contact.example" not in comment["body"]
    assert hub.conversation().status == Status.WAITING_ON_CONTACT
    assert hub.conversation().messages.count() == 2


def test_a_personal_token_posts_as_its_account_and_knows_its_own_posts(token_hub: Hub) -> None:
    asks(token_hub)
    token_hub.flush()
    assert [one["user"]["login"] for one in token_hub.fake.comments] == ["desk"]
    assert token_hub.conversation().messages.count() == 2
    assert InboundItem.objects.latest("pk").outcome == "ignored:own_post"


def test_an_unclear_failure_is_looked_up_before_anything_is_sent_again(
    queued: Message, fake: github.FakeGitHub
) -> None:
    fake.fail = [(502, {}, True)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == Delivery.UNCLEAR
    delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, len(fake.comments)) == (Delivery.SENT, 1)


def test_a_failure_that_left_nothing_is_sent_again_once(hub: Hub, fake: github.FakeGitHub) -> None:
    queued = asks(hub, "discussion")
    fake.fail = [(502, {}, False)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    delivering.deliver(queued.pk)
    delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert (queued.state, len(fake.comments)) == (Delivery.SENT, 1)


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_waits_as_long_as_github_asks(queued: Message, fake: github.FakeGitHub, status: int) -> None:
    fake.fail = [(status, {"retry-after": "90"}, False)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == Delivery.QUEUED
    assert queued.send_at is not None
    assert queued.send_at - clock.now() > timedelta(seconds=80)
    delivering.deliver(queued.pk)
    assert fake.comments == []


@pytest.mark.parametrize("kind", ["issue", "discussion"])
def test_a_locked_thread_refuses_with_a_sentence(hub: Hub, kind: str) -> None:
    queued = asks(hub, kind)
    hub.fake.world.threads[1]["locked"] = True
    delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == Delivery.FAILED
    assert "locked" in queued.failure


def test_without_a_key_nothing_is_answered(hub: Hub, queued: Message) -> None:
    settings = {name: value for name, value in hub.inbox.settings.items() if name != "private_key"}
    type(hub.inbox).objects.filter(pk=hub.inbox.pk).update(settings=settings)
    delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == Delivery.FAILED
    assert "only read" in queued.failure


@pytest.mark.parametrize("sent_first", [True, False])
def test_our_own_comment_never_comes_back(hub: Hub, queued: Message, sent_first: bool) -> None:
    """The webhook may tell of it before the call has returned; a listing tells of it again at the same time."""
    mark = f"Use npm 11.\n<!-- firstline:{queued.message_id.strip('<').partition('@')[0]} -->"
    hub.fake.fail = [] if sent_first else [(502, {}, True)]
    if sent_first:
        delivering.deliver(queued.pk)
    else:
        with pytest.raises(delivering.NotYet):
            delivering.deliver(queued.pk)
    hub.flush()
    assert Conversation.objects.get().messages.count() == 2
    assert InboundItem.objects.latest("pk").outcome == "ignored:own_post"
    hub.fake.world.says("grim", 1, mark)
    hub.flush()
    assert InboundItem.objects.latest("pk").outcome == "threaded"  # somebody copied the mark


def test_quoted_mentions_call_nobody() -> None:
    assert quiet_quotes("> hi @grim\n@casey") == "> hi @\u200bgrim\n@casey"
