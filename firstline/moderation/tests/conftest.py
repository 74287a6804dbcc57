from typing import NamedTuple

import pytest

from firstline.conversations.models import Message, Reason
from firstline.moderation.actions import reporting
from firstline.moderation.models import Case
from tests import factories
from tests.factories import People


class Desk(NamedTuple):
    """Grim wrote to Support; Ada has reported it."""

    people: People
    message: Message
    case: Case


INSULT = "You are all idiots and your registry is garbage. Nobody there can read a log."


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def desk(people: People) -> Desk:
    message = factories.arrives(people.inbox, factories.contact("grim"), factories.mail("My account", "Hello again."))
    case = reporting.report_by_agent(message, by=people.ada, reason=Reason.HARASSMENT)
    return Desk(people, message, case)
