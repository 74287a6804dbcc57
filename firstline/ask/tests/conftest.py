import pytest

from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from tests import factories
from tests.factories import People

KEY = "a key that is long enough for anybody"


@pytest.fixture
def people(db: None) -> People:
    """Ada, Mina, Lena, Rita and Casey with their inboxes."""
    return factories.people()


@pytest.fixture
def form(people: People) -> Inbox:
    """A form whose answers leave from Support."""
    return create_inbox(
        channel="web",
        name="ask-us",
        address="ask us",
        options={"answers_from": "desk", "embed_on": "https://docs.orbit.example", "api_key": KEY},
        teams=list(people.ada.teams.all()),
    )
