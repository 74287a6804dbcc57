"""A reply leaves as one comment, whatever breaks, and never comes back as somebody else's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from firstline.channels.github.sending import quiet_quotes
from firstline.conversations.actions import delivering, replying
from firstline.conversations.models import Conversation, Delivery, Message, Status
from firstline.core import clock
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.upstream.tests.test_github_payloads import SECRET, arrives, comment, issue, payload
from tests.factories import People, people
from tests.fakes import github


@pytest.fixture
def fake() -> Iterator[github.FakeGitHub]:
    with github.running() as found:
        yield found


@pytest.fixture
def everybody(db: None) -> People:
    return people()


@pytest.fixture
def inbox(everybody: People, fake: github.FakeGitHub) -> Inbox:
    options = {"repository": "Codertocat/Hello-World", "webhook_secret": SECRET, "token": "t", "api_url": fake.url}
    teams = [*everybody.ada.teams.all()]
    return create_inbox(channel="github", name="hello", address="Codertocat/Hello-World", options=options, teams=teams)


@pytest.fixture
def queued(inbox: Inbox, everybody: People) -> Message:
    """Ada's answer to Casey's issue, not yet sent."""
    arrives(inbox, "issues", payload("opened", issue=issue()))
    return replying.reply(Conversation.objects.get(), by=everybody.ada, text="> @grim said\n\nUse npm 11. @casey")


def test_a_reply_is_one_comment_with_the_public_name_and_passes_the_turn(
    queued: Message, fake: github.FakeGitHub
) -> None:
    assert queued.send_at is not None
    assert queued.send_at <= clock.now()
    delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == Delivery.SENT
    body = fake.comments[0]["body"]
    assert "Use npm 11. @casey" in body
    assert "@grim" not in body
    assert "<sub>Ada, Firstline</sub>" in body
    assert "@contact.example" not in body
    assert queued.conversation.strands.get().external_id == "Codertocat/Hello-World/issues/7"
    assert Conversation.objects.get().status == Status.WAITING_ON_CONTACT


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


def test_a_rate_limit_waits_as_long_as_github_asks(queued: Message, fake: github.FakeGitHub) -> None:
    fake.fail = [(429, {"retry-after": "90"}, False)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == Delivery.QUEUED
    assert queued.send_at is not None
    assert queued.send_at - clock.now() > timedelta(seconds=80)
    delivering.deliver(queued.pk)
    assert fake.comments == []


def test_a_locked_thread_refuses_with_a_sentence(queued: Message, fake: github.FakeGitHub) -> None:
    fake.fail = [(403, {}, False)]
    delivering.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == Delivery.FAILED
    assert "GitHub" in queued.failure


@pytest.mark.parametrize("sent_first", [True, False])
def test_our_own_comment_never_comes_back(
    queued: Message, fake: github.FakeGitHub, inbox: Inbox, sent_first: bool
) -> None:
    marked = f"Use npm 11.\n<!-- firstline:{queued.message_id.strip('<').partition('@')[0]} -->"
    if sent_first:
        delivering.deliver(queued.pk)
    echo: dict[str, Any] = comment(marked, 4, "desk", 9, id=8000)
    assert (
        arrives(inbox, "issue_comment", payload("created", issue=issue(), comment=echo)).outcome == "ignored:own_post"
    )
    listed = arrives(inbox, "issue_comment", payload("listed", issue=issue(), comment=echo))
    assert listed.outcome == "ignored:own_post"
    copied = comment(marked, 5, "grim", 66)
    assert arrives(inbox, "issue_comment", payload("created", issue=issue(), comment=copied)).outcome == "threaded"


def test_quoted_mentions_call_nobody() -> None:
    assert quiet_quotes("> hi @grim\n@casey") == "> hi @\u200bgrim\n@casey"
