"""Whose turn it is on threads as they go on GitHub: nobody is answered twice, nobody who came back is missed.

`TURN_THREADS` says how many; docs/reference/measured.md has three hundred.
"""

import os
import random

import pytest

from firstline.conversations.models import OURS, Status
from firstline.inboxes.models import Inbox
from firstline.upstream.models import Thread
from firstline.upstream.tests.hub import Hub
from firstline.upstream.tests.threads import Threads

THREADS = int(os.environ.get("TURN_THREADS", "49"))


@pytest.mark.corpus
def test_no_double_answer_and_no_missed_return(hub: Hub) -> None:
    Inbox.objects.filter(pk=hub.inbox.pk).update(settings={**hub.inbox.settings, "helpers": "helpful"})
    told = Threads(hub.fake.world).make(THREADS)
    random.Random(3).shuffle(hub.fake.world.deliveries)
    hub.take_in()
    threads = Thread.objects.select_related("strand__conversation")
    stands = {one.address.rpartition("/")[2]: one.strand.conversation for one in threads if one.strand}
    assert len(stands) == THREADS
    double = [one for one in told if not one.is_ours and stands[str(one.number)].status in OURS]
    missed = [one for one in told if one.is_ours and stands[str(one.number)].status not in OURS]
    assert (double, missed) == ([], [])
    answered = [one for one in told if one.shape in ("answered", "answered_again", "returned")]
    by = {one.address.rpartition("/")[2]: one for one in threads}
    assert all(by[str(one.number)].answered_by and by[str(one.number)].answered_url for one in answered)


@pytest.mark.parametrize(("closed_again", "status"), [(False, Status.WAITING_ON_CONTACT), (True, Status.RESOLVED)])
def test_a_return_that_arrives_after_its_answer_was_open_in_between(hub: Hub, closed_again: bool, status: str) -> None:
    world = hub.fake.world
    number = world.opens("casey", "EACCES on publish")
    world.closes(number)
    hub.flush()
    world.says("casey", number, "It is back.")
    if closed_again:
        world.reopens(number)
        world.closes(number)
    world.says("maya", number, "Use npm 11.")
    world.deliveries.append(world.deliveries.pop(2))  # the return is told last
    hub.flush()
    assert hub.conversation().status == status
