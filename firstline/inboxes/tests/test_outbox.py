"""Mail that is kept: who may read it, and how little a browser makes of it."""

from email.message import EmailMessage

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from firstline.accounts.models import User
from firstline.inboxes import actions
from firstline.inboxes.models import KeptMail
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture
def everybody() -> People:
    return factories.people()


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kept(subject: str = "Your token", text: str = "Log in again.", html: str = "") -> KeptMail:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "support@orbit.example", "casey@contact.example", subject
    if text:
        message.set_content(text)
    if html:
        message.set_content(html, subtype="html")
    else:
        message.add_attachment(b"12345", maintype="application", subtype="gzip", filename='we"ird.gz')
    return actions.keep_mail("casey@contact.example", message.as_bytes())


def test_the_outbox_is_for_those_who_may(everybody: People) -> None:
    mail = kept()
    pages = [reverse("inboxes:outbox"), reverse("inboxes:mail", args=[mail.pk]), reverse("inboxes:raw", args=[mail.pk])]
    for page in pages:
        assert Client().get(page).status_code == 302
        assert browser(everybody.ada).get(page).status_code == 403
        assert browser(everybody.lena).get(page).status_code == 200
        assert browser(everybody.lena).post(page).status_code == 405


def test_a_mail_is_read_as_text_and_given_as_it_was(everybody: People) -> None:
    mail = kept()
    lena = browser(everybody.lena)
    page = lena.get(reverse("inboxes:mail", args=[mail.pk])).text
    for words in ("Your token", "Log in again.", "support@orbit.example", "we&quot;ird.gz", "casey@contact.example"):
        assert words in page
    raw = lena.get(reverse("inboxes:raw", args=[mail.pk]))
    assert b"Log in again." in raw.content
    assert raw["Content-Disposition"] == f'attachment; filename="mail-{mail.pk}.eml"'
    assert raw["Content-Type"] == "application/octet-stream"
    assert raw["X-Content-Type-Options"] == "nosniff"
    assert raw["Cache-Control"] == "no-store"


def test_hostile_mail_stays_words(everybody: People) -> None:
    lena = browser(everybody.lena)
    for mail in (kept(HOSTILE, HOSTILE), kept(HOSTILE, "", html=f"<p>Hello</p>{HOSTILE}")):
        for page in (reverse("inboxes:outbox"), reverse("inboxes:mail", args=[mail.pk])):
            text = lena.get(page).text
            assert "<script>alert" not in text
            assert "<img src=x" not in text


def test_older_mail_is_a_page_away_and_costs_no_more(everybody: People) -> None:
    lena = browser(everybody.lena)
    first = kept("The first")

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert lena.get(reverse("inboxes:outbox")).status_code == 200
        return len(captured)

    few = cost()
    for number in range(50):
        KeptMail.objects.create(
            recipient="x@y.example", subject=f"m{number}", ciphertext=first.ciphertext, wrapped_key=first.wrapped_key
        )
    assert cost() == few == 3
    newest = lena.get(reverse("inboxes:outbox")).text
    assert "The first" not in newest
    older = newest.split("?before=")[-1].split('"')[0]
    assert "The first" in lena.get(reverse("inboxes:outbox"), {"before": older}).text
    assert lena.get(reverse("inboxes:outbox"), {"before": "x"}).status_code == 404


def test_an_empty_outbox_says_what_it_is_for(everybody: People) -> None:
    page = browser(everybody.lena).get(reverse("inboxes:outbox")).text
    assert "FIRSTLINE_OUTGOING_SMTP" in page
    assert "Nothing was sent yet" in page
