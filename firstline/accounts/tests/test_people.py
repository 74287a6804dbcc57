"""The people of the desk: who may see and change them."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from firstline.accounts.models import SignInLink, Team, User
from firstline.accounts.permissions import Role
from firstline.events.kinds import Kind
from firstline.events.models import Event
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def everybody() -> People:
    return factories.people()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def new_person(**fields: object) -> dict[str, object]:
    team = Team.objects.get(name="Desk")
    return {"name": "Jo Vale", "email": "jo@orbit.example", "roles": ["agent"], "teams": [team.pk]} | fields


def test_people_are_for_those_who_manage_them(everybody: People) -> None:
    pages = [reverse("accounts:people"), reverse("accounts:access", args=[everybody.mina.pk])]
    acts = [
        reverse(f"accounts:{name}", args=[everybody.mina.pk])
        for name in ("new_link", "deactivate", "reactivate", "access")
    ]
    acts.append(reverse("accounts:add_person"))
    for page in pages:
        assert Client().get(page).status_code == 302
        assert browser(everybody.ada).get(page).status_code == 403
        assert browser(everybody.lena).get(page).status_code == 200
    for act in acts:
        assert Client().post(act, new_person()).status_code == 302
        assert browser(everybody.ada).post(act, new_person()).status_code == 403
    assert not SignInLink.objects.exists()
    assert User.objects.count() == 4
    assert User.objects.get(pk=everybody.mina.pk).is_active


def test_a_new_colleague_gets_a_link_that_is_shown_once(everybody: People) -> None:
    lena = browser(everybody.lena)
    page = lena.post(reverse("accounts:add_person"), new_person())
    jo = User.objects.get(email="jo@orbit.example")
    assert [team.name for team in jo.teams.all()] == ["Desk"]
    assert not jo.has_usable_password()
    link = page.text.split('value="http://testserver')[1].split('"')[0]
    assert page["Cache-Control"] == "no-store"
    assert link not in lena.get(reverse("accounts:people")).text
    assert Client().get(link).status_code == 200


def test_a_colleague_needs_name_address_and_role(everybody: People) -> None:
    lena = browser(everybody.lena)
    for wrong in (
        new_person(name=""),
        new_person(email="no address"),
        new_person(roles=[]),
        new_person(roles=["king"]),
        new_person(email="ADA@orbit.example"),
    ):
        assert lena.post(reverse("accounts:add_person"), wrong).status_code == 422
    assert User.objects.count() == 4


def test_ended_access_ends_sessions_and_links_at_once(everybody: People) -> None:
    mina, lena = browser(everybody.mina), browser(everybody.lena)
    lena.post(reverse("accounts:new_link", args=[everybody.mina.pk]))
    assert mina.get(reverse("accounts:me")).status_code == 200
    lena.post(reverse("accounts:deactivate", args=[everybody.mina.pk]))
    assert mina.get(reverse("accounts:me")).status_code == 302
    assert SignInLink.objects.get().used_at is not None
    assert Event.objects.filter(kind=Kind.ACCESS_REVOKED, data={"user": everybody.mina.pk}).exists()
    assert lena.post(reverse("accounts:new_link", args=[everybody.mina.pk])).status_code == 404
    lena.post(reverse("accounts:reactivate", args=[everybody.mina.pk]))
    assert User.objects.get(pk=everybody.mina.pk).is_active


def test_the_last_admin_stays(everybody: People) -> None:
    lena = browser(everybody.lena)
    lena.post(reverse("accounts:deactivate", args=[everybody.lena.pk]))
    refused = lena.post(reverse("accounts:access", args=[everybody.lena.pk]), {"roles": ["agent"]})
    assert refused.status_code == 422
    assert "make another person an admin first" in refused.text
    found = User.objects.get(pk=everybody.lena.pk)
    assert (found.is_active, found.can("people.manage")) == (True, True)


def test_changed_access_holds_at_once(everybody: People) -> None:
    partners = Team.objects.get(name="Partners")
    address = reverse("accounts:access", args=[everybody.ada.pk])
    browser(everybody.lena).post(address, {"roles": ["lead"], "teams": [partners.pk]})
    ada = User.objects.get(pk=everybody.ada.pk)
    assert ada.roles == [Role.LEAD]
    assert list(ada.teams.all()) == [partners]
    assert Event.objects.filter(kind=Kind.ACCESS_REVOKED, subject_id=ada.pk).count() == 1


def test_one_changes_ones_own_name_and_keys(everybody: People) -> None:
    ada = browser(everybody.ada)
    ada.post(reverse("accounts:me"), {"name": HOSTILE})
    page = ada.get(reverse("accounts:me"))
    assert HOSTILE not in page.text
    assert ada.post(reverse("accounts:me"), {"name": " "}).status_code == 422
    assert ada.post(reverse("accounts:shortcuts"), {"on": "0"}).status_code == 302
    assert ada.post(reverse("accounts:shortcuts"), {"on": "1"}, headers={"HX-Request": "true"}).status_code == 204
    found = User.objects.get(pk=everybody.ada.pk)
    assert (found.name, found.shortcuts_on) == (HOSTILE, True)
    assert Client().post(reverse("accounts:shortcuts"), {"on": "0"}).status_code == 302
    assert HOSTILE not in browser(everybody.lena).get(reverse("accounts:people")).text


def test_the_list_costs_the_same_for_any_number_of_people(everybody: People) -> None:
    lena = browser(everybody.lena)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert lena.get(reverse("accounts:people")).status_code == 200
        return len(captured)

    few = cost()
    for number in range(6):
        factories.person(f"extra{number}", [Role.AGENT], Team.objects.get(name="Desk"))
    assert cost() == few
    assert few <= 5
