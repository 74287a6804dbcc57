"""Real adapters against networks on loopback: what never came by webhook is found by the check and taken in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.ledger.actions import begin, run
from firstline.upstream.tests.hub import SECRET, Hub, make_inbox
from tests.factories import People
from tests.fakes import github
from tests.fakes.github.world import PLACE


@pytest.fixture
def hub(everybody: People) -> Iterator[Hub]:
    """A desk that works with a repository by a personal token."""
    with github.running() as fake:
        options = {"repository": PLACE, "webhook_secret": SECRET, "api_url": fake.url, "token": "t", "account": "desk"}
        yield Hub(fake, everybody, make_inbox(everybody, options))


def test_github_issues_and_comments_that_were_never_delivered(hub: Hub) -> None:
    hub.fake.world.opens("casey", "EACCES on publish")
    hub.flush()
    hub.is_up = False
    hub.fake.world.opens("noor", "404 on install")
    hub.flush()
    with clock.at(clock.now() + timedelta(hours=1)):
        check = run(begin())
    (compared,) = [one for one in check.compared if one["source"] == "list"]
    assert len(compared["healed"]) == 1
    assert [(gap["kind"], gap["healed"], gap["ids"]) for gap in check.gaps] == [("not_taken", True, compared["healed"])]
    assert set(Conversation.objects.values_list("subject", flat=True)) == {"EACCES on publish", "404 on install"}
    assert Message.objects.count() == 2
    with clock.at(clock.now() + timedelta(hours=1)):
        assert run(begin()).is_ok


def test_a_github_that_is_away_is_named(everybody: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLINE_EGRESS_ALLOW", "127.0.0.1:1")
    options = {"repository": PLACE, "webhook_secret": SECRET, "api_url": "http://127.0.0.1:1", "token": "t"}
    inbox = make_inbox(everybody, options)
    check = run(begin())
    assert not check.is_ok
    assert [(one["inbox"], one["unreached"]) for one in check.unreached] == [
        (inbox.name, "GitHub could not be reached.")
    ]
