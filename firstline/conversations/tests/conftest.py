import pytest
from django.test import Client

from tests import factories
from tests.factories import People


@pytest.fixture
def people(db: None) -> People:
    """Ada, Mina, Lena, Rita and Casey with their inboxes."""
    return factories.people()


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    """A browser in which Ada is signed in."""
    client.force_login(people.ada)
    return client


@pytest.fixture
def rita(people: People) -> Client:
    """A browser in which Rita of another team is signed in."""
    client = Client()
    client.force_login(people.rita)
    return client
