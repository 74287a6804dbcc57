"""Articles from draft to retirement, at the actions' door."""

import dataclasses

import pytest
import yaml

from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation, Delivery
from firstline.core import clock
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.events.recording import MACHINE
from firstline.evidence import catalogue
from firstline.knowledge import actions, queries
from firstline.knowledge.actions import starting
from firstline.knowledge.actions.starting import starter_articles as shipped
from firstline.knowledge.models import Article, Phrasing, Revision, SlugRedirect, Visibility
from tests import factories, shared
from tests.factories import People

pytestmark = pytest.mark.django_db
TOKEN = "npm_abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture
def everybody() -> People:
    return factories.people()


def answered(everybody: People, text: str = "Hi Casey,\n\nrun `npm login` again.\n\nBest,\nAda") -> Conversation:
    """A conversation whose answer has left the desk."""
    conversation = factories.conversation(
        everybody, "E404 on PUT: token expired", text="Hello, why do I get 404 when I publish?\n\nCasey Rivers"
    )
    message = replying.reply(conversation, by=everybody.ada, text=text)
    message.state, message.sent_at = Delivery.SENT, clock.now()
    message.save(update_fields=["state", "sent_at"])
    conversation.refresh_from_db()
    return conversation


def published(everybody: People, title: str = "A dead token", body: str = "Log in again.") -> Article:
    return actions.publish(actions.draft_article(by=everybody.ada, title=title, body=body), by=everybody.ada)


def kinds(article: Article) -> list[str]:
    events = Event.objects.filter(subject_id=article.pk, kind__contains="article")
    return list(events.order_by("id").values_list("kind", flat=True))


def test_readers_see_the_published_words_until_they_are_published_again(everybody: People) -> None:
    article = published(everybody)
    actions.save_draft(article, by=everybody.mina, title="A dead token", body="Log in twice.")
    text = article.texts.select_related("published_revision").get()
    assert text.body == "Log in twice."
    assert text.is_ahead
    assert text.published_revision is not None
    assert text.published_revision.body == "Log in again."
    assert [row.ahead for shelf in queries.listing(everybody.ada) for row in shelf.articles] == [True]
    actions.publish(article, by=everybody.mina)
    text.refresh_from_db()
    assert (text.published_revision.number, text.published_revision.body) == (2, "Log in twice.")
    assert text.published_revision.author == everybody.mina
    actions.publish(article, by=everybody.mina)
    assert text.revisions.count() == 2
    assert kinds(article) == [Kind.ARTICLE_DRAFTED, *[Kind.ARTICLE_PUBLISHED] * 3]


def test_nothing_is_published_without_words(everybody: People) -> None:
    article = actions.draft_article(by=everybody.ada, title="Empty", body="  ")
    with pytest.raises(actions.NothingToPublish):
        actions.publish(article, by=everybody.ada)
    article.refresh_from_db()
    assert not article.is_published


def test_restoring_fills_the_draft_and_leaves_readers_alone(everybody: People) -> None:
    article = published(everybody)
    actions.save_draft(article, by=everybody.ada, title="Newer", body="Newer.")
    actions.publish(article, by=everybody.ada)
    text = article.texts.get()
    actions.restore(text.revisions.get(number=1), by=everybody.ada)
    text.refresh_from_db()
    assert (text.title, text.body) == ("A dead token", "Log in again.")
    assert text.published_revision is not None
    assert text.published_revision.body == "Newer."


def test_a_stale_save_is_refused_and_changes_nothing(everybody: People) -> None:
    article = published(everybody)
    seen = article.updated_at
    actions.save_draft(article, by=everybody.ada, title="A dead token", body="Ada's.", seen=seen)
    with pytest.raises(actions.StaleDraft):
        actions.save_draft(article, by=everybody.mina, title="A dead token", body="Mina's.", seen=seen)
    assert article.texts.get().body == "Ada's."


def test_retiring_takes_it_from_readers_once(everybody: People) -> None:
    article = published(everybody)
    actions.retire(article, by=everybody.lena)
    actions.retire(article, by=everybody.lena)
    assert not Article.objects.public().exists()
    assert kinds(article).count(Kind.ARTICLE_RETIRED) == 1
    actions.publish(article, by=everybody.lena)
    assert Article.objects.public().exists()


def test_the_address_follows_the_title_until_the_first_publication(everybody: People) -> None:
    article = actions.draft_article(by=everybody.ada, title="First title", body="x")
    actions.save_draft(article, by=everybody.ada, title="Second title", body="x")
    article.refresh_from_db()
    assert article.slug == "second-title"
    actions.publish(article, by=everybody.ada)
    actions.save_draft(article, by=everybody.ada, title="Third title", body="x")
    article.refresh_from_db()
    assert article.slug == "second-title"


def move(article: Article, slug: str, everybody: People) -> None:
    article.refresh_from_db()
    actions.save_details(
        article, by=everybody.ada, category=None, visibility=Visibility.PUBLIC, signatures=["a", "a", "b"], slug=slug
    )


def test_a_former_address_leads_on_and_nobody_else_may_take_it(everybody: People) -> None:
    article, other = published(everybody), published(everybody, "Another one")
    move(article, "expired-token", everybody)
    assert article.signatures == ["a", "b"]
    assert SlugRedirect.objects.get().slug == "a-dead-token"
    for taken in ("a-dead-token", "expired-token", "topics"):
        with pytest.raises(actions.SlugTaken):
            move(other, taken, everybody)
    move(article, "a-dead-token", everybody)
    assert SlugRedirect.objects.get().slug == "expired-token"
    assert actions.draft_article(by=everybody.ada, title="Expired token", body="x").slug == "expired-token-2"


def test_credentials_never_reach_an_article(everybody: People) -> None:
    article = actions.draft_article(by=everybody.ada, title=f"Token {TOKEN}", body=f"Use {TOKEN}")
    actions.save_draft(article, by=everybody.ada, title="T", body=f"Use {TOKEN}")
    actions.add_phrasing(article, f"is {TOKEN} dead?", by=everybody.ada)
    text = article.texts.get()
    assert TOKEN[4:] not in text.title + text.body + article.slug + Phrasing.objects.get().text


def test_a_question_counts_once(everybody: People) -> None:
    article = published(everybody)
    first = actions.add_phrasing(article, "why  404?", by=everybody.ada, message_id=7)
    assert actions.add_phrasing(article, "other words", by=everybody.ada, message_id=7) == first
    assert actions.add_phrasing(article, "WHY 404?", by=everybody.ada) == first
    event = Event.objects.get(kind=Kind.PHRASING_ADDED)
    assert (event.subject_id, event.data) == (article.pk, {"phrasing": first.pk})
    actions.remove_phrasing(first, by=everybody.ada)
    assert not article.phrasings.exists()
    assert Event.objects.filter(kind=Kind.ARTICLE_CHANGED).count() == 1


def test_an_answered_conversation_becomes_a_draft_of_the_agents_words(everybody: People) -> None:
    conversation = answered(everybody)
    proposal = actions.propose_from_conversation(conversation, by=everybody.ada)
    article = proposal.article
    text = article.texts.get()
    assert (text.title, text.body) == ("E404 on PUT: token expired", "Run `npm login` again.")
    assert article.from_conversation == conversation.pk
    assert not article.is_published
    assert {one.kind for one in proposal.removed} == {"greeting", "signature"}
    question = article.phrasings.get()
    assert question.text == "E404 on PUT: token expired. Why do I get 404 when I publish?"
    assert question.from_message is not None
    again = actions.propose_from_conversation(conversation, by=everybody.mina)
    assert (again.article, again.is_new) == (article, False)
    assert Article.objects.count() == 1


def test_what_has_not_left_the_desk_is_no_answer(everybody: People) -> None:
    conversation = factories.conversation(everybody)
    with pytest.raises(actions.ProposalRefused):
        actions.propose_from_conversation(conversation, by=everybody.ada)
    replying.reply(conversation, by=everybody.ada, text="Still within the undo window.")
    with pytest.raises(actions.ProposalRefused):
        actions.propose_from_conversation(conversation, by=everybody.ada)
    assert not Article.objects.exists()


def test_a_sealed_conversation_makes_no_article_and_gives_no_question(everybody: People) -> None:
    conversation = answered(everybody)
    conversation.sealed = True
    conversation.save(update_fields=["sealed"])
    article = published(everybody)
    with pytest.raises(actions.ProposalRefused):
        actions.propose_from_conversation(conversation, by=everybody.ada)
    with pytest.raises(actions.ProposalRefused):
        actions.attach_question(article, conversation, by=everybody.ada)
    assert not Phrasing.objects.exists()


def test_discarding_is_for_drafts_that_no_reader_saw(everybody: People) -> None:
    draft = actions.draft_article(by=everybody.ada, title="Never mind", body="")
    actions.discard(draft, by=everybody.ada)
    with pytest.raises(actions.StillNeeded):
        actions.discard(published(everybody), by=everybody.ada)
    assert Article.objects.count() == 1


def test_alike_articles_are_found_by_title_and_by_question(everybody: People) -> None:
    article = published(everybody, "404 when publishing usually means a dead token")
    actions.add_phrasing(article, "npm says my session is gone", by=everybody.ada)
    found = queries.alike("404 when publishing often means a dead token")
    assert [(one.article_id, one.score > 0.6) for one in found] == [(article.pk, True)]
    assert [one.article_id for one in queries.alike("npm says the session is gone")] == [article.pk]
    assert queries.alike("Invite a colleague to an organisation") == []
    assert queries.alike("404 when publishing often means a dead token", but=article.pk) == []


def test_votes_are_counted_and_leave_no_trace(everybody: People) -> None:
    article = published(everybody)
    before = Event.objects.count()
    actions.record_vote(article, helped=True)
    actions.record_vote(article, helped=False)
    actions.record_vote(article, helped=True)
    article.refresh_from_db()
    assert (article.helped, article.did_not_help) == (2, 1)
    assert Event.objects.count() == before


def test_a_pack_is_installed_once_and_later_spares_what_was_edited_here(
    everybody: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = actions.install_pack("npm", MACHINE)
    assert (first.added, first.updated, first.kept) == (Article.objects.count(), 0, 0)
    assert Article.objects.public().count() == first.added
    assert actions.install_pack("npm", MACHINE) == actions.Installed()

    edited, plain = Article.objects.order_by("pk")[:2]
    actions.save_draft(edited, by=everybody.ada, title="Our own words", body="Ask us.")
    actions.publish(edited, by=everybody.ada)
    newer = [dataclasses.replace(one, body=one.body + "\nMore.\n", questions=("a new question",)) for one in shipped()]
    monkeypatch.setattr(starting, "starter_articles", lambda: newer)
    second = actions.install_pack("npm", MACHINE)
    assert (second.added, second.updated, second.kept) == (0, first.added - 1, 1)
    assert edited.texts.get().title == "Our own words"
    assert Revision.objects.filter(text__article=plain).latest("pk").body.endswith("More.\n")
    assert plain.phrasings.filter(text="a new question").count() == 1
    assert actions.install_pack("npm", MACHINE).updated == 0


def test_there_is_no_pack_of_that_name() -> None:
    with pytest.raises(actions.UnknownPack):
        actions.install_pack("nothing", MACHINE)


@pytest.mark.corpus
def test_the_pack_answers_every_known_failure_in_three_ways_at_least() -> None:
    known = yaml.safe_load(shared.data("diagnosis", "error_signatures.yaml").read_text())
    ids = {one["id"] for one in (known if isinstance(known, list) else known["signatures"])}
    assert ids - {name for one in shipped() for name in one.signatures} == set()
    assert [one.slug for one in shipped() if len(one.questions) < 3] == []


SELF_SERVICE = """
AUTH-01 AUTH-02 AUTH-03 AUTH-05 AUTH-06 AUTH-07 AUTH-08 AUTH-10 AUTH-11 PUB-01 PUB-02 PUB-03 PUB-04 PUB-05 PUB-06 PUB-07
PUB-08 PUB-10 PKG-01 PKG-02 PKG-03 PKG-06 PKG-07 PKG-08 INS-01 INS-02 INS-03 INS-04 INS-05 INS-06 INS-07 INS-08 INS-09
INS-10 INS-11 INS-12 INS-13 INS-14 RUN-01 RUN-02 RUN-03 RUN-04 RUN-05 PY-01 PY-02 BUG-01 NET-01 NET-02 NET-03 NET-04
NET-05 NET-06 SEC-01 LEG-05 LEG-06 ORG-04 ORG-05 ORG-07 ORG-08 BIL-01 BIL-02 BIL-03 GEN-01
"""
"""Rows of the case table (domain.md 3) in which somebody can mend it alone, or must know at once what to do."""


def test_the_pack_has_an_article_for_every_case_that_people_can_mend_themselves() -> None:
    cases = {one.id: {one.case, *dict(one.cases).values()} for one in catalogue.load().signatures}
    answered = {case for article in shipped() for name in article.signatures for case in cases.get(name, ())}
    answered |= {case for article in shipped() for case in article.cases}
    assert set(SELF_SERVICE.split()) - answered == set()
