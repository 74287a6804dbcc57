"""Every test of the ledger has a journal of its own: the desk's would tell of the mails of other tests."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from firstline.inboxes.actions import create_inbox
from firstline.inboxes.models import Inbox
from tests import factories
from tests.factories import People


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def inbox(db: None) -> Inbox:
    return create_inbox(channel="email", name="support", address="support@localhost")


@pytest.fixture
def everybody(db: None) -> People:
    return factories.people()
