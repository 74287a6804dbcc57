"""Coming in: links, passwords, and who is kept out (S-26, S-27, S-28, S-35)."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from firstline.accounts import actions
from firstline.accounts.models import SignInLink, User
from firstline.accounts.permissions import Role
from firstline.core import clock
from firstline.inboxes.models import KeptMail
from firstline.inboxes.reading import opened
from tests import factories
from tests.factories import PASSWORD, People

pytestmark = pytest.mark.django_db
NEW = "seven slow lighthouses"


@pytest.fixture(autouse=True)
def _as_in_production(settings: Settings) -> None:
    """Django's test runner would swallow mail; limits on guessing start anew."""
    settings.EMAIL_BACKEND = "firstline.inboxes.mail_backend.DeskBackend"
    cache.clear()


@pytest.fixture
def everybody() -> People:
    return factories.people()


def signed_in(client: Client) -> bool:
    return client.get(reverse("accounts:me")).status_code == 200


def sign_in(email: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": password})
    return client


def test_a_link_asks_first_and_lets_in_once(everybody: People) -> None:
    link = actions.create_sign_in_link(everybody.ada)
    client = Client()
    asked = client.get(link)
    assert "Sign in as Ada" in asked.text
    assert not Session.objects.exists()
    assert SignInLink.objects.get().used_at is None
    entered = client.post(link)
    assert entered["Location"] == reverse("conversations:home")
    assert signed_in(client)
    again = Client()
    assert again.post(link).status_code == again.get(link).status_code == 404
    assert not signed_in(again)


def test_every_bad_link_gets_the_same_page(everybody: People) -> None:
    expired = actions.create_sign_in_link(everybody.mina)
    SignInLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    gone = actions.create_sign_in_link(everybody.rita)
    actions.deactivate(everybody.rita, by=everybody.lena)
    bad = [expired, gone, "/accounts/enter/%20/", "/accounts/enter/none/", "/accounts/enter/a/b/", f"{gone[:-2]}x/"]
    pages = set()
    for link in bad:
        for response in (Client().get(link), Client().post(link)):
            assert response.status_code == 404, link
            pages.add(response.text.split("<main")[1])
    assert len(pages) == 1
    assert "does not open any more" in pages.pop()
    assert not Session.objects.exists()


def test_a_link_ends_whatever_session_stood_there(everybody: People) -> None:
    client = sign_in(everybody.mina.email)
    before = client.cookies["firstline"].value
    client.post(actions.create_sign_in_link(everybody.ada))
    assert client.cookies["firstline"].value != before
    assert "You, Ada" in client.get(reverse("accounts:me")).text
    assert not Session.objects.filter(session_key=before).exists()


def test_a_link_needs_the_forms_token(everybody: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(actions.create_sign_in_link(everybody.ada)).status_code == 403
    assert SignInLink.objects.get().used_at is None


def test_an_admin_sees_the_first_run_until_it_is_done(everybody: People) -> None:
    first = Client().post(actions.create_sign_in_link(everybody.lena))
    assert first["Location"] == reverse("inboxes:first_run")
    actions.finish_welcome(everybody.lena)
    assert Client().post(actions.create_sign_in_link(everybody.lena))["Location"] == reverse("conversations:home")


def test_a_password_lets_in_and_the_session_is_a_new_one(everybody: People) -> None:
    client = Client()
    page = client.get(reverse("account_login"))
    assert page.status_code == 200
    assert "Good to see you" in page.text
    client.cookies["firstline"] = "fixated0fixated0fixated0fixated0"
    entered = client.post(reverse("account_login"), {"login": "ADA@orbit.example", "password": PASSWORD})
    assert entered.status_code == 302
    assert signed_in(client)
    assert client.cookies["firstline"].value != "fixated0fixated0fixated0fixated0"


def test_who_has_an_account_cannot_be_found_out_by_guessing(everybody: People) -> None:
    actions.deactivate(everybody.rita, by=everybody.lena)
    errors = set()
    for email in (everybody.ada.email, "nobody@orbit.example", everybody.rita.email):
        response = Client().post(reverse("account_login"), {"login": email, "password": "wrong"})
        assert response.status_code == 200
        errors.add(response.text.split('role="alert">')[1].split("</p>")[0])
    assert len(errors) == 1


def test_ended_access_is_told_to_whoever_knows_the_password(everybody: People) -> None:
    actions.deactivate(everybody.rita, by=everybody.lena)
    client = sign_in(everybody.rita.email)
    assert not signed_in(client)
    assert "An admin of this desk has ended your access" in client.get(reverse("account_inactive")).text


def test_next_never_leads_outside(everybody: People) -> None:
    for target in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        response = Client().post(
            reverse("account_login"), {"login": everybody.ada.email, "password": PASSWORD, "next": target}
        )
        assert response["Location"] == "/"


def test_signing_out_needs_a_post(everybody: People) -> None:
    client = sign_in(everybody.ada.email)
    assert "Done for today?" in client.get(reverse("account_logout")).text
    assert signed_in(client)
    client.post(reverse("account_logout"))
    assert not signed_in(client)


def test_nobody_signs_up() -> None:
    assert Client().get("/accounts/signup/").status_code == 404
    assert Client().get("/accounts/email/").status_code == 404


def reset_link(everybody: People) -> str:
    Client().post(reverse("account_reset_password"), {"email": everybody.ada.email})
    mail = KeptMail.objects.latest("id")
    text = opened(mail).text
    assert mail.recipient == everybody.ada.email
    return text.split("http://testserver")[1].split()[0]


def test_a_forgotten_password_is_replaced_once_and_ends_other_sessions(everybody: People) -> None:
    elsewhere = sign_in(everybody.ada.email)
    link = reset_link(everybody)
    client = Client()
    form = client.get(link, follow=True)
    assert "Choose a new password" in form.text
    address = form.redirect_chain[-1][0]
    assert client.post(address, {"password1": "short", "password2": "short"}).status_code == 200
    done = client.post(address, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your new password is set" in done.text
    assert not signed_in(elsewhere)
    assert signed_in(sign_in(everybody.ada.email, NEW))
    assert Client().get(link).status_code == 404
    assert "does not open any more" in Client().get(link).text


def test_malformed_reset_links_are_not_found(everybody: People) -> None:
    for link in ("/accounts/password/reset/key/1-x/", "/accounts/password/reset/key/zzzzzzzzz-%20/"):
        assert Client().get(link).status_code == 404, link


def test_unknown_addresses_get_the_same_answer_and_no_mail(everybody: People) -> None:
    known = Client().post(reverse("account_reset_password"), {"email": everybody.ada.email})
    unknown = Client().post(reverse("account_reset_password"), {"email": "stranger@elsewhere.example"})
    assert known["Location"] == unknown["Location"] == reverse("account_reset_password_done")
    assert "Look at your mail" in Client().get(unknown["Location"]).text
    assert list(KeptMail.objects.values_list("recipient", flat=True)) == [everybody.ada.email]


def test_somebody_who_came_by_link_chooses_a_password(everybody: People) -> None:
    new = actions.create_user("tomas@orbit.example", name="Tomas", roles=[Role.AGENT])
    client = Client()
    client.post(actions.create_sign_in_link(new))
    assert "You have none yet" in client.get(reverse("accounts:me")).text
    assert client.get(reverse("account_set_password")).status_code == 200
    client.post(reverse("account_set_password"), {"password1": NEW, "password2": NEW})
    assert User.objects.get(pk=new.pk).check_password(NEW)
    assert signed_in(client)


def test_changing_the_password_ends_other_sessions(everybody: People) -> None:
    here, elsewhere = sign_in(everybody.ada.email), sign_in(everybody.ada.email)
    assert "Change your password" in here.get(reverse("account_change_password")).text
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert signed_in(here)
    assert not signed_in(elsewhere)
