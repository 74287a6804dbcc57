"""The first five minutes: every step tells the desk's real state."""

import shlex

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from firstline.accounts.models import User
from firstline.inboxes import queries
from firstline.inboxes.views import first_run
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def everybody() -> People:
    return factories.people()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_page_is_for_those_who_set_up_the_desk(everybody: People) -> None:
    for name in ("first_run", "listening"):
        address = reverse(f"inboxes:{name}")
        assert Client().get(address).status_code == 302
        assert browser(everybody.ada).get(address).status_code == 403
        assert browser(everybody.lena).get(address).status_code == 200
    assert browser(everybody.ada).post(reverse("inboxes:leave")).status_code == 403
    assert browser(everybody.lena).get(reverse("inboxes:leave")).status_code == 405


def test_steps_follow_what_has_happened(everybody: People) -> None:
    lena = everybody.lena
    assert queries.progress(lena).done == {
        "you": True,
        "mail": False,
        "articles": False,
        "people": True,
        "outgoing": False,
    }
    waiting = browser(lena).get(reverse("inboxes:first_run")).text
    assert "Listening." in waiting
    assert f"127.0.0.1:{settings.SMTP_PORT}" in waiting
    assert "support@orbit.example" in waiting
    conversation = factories.conversation(everybody)
    here = browser(lena).get(reverse("inboxes:listening")).text
    assert reverse("conversations:permalink", args=[conversation.pk]) in here
    assert "hx-trigger" not in here
    assert queries.progress(lena).done["mail"]
    lena.set_unusable_password()
    assert not queries.progress(lena).done["you"]


def test_any_step_can_be_opened(everybody: People) -> None:
    lena = browser(everybody.lena)
    assert "FIRSTLINE_OUTGOING_SMTP=" in lena.get(reverse("inboxes:first_run"), {"step": "outgoing"}).text
    assert "Load the articles" in lena.get(reverse("inboxes:first_run"), {"step": "articles"}).text
    assert lena.get(reverse("inboxes:first_run"), {"step": "<x>"}).status_code == 200


def test_the_commands_shown_are_whole(everybody: People) -> None:
    shown = first_run._mail()
    program, option, script = shlex.split(str(shown["python_line"]))
    assert (program, option) == ("python3", "-c")
    compile(script, "line", "exec")
    assert "\\r\\n\\r\\nnpm error code E404" in script
    assert shlex.split(str(shown["swaks_line"]))[-1] == "npm error code E404 on PUT. What now?"


def test_leaving_is_remembered(everybody: People) -> None:
    client = browser(everybody.lena)
    assert client.post(reverse("inboxes:leave"))["Location"] == reverse("conversations:home")
    assert User.objects.get(pk=everybody.lena.pk).welcome_done


def test_the_starter_set_is_loaded_from_here(everybody: People) -> None:
    address = reverse("knowledge:load_starter")
    assert Client().post(address).status_code == 302
    assert browser(everybody.ada).post(address).status_code == 403
    done = browser(everybody.lena).post(address)
    assert done["Location"] == reverse("inboxes:first_run")


def test_looking_changes_nothing(everybody: People) -> None:
    client = browser(everybody.lena)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("inboxes:first_run"))
        client.get(reverse("inboxes:listening"))
    assert not [one["sql"] for one in captured if not one["sql"].startswith("SELECT")]
