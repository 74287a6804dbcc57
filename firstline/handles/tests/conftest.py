import pytest

from tests import factories
from tests.factories import People


@pytest.fixture
def people(db: None) -> People:
    """Ada, Mina, Lena, Rita and Casey with their inboxes."""
    return factories.people()
