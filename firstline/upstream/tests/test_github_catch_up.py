"""The desk was away: what GitHub could not deliver comes again or is read from its lists, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from firstline.conversations.actions import delivering, replying
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.inboxes.models import Allowance
from firstline.intake import catching_up, tasks
from firstline.intake.models import InboundItem
from firstline.upstream.actions.catching_up import Found
from firstline.upstream.models import CatchUp, Original
from firstline.upstream.tests.hub import Hub, app_options, make_inbox
from firstline.upstream.tests.stories import Life, seen
from tests.factories import People
from tests.fakes import github

SEED, BEFORE, AWAY = 5, 60, 100


@pytest.fixture
def second(everybody: People) -> Iterator[Hub]:
    """Another repository, whose deliveries all arrive: the clean run."""
    with github.running() as fake:
        fake.world.__init__(place="Codertocat/Second", place_id=2, _ids=900_000)  # type: ignore[misc]
        options = app_options(fake, repository=fake.world.place)
        yield Hub(fake, everybody, make_inbox(everybody, options, "second"))


def lives_through(hub: Hub, *, away: bool, deletes: bool = True) -> None:
    life = Life(hub.fake.world, SEED, deletes=deletes)
    life.go_on(BEFORE)
    hub.flush()
    hub.is_up = not away
    life.go_on(AWAY)
    hub.flush()
    hub.is_up = True


def looks(hub: Hub) -> Found:
    CatchUp.objects.filter(inbox=hub.inbox).update(looked_at=None)
    found = catching_up.catch_up(hub.inbox.pk)
    assert found is not None
    hub.flush()
    return found


@pytest.mark.corpus
def test_a_hundred_lost_deliveries_leave_the_clean_runs_conversations(hub: Hub, second: Hub) -> None:
    lives_through(second, away=False)
    lives_through(hub, away=True)
    assert seen(hub.inbox) != seen(second.inbox)
    found = looks(hub)
    assert found.redelivered == AWAY
    assert seen(hub.inbox) == seen(second.inbox)
    again = looks(hub)
    assert (again.redelivered, again.taken) == (0, 0)
    assert seen(hub.inbox) == seen(second.inbox)
    assert InboundItem.objects.filter(outcome="pending").count() == 0


@pytest.mark.corpus
def test_without_deliveries_to_send_again_the_lists_bring_all_that_stands_there(token_hub: Hub, second: Hub) -> None:
    """But for what was deleted meanwhile: a list does not tell of what is not there any more."""
    token_hub.fake.rest.hook_url = "https://somewhere.else.example/"
    lives_through(second, away=False, deletes=False)
    lives_through(token_hub, away=True, deletes=False)
    found = looks(token_hub)
    assert "no webhook" in found.redelivery_failure
    assert found.taken > 0
    assert seen(token_hub.inbox, history=False) == seen(second.inbox, history=False)
    assert looks(token_hub).taken == 0


def test_our_own_post_is_nothing_new_to_the_list(hub: Hub) -> None:
    hub.fake.world.opens("casey", "EACCES on publish")
    hub.flush()
    hub.is_up = False
    queued = replying.reply(hub.conversation(), by=hub.people.ada, text="Use npm 11.")
    hub.fake.fail = [(502, {}, True)]
    with pytest.raises(delivering.NotYet):
        delivering.deliver(queued.pk)
    looks(hub)  # the list tells of our post before we know that it is there
    hub.is_up = True
    looks(hub)
    assert [one.author_identity is None for one in Message.objects.order_by("pk")] == [False, True]
    assert len(hub.fake.comments) == 1


def test_a_source_that_is_away_is_asked_again_from_the_same_place(hub: Hub) -> None:
    looks(hub)
    reached = CatchUp.objects.get().reached_at
    hub.fake.remaining = 0
    hub.fake.world.opens("casey", "EACCES on publish")
    hub.is_up = False
    assert "limit" in looks(hub).failure
    row = CatchUp.objects.get()
    assert (row.reached_at, row.failing_since is None) == (reached, False)
    hub.fake.remaining = 5000
    Allowance.objects.update(resets_at=clock.now())
    assert looks(hub).failure == ""
    assert CatchUp.objects.get().failing_since is None
    assert Conversation.objects.count() == 1


def test_every_inbox_that_can_ask_is_looked_at_every_ten_minutes(hub: Hub) -> None:
    hub.fake.world.opens("casey", "EACCES on publish")
    tasks.catch_up(0)
    assert Conversation.objects.count() == 1
    asked = len(hub.fake.asked)
    tasks.catch_up(0)
    assert len(hub.fake.asked) == asked
    CatchUp.objects.update(looked_at=clock.now() - timedelta(minutes=11))
    tasks.catch_up(0)
    assert len(hub.fake.asked) > asked
    assert Original.objects.count() == 1
