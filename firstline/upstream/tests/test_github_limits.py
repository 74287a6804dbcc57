"""GitHub's limits hold for all processes together: what would go beyond waits, and nothing is dropped."""

from datetime import timedelta

import pytest

from firstline.conversations.actions import delivering, replying
from firstline.conversations.models import Delivery, Message
from firstline.core import clock
from firstline.inboxes import actions as inboxes
from firstline.inboxes.models import Allowance, Posted
from firstline.intake import catching_up
from firstline.upstream.tests.hub import Hub, app_options, make_inbox


@pytest.fixture
def queued(hub: Hub) -> Message:
    hub.fake.world.opens("casey", "EACCES on publish")
    hub.flush()
    return replying.reply(hub.conversation(), by=hub.people.ada, text="Use npm 11.")


def not_yet(message: Message) -> float:
    """Try to deliver; after how many seconds it may go."""
    with pytest.raises(delivering.NotYet):
        delivering.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.send_at is None) == (Delivery.QUEUED, False)
    return (message.send_at - clock.now()).total_seconds() if message.send_at else 0


@pytest.mark.parametrize(("posts", "ago", "least", "most"), [(80, 30, 25, 31), (500, 600, 2990, 3001)])
def test_one_post_too_many_waits_for_its_window(
    hub: Hub, queued: Message, posts: int, ago: int, least: int, most: int
) -> None:
    at, account = clock.now() - timedelta(seconds=ago), inboxes.account_of(hub.inbox)
    Posted.objects.bulk_create([Posted(account=account, at=at) for _post in range(posts)])
    assert least <= not_yet(queued) <= most
    assert hub.fake.comments == []
    Posted.objects.update(at=at - timedelta(hours=1))
    Message.objects.update(send_at=clock.now())
    delivering.deliver(queued.pk)
    assert len(hub.fake.comments) == 1
    assert inboxes.posted(hub.inbox, 60) == 1


def test_after_a_secondary_limit_nobody_asks_until_the_time_is_up(hub: Hub, queued: Message) -> None:
    hub.fake.fail = [(403, {"retry-after": "90"}, False)]
    assert 80 < not_yet(queued) <= 91
    Message.objects.update(send_at=clock.now())
    asked = len(hub.fake.asked)
    assert 80 < not_yet(queued) <= 91
    assert len(hub.fake.asked) == asked
    Allowance.objects.update(resets_at=clock.now() - timedelta(seconds=1))
    Message.objects.update(send_at=clock.now())
    delivering.deliver(queued.pk)
    assert len(hub.fake.comments) == 1


def test_looking_leaves_the_last_tenth_to_answers(hub: Hub, queued: Message) -> None:
    hub.fake.remaining = 400
    found = catching_up.catch_up(hub.inbox.pk)
    assert found is not None
    assert "limit" in found.failure
    [left] = [one for one in inboxes.allowances(hub.inbox) if one.name == "core"]
    assert (left.limit, left.left) == (5000, hub.fake.remaining)
    delivering.deliver(queued.pk)
    assert len(hub.fake.comments) == 1
    hub.fake.remaining = 0
    other = replying.reply(hub.conversation(), by=hub.people.ada, text="And clear the cache.")
    assert not_yet(other) > 3000


def test_two_inboxes_of_one_app_share_its_limits(hub: Hub) -> None:
    other = make_inbox(hub.people, app_options(hub.fake, repository="Codertocat/Second"), "second")
    assert inboxes.account_of(other) == inboxes.account_of(hub.inbox)
    alone = make_inbox(hub.people, {"repository": "Codertocat/Third", "token": "t"}, "third")
    assert inboxes.account_of(alone) != inboxes.account_of(hub.inbox)
    assert inboxes.account_of(alone).partition(":")[2] != "t"
