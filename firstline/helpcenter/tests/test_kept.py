"""A page is written once for all who see the same, and says nothing of one reader to the next."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from firstline.accounts.models import Team
from firstline.knowledge import actions
from firstline.knowledge.models import Article
from tests import factories

pytestmark = pytest.mark.django_db
NONCE = re.compile(r'nonce="([^"]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def article() -> Article:
    cache.clear()
    everybody = factories.people()
    return actions.publish(
        actions.draft_article(by=everybody.ada, title="Ports", body="Use another."), by=everybody.ada
    )


def test_each_reader_has_a_nonce_and_a_form_of_their_own(article: Article) -> None:
    address = reverse("helpcenter:article", args=[article.slug])
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    one, other = first.get(address), second.get(address)
    for answer in (one, other):
        shown, policy = set(NONCE.findall(answer.text)), answer.headers["Content-Security-Policy"]
        assert len(shown) == 1
        assert f"'nonce-{shown.pop()}'" in policy
    assert NONCE.findall(one.text) != NONCE.findall(other.text)
    assert TOKEN.findall(one.text) != TOKEN.findall(other.text)
    (token,) = TOKEN.findall(other.text)
    voted = second.post(
        reverse("helpcenter:vote", args=[article.slug]), {"answer": "yes", "csrfmiddlewaretoken": token}
    )
    assert voted.status_code == 302
    stolen = Client(enforce_csrf_checks=True)
    assert stolen.post(f"{address}helped/", {"answer": "yes", "csrfmiddlewaretoken": token}).status_code == 403


def test_what_stands_in_one_readers_address_reaches_no_other(article: Article) -> None:
    address = reverse("helpcenter:article", args=[article.slug])
    assert "from-a-stranger" in Client().get(f"{address}?note=from-a-stranger").text
    assert "from-a-stranger" not in Client().get(address).text


def test_new_words_a_vote_and_another_language_are_another_page(article: Article) -> None:
    address = reverse("helpcenter:article", args=[article.slug])
    reader = Client()
    assert "Use another." in reader.get(address).text
    everybody = article.owner or factories.person("zoe", [], Team.objects.create(name="Else"))
    actions.save_draft(article, by=everybody, title="Ports", body="Use port 4000.", language="en")
    actions.publish(article, by=everybody)
    assert "Use port 4000." in reader.get(address).text
    reader.post(reverse("helpcenter:vote", args=[article.slug]), {"answer": "yes"})
    assert "Good to hear" in reader.get(address).text
    assert "Good to hear" not in Client().get(address).text
    assert "Hat das geholfen?" in Client().get(address, headers={"Accept-Language": "de"}).text
