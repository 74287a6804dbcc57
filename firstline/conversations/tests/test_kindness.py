"""What the checks say beside the composer knows what this person was told before, wherever that was."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation
from firstline.conversations.views import kindness
from firstline.core import clock
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

ADVICE = "Hi Casey,\n\nplease clear your cookies and log in again."
pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return factories.people()


def told(people: People, *, sealed: bool = False) -> Conversation:
    """Casey was given the advice in another conversation."""
    earlier = factories.conversation(people, subject="Can't sign in")
    replying.reply(earlier, by=people.mina, text=ADVICE)
    with clock.at(clock.now() + timedelta(minutes=1)):
        run_reactions()
    if sealed:
        Conversation.objects.filter(pk=earlier.pk).update(sealed=True)
    return earlier


def remarks(people: People, draft: str) -> str:
    now = factories.conversation(people, subject="Still no sign-in", text="The page still refuses my password.")
    return " ".join(kindness.remarks(now, now.messages.get(), draft, "Casey Rivers"))


def test_advice_of_another_conversation_is_not_given_twice(people: People) -> None:
    told(people)
    assert "They were advised this before" in remarks(people, ADVICE)
    owned = "Hi Casey,\n\nyou already cleared your cookies, so please try another browser."
    assert "advised this before" not in remarks(people, owned)


def test_what_others_were_told_or_what_is_sealed_says_nothing(people: People) -> None:
    told(people, sealed=True)
    noor = factories.arrives(people.inbox, factories.contact("noor"), factories.mail()).conversation
    replying.reply(noor, by=people.mina, text=ADVICE)
    assert "advised this before" not in remarks(people, ADVICE)


def test_one_query_however_many_conversations(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(4):
        told(people)
    now = factories.conversation(people)
    heard = now.messages.select_related("cover").get()
    with django_assert_num_queries(1):
        kindness.remarks(now, heard, ADVICE, "Casey Rivers")
