"""A fake GitHub and the desk that works with it, as an app or by a personal token."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from firstline.upstream.tests.hub import SECRET, Hub, app_options, make_inbox
from tests.factories import People, people
from tests.fakes import github
from tests.fakes.github.world import PLACE


@pytest.fixture
def fake() -> Iterator[github.FakeGitHub]:
    with github.running() as found:
        yield found


@pytest.fixture
def everybody(db: None) -> People:
    return people()


@pytest.fixture
def hub(everybody: People, fake: github.FakeGitHub) -> Hub:
    """The desk works as a GitHub app."""
    return Hub(fake, everybody, make_inbox(everybody, app_options(fake)))


@pytest.fixture
def token_hub(everybody: People, fake: github.FakeGitHub) -> Hub:
    """The desk works by the personal token of the account `desk`."""
    options = {
        "repository": PLACE, "webhook_secret": SECRET, "api_url": fake.url, "token": "t", "account": "desk",
    }  # fmt: skip
    fake.rest.hook_url = f"{settings.BASE_URL}/hooks/hello/"
    return Hub(fake, everybody, make_inbox(everybody, options))
