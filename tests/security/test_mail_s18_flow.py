"""A flood of mails that are made to be slow holds up nobody: they are read in a lane of their own (S-18)."""

from collections.abc import Iterator

import psycopg
import pytest
from procrastinate.jobs import Job

from firstline.channels import email
from firstline.channels.base import TakesLong
from firstline.channels.tests import hostile
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.inboxes.actions import create_inbox
from firstline.intake.actions import SLOW, accept
from firstline.intake.models import InboundItem
from firstline.intake.tasks import Lanes, process, sweep
from firstline.intake.tests.mails import raw_mail
from firstline.operations.postgres import Cluster
from tests.fixtures import mail
from tests.journeys.desk import Desk, new_home, wait_for
from tests.journeys.killing import Senders, plain_mail

ORDINARY = 200
BOMBS = ("mime-depth-500", "bomb-10k-recipients", "nested-div-40k", "zip-bomb", "xss-300")


def event_of(item_id: int) -> int:
    from firstline.events.models import Event

    return Event.objects.get(subject_id=item_id, kind="inbound.accepted").pk


@pytest.mark.django_db
def test_s18_what_takes_long_goes_to_the_slow_lane_and_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = create_inbox(channel="email", name="support", address="support@localhost")
    item = accept(inbox, raw_mail()).item_id
    monkeypatch.setattr(email, "QUICK_SECONDS", 0.0)
    with pytest.raises(TakesLong) as slow:
        process(event_of(item))
    kept = InboundItem.objects.get(pk=item)
    assert (kept.outcome, kept.failure, kept.attempts) == ("pending", SLOW, 0)
    job = Job(id=1, queue="intake", lock=None, queueing_lock=None, task_name="intake.process")
    decision = Lanes().get_retry_decision(exception=slow.value, job=job)
    assert decision is not None
    assert (decision.queue, decision.lock) == ("slow", "intake.slow")
    sweep(0)
    assert InboundItem.objects.get(pk=item).outcome == "pending", "the slow lane has it"
    process(event_of(item))
    assert InboundItem.objects.get(pk=item).outcome == "new"
    assert Conversation.objects.count() == 1


@pytest.mark.django_db
def test_s18_what_the_slow_lane_lost_is_swept_up(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = create_inbox(channel="email", name="support", address="support@localhost")
    item = accept(inbox, raw_mail()).item_id
    InboundItem.objects.filter(pk=item).update(failure=SLOW, received_at=clock.now().replace(year=2020))
    sweep(0)
    assert InboundItem.objects.get(pk=item).outcome == "new"


@pytest.fixture
def own_desk() -> Iterator[Desk]:
    """A desk that gets nothing else."""
    running = Desk(new_home())
    try:
        yield running.start()
    finally:
        running.remove()


def hostile_mails() -> list[bytes]:
    """Each of another writer, so that the loop guard holds none of them."""
    mails = [make() for make in hostile.INPUTS.values()] + [mail.raw(name) for name in BOMBS]
    return [
        raw.replace(b"casey@example.org", b"casey%d@example.org" % number).replace(b"<m@", b"<m%d@" % number)
        for number, raw in enumerate(mails)
    ]


@pytest.mark.journey
def test_s18_other_mail_flows_while_bombs_are_read(own_desk: Desk) -> None:
    bombs = hostile_mails()
    flood = [*bombs, *(plain_mail(number) for number in range(ORDINARY))]
    senders = Senders(own_desk.smtp_port, flood)
    senders.start()
    senders.wait()
    assert (senders.taken, senders.problems) == (len(flood), [])
    with psycopg.connect(Cluster(own_desk.home).url("owner"), autocommit=True) as database:

        def rows() -> list[tuple[str, bool, float, float]]:
            query = """
                SELECT outcome, failure <> '' OR size > 10000, extract(epoch FROM processed_at - received_at)::float,
                       extract(epoch FROM processed_at - min(received_at) OVER ())::float
                FROM intake_inbounditem ORDER BY id"""
            return database.execute(query).fetchall()

        def finished() -> list[tuple[str, bool, float, float]] | None:
            found = rows()
            return None if any(outcome == "pending" for outcome, *_ in found) else found

        done = wait_for(finished, "every mail has an outcome", 540)
    plain = sorted(waited for _, is_bomb, waited, _ in done if not is_bomb)
    bad = sorted(waited for _, is_bomb, waited, _ in done if is_bomb)
    assert len(plain) >= ORDINARY
    assert {outcome.partition(":")[0] for outcome, *_ in done} <= {"new", "quarantined", "ignored"}
    print(f"\nordinary: p50 {plain[len(plain) // 2]:.1f} s, longest {plain[-1]:.1f} s; bombs: longest {bad[-1]:.1f} s")
