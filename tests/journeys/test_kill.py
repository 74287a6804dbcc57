"""`kill -9` of any one process while 500 mails arrive and 100 replies leave: none is lost, none becomes two (issue 2;
ground.md G11, G13, G14). `make test-kill` is the long one.
"""

import random
from collections.abc import Iterator

import pytest

from tests.journeys import killing
from tests.journeys.desk import Desk, new_home

pytestmark = pytest.mark.journey

MAILS, REPLIES = 500, 100


@pytest.fixture
def own_desk() -> Iterator[Desk]:
    """A desk of this test's own, because it is hurt here."""
    running = Desk(new_home(), settings={"FIRSTLINE_UNDO_SECONDS": "0"})
    try:
        yield running.start()
    finally:
        running.remove()


def test_no_mail_and_no_reply_is_lost_or_doubled_whatever_is_killed(own_desk: Desk) -> None:
    victims = ["intake", "worker", "web", "postgres"]
    done = killing.run(own_desk, mails=MAILS, victims=victims, replies=REPLIES, luck=random.Random(7))
    assert done.problems == []
    assert done.mails == MAILS
    (inbox,) = done.ledger["inboxes"]
    assert (inbox["received"], inbox["missing"], inbox["outcomes"]) == (MAILS, 0, {"new": MAILS})
    assert done.messages == (MAILS, MAILS)
    assert {state for state, _ in done.replies.values()} == {"sent"}
    assert len(done.replies) == REPLIES
    assert (done.lost, done.doubled) == (set(), 0)
    assert done.unexplained == set()
    print(f"{done.mails} mails, {done.retries} retries, {inbox['duplicated']} repeated, {len(done.twice)} sent twice")
