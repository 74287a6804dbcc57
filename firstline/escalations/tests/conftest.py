"""Ada's desk with two engineers: Rui owns publishing, Mira owns signing in; neither has an account."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from firstline.accounts.models import User
from firstline.core import clock
from firstline.escalations.actions import engineers
from firstline.escalations.models import Engineer
from firstline.sla.rules import Span
from tests import factories
from tests.factories import People

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OFFICE: tuple[tuple[Span, ...], ...] = (((540, 1020),),) * 5 + ((),) * 2
OWNERS = "*  @orbit/everybody\n/lib/commands/publish/  @rui-o\n/lib/auth/  @mira-d\n"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """Monday morning, in everybody's hours."""
    with clock.at(MONDAY):
        yield


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    client.force_login(people.ada)
    return client


@pytest.fixture
def rui(people: People) -> Engineer:
    """Who owns publishing."""
    engineers.keep_owners("orbit/cli", OWNERS, by=people.lena)
    return engineer(people.lena, "Rui Costa", "rui-o")


@pytest.fixture
def mira(people: People) -> Engineer:
    """Who owns signing in."""
    return engineer(people.lena, "Mira Devi", "mira-d")


def engineer(by: User, name: str, login: str, *, budget: int = 5, is_on_rota: bool = False) -> Engineer:
    """Somebody who works from nine to five in UTC."""
    first = name.split(" ")[0].lower()
    facts = engineers.Facts(
        name, f"{first}@build.example", login, ["orbit/cli"], "UTC", OFFICE, budget, is_on_rota=is_on_rota
    )
    return engineers.save_engineer(None, facts, by=by)
