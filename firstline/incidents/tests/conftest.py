"""A desk that has been watched for three weeks, and people who report trouble."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from firstline.contacts import actions as contacts
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from firstline.incidents.models import Watch
from firstline.incidents.watching import Arrival, Watcher
from tests import factories
from tests.factories import People

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
OUTAGE = (
    "installs fail with 503",
    "is the registry down? 503",
    "E503 for every package",
    "503 Service Unavailable",
    "npm i: error 503",
)
Report = Callable[..., Conversation]


@pytest.fixture
def people(db: None) -> People:
    """The desk's people."""
    return factories.people()


@pytest.fixture
def watched(people: People) -> People:
    """The watch knows three quiet weeks before NOON."""
    watcher = Watcher()
    for hour in range(21 * 24):
        at = NOON + timedelta(hours=hour - 21 * 24)
        watcher.see(Arrival.of(at, f"quiet {hour}", "How do I rename my organisation?"))
    Watch.objects.create(pk=1, memory=watcher.memory, cursor=0)
    return people


@pytest.fixture
def repository(people: People) -> Inbox:
    """The team's public repository."""
    teams = list(people.ada.teams.all())
    return create_inbox(
        channel="github", name="cli", address="orbit/cli", options={"repository": "orbit/cli"}, teams=teams
    )


@pytest.fixture
def report(people: People) -> Report:
    """Somebody named reports something at a moment."""

    def by_mail(name: str, text: str, at: datetime, inbox: Inbox | None = None) -> Conversation:
        with clock.at(at):
            sender = contacts.identify(channel="email", address=f"{name}@reports.example", name=f"{name.title()} Moss")
            return factories.arrives(
                inbox or people.inbox, sender, factories.mail(text[:60], text, date=at)
            ).conversation

    return by_mail


@pytest.fixture
def outage(report: Report) -> list[Conversation]:
    """Five people report the same within eight minutes."""
    return [report(f"person{number}", text, NOON + timedelta(minutes=2 * number)) for number, text in enumerate(OUTAGE)]


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    """A browser in which Ada is signed in."""
    client.force_login(people.ada)
    return client
