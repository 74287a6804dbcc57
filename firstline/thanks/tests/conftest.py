"""Everybody, with an engineer who has no account."""

import pytest

from firstline.escalations.models import Engineer
from tests import factories
from tests.factories import People


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def rui(people: People) -> Engineer:
    return Engineer.objects.create(name="Rui Costa", email="rui@build.example", repositories=["orbit/cli"])
