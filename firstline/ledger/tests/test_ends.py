"""Every conversation ends as answered, resolved with a reason, or waited for; who does none of that is named."""

from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from firstline.answers.models import AutoAnswer, Mode, Policy, Suggestion, Verdict
from firstline.conversations.actions import automatic, replying, statuses
from firstline.conversations.models import Conversation, Message, Resolution, Status
from firstline.core import clock
from firstline.events.recording import MACHINE
from firstline.ledger.ends import ends
from firstline.upstream.models import Thread
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions


def resolved(everybody: People, by: object = MACHINE, resolution: str = Resolution.ANSWERED) -> Conversation:
    found = factories.conversation(everybody)
    statuses.resolve(found, by=by, resolution=resolution)  # type: ignore[arg-type]  # an actor
    return found


def answered_by_machine(everybody: People, verdict: str) -> Conversation:
    """The machine answered, and the contact said this of it."""
    found = factories.conversation(everybody)
    strand, question = found.strands.get(), found.messages.get()
    message = automatic.queue(strand, machine="answers", subject="Re", text="Sign in again.")
    suggestion = Suggestion.objects.create(conversation=found, message=question, text="Sign in again.", engine="test")
    policy = Policy.objects.get_or_create(
        inbox=everybody.inbox,
        case="T1",
        defaults={"mode": Mode.ANSWER, "reason": "proved", "decided_by": everybody.lena},
    )[0]
    AutoAnswer.objects.create(
        conversation=found,
        suggestion=suggestion,
        message=message,
        policy=policy,
        verdict=verdict,
        verdict_at=clock.now() if verdict else None,
    )
    statuses.resolve(found, by=MACHINE)
    return found


def test_a_person_answered(everybody: People) -> None:
    found = factories.conversation(everybody)
    replying.reply(found, by=everybody.ada, text="Sign in again.")
    with clock.at(clock.now() + timedelta(minutes=5)):
        run_reactions()
    assert ends().counts == {"waiting": 1}
    statuses.resolve(found, by=MACHINE)
    assert ends().counts == {"answered": 1}


def test_a_reply_that_never_left_answers_nobody(everybody: People) -> None:
    found = factories.conversation(everybody)
    replying.reply(found, by=everybody.ada, text="Sign in again.")
    Message.objects.filter(author_user=everybody.ada).update(state="failed")
    statuses.resolve(found, by=MACHINE)
    assert ends().offenders == {"unanswered": [found.pk]}


def test_an_automatic_answer_counts_when_the_contact_confirmed_it(everybody: People) -> None:
    answered_by_machine(everybody, Verdict.YES)
    silent = answered_by_machine(everybody, Verdict.UNSAID)
    found = ends()
    assert found.counts == {"confirmed": 1, "unanswered": 1}
    assert found.offenders == {"unanswered": [silent.pk]}
    (gap,) = found.gaps()
    assert (gap.kind, gap.count, gap.ids) == ("unanswered", 1, (f"#{silent.pk}",))


def test_somebody_answered_where_it_was_asked(everybody: People) -> None:
    found = resolved(everybody)
    assert ends().counts == {"unanswered": 1}
    Thread.objects.create(inbox=everybody.inbox, strand=found.strands.get(), address="o/r#1", state="closed")
    assert ends().counts == {"answered_there": 1}


def test_whoever_resolves_by_hand_vouches_for_it(everybody: People) -> None:
    resolved(everybody, by=everybody.ada)
    assert ends().counts == {"by_hand": 1}


def test_a_reason_or_spam_is_an_end_and_what_is_ours_waits(everybody: People) -> None:
    resolved(everybody, resolution=Resolution.NOT_OURS)
    statuses.mark_spam(factories.conversation(everybody), by=everybody.ada)
    factories.conversation(everybody)
    found = ends()
    assert found.counts == {"open": 1, "reason": 2}
    assert found.gaps() == []


@pytest.mark.parametrize(
    ("constraint", "values", "kind"),
    [
        ("ours_is_waiting", {"waiting_since": None}, "unawaited"),
        ("theirs_wakes", {"status": Status.WAITING_ON_CONTACT, "waiting_since": None, "wake_at": None}, "asleep"),
        ("resolved_says_why", {"status": Status.RESOLVED, "resolution": "", "waiting_since": None}, "unreasoned"),
    ],
)
def test_what_the_database_itself_would_refuse_is_still_looked_for(
    everybody: People, constraint: str, values: dict[str, str | None], kind: str
) -> None:
    found = factories.conversation(everybody)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE conversations_conversation DROP CONSTRAINT {constraint}")
    Conversation.objects.filter(pk=found.pk).update(**values)
    assert ends().offenders == {kind: [found.pk]}


def test_two_queries_however_many_there_are(
    everybody: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(12):
        resolved(everybody)
    with django_assert_num_queries(2):
        assert len(ends().offenders["unanswered"]) == 12
