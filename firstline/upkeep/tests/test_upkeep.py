"""An article is tested like code: what is found makes it stale, and nothing is answered with it until it is mended."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.core import clock
from firstline.core.egress import Network
from firstline.events.recording import MACHINE
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Article, ArticleStatus, Visibility
from firstline.models_ai import embedder
from firstline.search import queries as search
from firstline.search.queries.articles import is_still_shown
from firstline.upkeep import actions, queries, rules
from firstline.upkeep.models import Finding, FindingKind, Link
from firstline.upstream.actions import releasing
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
with_model = pytest.mark.skipif(not embedder.available(), reason="no model; run firstline models install")
Run = Callable[[], int]

TOKEN = "Make a new access token, then run npm login again. The old token has expired."
INVOICE = "Open Billing, then Invoices, and download the invoice as a PDF."


@pytest.fixture
def people() -> People:
    return factories.people()


def article(people: People, title: str, body: str, *questions: str) -> Article:
    made = knowledge.draft_article(by=people.ada, title=title, body=body)
    for question in questions:
        knowledge.add_phrasing(made, question, by=people.ada)
    return knowledge.publish(made, by=people.ada)


def state(one: Article) -> str:
    one.refresh_from_db()
    return one.status


def cited(question: str) -> list[int]:
    return [hit.article_id for hit in search.retrieve(question, audience="public")]


def test_a_release_outside_its_range_makes_an_article_stale_within_one_run(people: People, run_reactions: Run) -> None:
    old = article(people, "Use the old flag", "Run npm install --legacy.")
    knowledge.save_details(
        old, by=people.ada, category=None, visibility=Visibility.PUBLIC, signatures=(), slug=old.slug,
        product="cli", versions=">=9 <11",
    )  # fmt: skip
    run_reactions()
    assert old.pk in cited("old flag for npm install")

    releasing.released("npm/cli", "v10.4.0", by=MACHINE)
    run_reactions()
    assert state(old) == ArticleStatus.PUBLISHED

    releasing.published("npm/cli", "v11.0.0", "https://git.example.org/npm/cli/releases/v11.0.0")
    run_reactions()
    assert state(old) == ArticleStatus.STALE
    assert old.pk not in cited("old flag for npm install")
    assert not is_still_shown(old.pk, old.texts.get().published_revision_id, audience="public")
    assert [hit.article_id for hit in search.search_articles("old flag", audience="public")] == [old.pk]

    knowledge.save_details(
        old, by=people.ada, category=None, visibility=Visibility.PUBLIC, signatures=(), slug=old.slug,
        product="cli", versions=">=9 <12",
    )  # fmt: skip
    run_reactions()
    assert state(old) == ArticleStatus.PUBLISHED
    assert old.pk in cited("old flag for npm install")


@with_model
def test_a_question_that_leads_elsewhere_makes_its_article_stale(people: People, run_reactions: Run) -> None:
    token = article(people, "Your access token has expired", TOKEN, "npm says my access token expired, what now?")
    invoice = article(people, "Download an invoice", INVOICE, "where is my invoice as a PDF?")
    run_reactions()
    assert (state(token), state(invoice)) == (ArticleStatus.PUBLISHED, ArticleStatus.PUBLISHED)

    knowledge.add_phrasing(invoice, "npm says my access token expired, what now?", by=people.ada)
    run_reactions()
    actions.examine()
    [found] = Finding.objects.all()
    assert (found.kind, found.article, found.other) == (FindingKind.QUESTION, invoice, token)
    assert state(invoice) == ArticleStatus.STALE
    run_reactions()
    assert invoice.pk not in cited("where can I get an invoice as a PDF")

    knowledge.remove_phrasing(invoice.phrasings.get(text__startswith="npm says"), by=people.ada)
    run_reactions()
    assert state(invoice) == ArticleStatus.PUBLISHED


@with_model
def test_an_edit_shows_which_questions_it_would_send_elsewhere(people: People, run_reactions: Run) -> None:
    token = article(people, "Your access token has expired", TOKEN, "npm says my access token expired, what now?")
    article(people, "Download an invoice", INVOICE, "where is my invoice as a PDF?")
    run_reactions()
    knowledge.save_draft(token, by=people.ada, title="A garden", body="Cats and dogs live in the garden.")
    [shift] = queries.foreseen(token)
    assert "token" in shift.question
    assert (shift.now, shift.then) == ("A garden", "Download an invoice")
    knowledge.save_draft(token, by=people.ada, title="Your access token has expired", body=TOKEN + " Ask us if not.")
    assert queries.foreseen(token) == []


class Site:
    """Servers of the world: the status that each path of theirs answers with, on loopback."""

    def __init__(self) -> None:
        self.answers: dict[str, int] = {}
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            with visitor:
                path = visitor.recv(65536).split()[1].decode()
                visitor.sendall(f"HTTP/1.1 {self.answers[path]} X\r\nContent-Length: 0\r\n\r\n".encode())

    def network(self) -> Network:
        def connect(_address: str, _port: int, seconds: float) -> socket.socket:
            return socket.create_connection(self.socket.getsockname(), timeout=seconds)

        return Network(lambda _host, _port: ["93.184.216.34"], connect)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.socket.close()


def test_a_dead_link_makes_an_article_stale_and_a_mended_one_true_again(
    people: People, run_reactions: Run, site: Site
) -> None:
    linked = article(people, "Read more", "See [the guide](http://docs.firstline-test.org/guide) about it.")
    site.answers = {"/guide": 404}
    run_reactions()
    assert actions.ask_links(clock.now(), network=site.network()) == 1
    assert actions.examine() == 1
    assert (state(linked), Finding.objects.get().said) == (ArticleStatus.STALE, "404")

    site.answers = {"/guide": 200}
    assert actions.ask_links(clock.now() + timedelta(days=1), network=site.network()) == 1
    assert actions.examine() == 0
    assert state(linked) == ArticleStatus.PUBLISHED
    assert actions.ask_links(clock.now() + timedelta(days=2), network=site.network()) == 0


def test_a_server_with_a_bad_hour_is_asked_twice_and_a_desk_without_a_way_out_blames_nobody(
    people: People, site: Site
) -> None:
    body = "\n".join(f"http://docs{number}.firstline-test.org/up" for number in range(6))
    article(people, "Many links", body)
    dark = Network(lambda _host, _port: [], site.network().connect)
    assert actions.ask_links(clock.now(), network=dark) == 6
    assert Link.objects.filter(failures=0, checked_at=None).count() == 6

    site.answers = {"/up": 503}
    now = clock.now()
    actions.ask_links(now, network=site.network())
    assert actions.examine() == 0
    actions.ask_links(now + timedelta(days=1), network=site.network())
    assert actions.examine() == 1


def test_links_to_articles_that_are_gone_and_overdue_reviews_are_found(people: People) -> None:
    there = article(people, "There", "Text.")
    linking = article(people, "Linking", f"[one](/help/{there.slug}/) and [none](/help/never-was/).")
    due = article(people, "Due", "Text.")
    Article.objects.filter(pk=due.pk).update(next_review=date(2020, 1, 1))
    assert actions.examine() == 2
    assert {(one.article_id, one.kind, one.detail) for one in Finding.objects.all()} == {
        (linking.pk, "link", "never-was"),
        (due.pk, "review", "2020-01-01"),
    }


@with_model
@pytest.mark.corpus
def test_every_article_of_the_pack_holds(people: People, run_reactions: Run) -> None:
    knowledge.install_pack("npm", MACHINE)
    run_reactions()
    actions.examine()
    assert list(Finding.objects.values_list("article__slug", "kind", "detail")) == []


def test_what_a_person_waved_through_stays_quiet(people: People, client: Client) -> None:
    due = article(people, "Due", "Text.")
    Article.objects.filter(pk=due.pk).update(next_review=date(2020, 1, 1))
    actions.examine()
    client.force_login(people.lena)
    assert "Due" in client.get(reverse("upkeep:index")).text
    page = client.get(reverse("upkeep:article", args=[due.pk]))
    assert "Its review is overdue" in page.text
    client.post(reverse("upkeep:wave", args=[Finding.objects.get().pk]))
    assert state(due) == ArticleStatus.PUBLISHED
    assert actions.examine() == 0
    assert "All articles hold" in client.get(reverse("upkeep:index")).text


def test_readers_of_a_stale_article_are_warned(people: People, client: Client) -> None:
    old = article(people, "Old", "Text.")
    knowledge.set_stale(old, by=MACHINE)
    assert "may be out of date" in client.get(reverse("helpcenter:article", args=[old.slug])).text


def test_a_release_is_recorded_by_hand_and_a_range_is_checked(people: People, client: Client) -> None:
    client.force_login(people.lena)
    assert client.post(reverse("upkeep:released"), {"product": "cli"}).status_code == 422
    answer = client.post(reverse("upkeep:released"), {"product": "cli", "version": "12.0.0"}, follow=True)
    assert "cli 12.0.0 is recorded" in answer.text


def test_an_author_asks_for_a_review_and_publishing_ends_it(people: People, client: Client) -> None:
    draft = knowledge.draft_article(by=people.ada, title="Fresh", body="Text.")
    client.force_login(people.ada)
    client.post(reverse("knowledge:review", args=[draft.pk]), {"answer": "ask"})
    draft.refresh_from_db()
    assert (draft.review_asked_by, draft.review_asked_at is not None) == (people.ada, True)
    assert "asks for a review" in client.get(reverse("knowledge:edit", args=[draft.pk])).text
    knowledge.publish(draft, by=people.lena)
    draft.refresh_from_db()
    assert draft.review_asked_at is None


def test_a_translation_knows_which_version_it_was_made_from(people: People) -> None:
    made = article(people, "Tokens", "English.")
    knowledge.save_draft(made, by=people.ada, title="Token", body="Deutsch.", language="de")
    knowledge.publish(made, by=people.ada)
    german, english = made.texts.get(language="de"), made.texts.get(language="en")
    assert german.made_from == english.published_revision
    knowledge.save_draft(made, by=people.ada, title="Tokens", body="English, better.")
    knowledge.publish(made, by=people.ada)
    german.refresh_from_db()
    english.refresh_from_db()
    assert german.made_from != english.published_revision


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("[a](https://a.dev/x) <https://b.dev> and https://c.dev/y.", ["https://a.dev/x", "https://b.dev", "https://c.dev/y"]),
        ("`https://a.dev` and\n```\nhttps://b.dev\n```\n", []),
        ("https://registry.example.org/ http://localhost:4873 https://a.example", []),
    ],
)  # fmt: skip
def test_links_are_read_from_words_not_from_code_or_examples(markdown: str, found: list[str]) -> None:
    assert rules.links(markdown) == found


def test_a_link_to_robots_is_alive() -> None:
    assert [rules.answered(status) for status in (200, 301, 403, 429, 404, 500)] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]
    assert rules.is_dead(None, 1) is False
    assert rules.is_dead(None, 2) is True
