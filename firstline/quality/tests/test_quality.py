"""Drawn by chance, seen by the author first, told of in totals alone."""

from collections import Counter
from datetime import timedelta
from importlib import import_module
from random import Random

import pytest
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client

from firstline.conversations.actions import covering, replying
from firstline.conversations.models import Conversation, Message, Origin, Reason
from firstline.core import clock
from firstline.moderation.actions import reporting
from firstline.moderation.models import Care
from firstline.quality import actions, queries, rules
from firstline.quality.models import Criterion, Sample, State
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions


@pytest.fixture
def people(db: None) -> People:
    """Everybody; with the first scorecard, of which a test that empties the database before leaves nothing."""
    if not Criterion.objects.exists():
        import_module("firstline.quality.migrations.0002_first_scorecard").ask(apps, connection.schema_editor())
    return factories.people()


@pytest.fixture
def lena(people: People, client: Client) -> Client:
    client.force_login(people.lena)
    return client


def signed_in(who: object) -> Client:
    browser = Client()
    browser.force_login(who)  # type: ignore[arg-type]
    return browser


def answered(people: People, *by: object) -> list[Message]:
    """One answer of each, sent."""
    found = []
    for who in by:
        made = factories.conversation(people)
        found.append(replying.reply(made, by=who, text="Set a prefix of your own."))  # type: ignore[arg-type]
    with clock.at(clock.now() + timedelta(minutes=1)):
        run_reactions()
    return found


def verdicts(value: str = "yes") -> dict[str, str]:
    return {f"mark_{one.pk}": value for one in queries.scorecard()}


def test_a_fresh_desk_has_a_scorecard(people: People) -> None:
    assert queries.scorecard()[0].name == "Is every question answered?"
    assert len(queries.scorecard()) == 5


def test_everybodys_turn_comes_before_anybodys_second() -> None:
    candidates = {1: range(100, 160), 2: range(200, 203), 3: [300]}
    drawn = rules.draw(candidates, 6, Random(7))
    assert Counter(one // 100 for one in drawn) == {1: 3, 2: 2, 3: 1} or Counter(one // 100 for one in drawn) == {
        1: 2,
        2: 3,
        3: 1,
    }
    assert len(rules.draw(candidates, 500, Random(7))) == 64
    assert rules.draw({}, 3, Random(7)) == []


def test_each_answer_has_the_same_chance_within_its_author() -> None:
    counts = Counter(rules.draw({1: range(10)}, 1, Random(seed))[0] for seed in range(2000))
    assert set(counts) == set(range(10))
    assert max(counts.values()) < 2 * min(counts.values())


def test_nothing_hard_and_nothing_of_ones_own_is_drawn(people: People) -> None:
    fine, own, sealed, covered, reported, in_danger = answered(
        people, people.ada, people.lena, people.ada, people.ada, people.ada, people.ada
    )
    Conversation.objects.filter(pk=sealed.conversation_id).update(sealed=True)
    heard = covered.conversation.messages.earliest("pk")
    covering.cover(heard, covering.Standing(Reason.HARASSMENT, 2, Origin.PERSON), by=people.ada)
    reporting.report_by_agent(reported.conversation.messages.earliest("pk"), by=people.ada, reason=Reason.SPAM)
    Care.objects.create(conversation=in_danger.conversation)
    elsewhere = factories.arrives(people.other_inbox, people.casey, factories.mail()).conversation
    replying.reply(elsewhere, by=people.rita, text="Here.")
    assert [pk for _author, pk in queries.drawable(people.lena, clock.now() + timedelta(minutes=2))] == [fine.pk]
    assert own.author_user == people.lena
    assert queries.drawable(people.lena, clock.now() + timedelta(days=20)) == []


def test_the_author_sees_it_first_and_may_say_something(lena: Client, people: People) -> None:
    answered(people, people.ada)
    lena.post("/quality/draw/", {"count": "3"})
    sample = Sample.objects.get()
    address, ada, mina = f"/quality/{sample.pk}/", signed_in(people.ada), signed_in(people.mina)
    assert ada.get(address).status_code == 404, "there is nothing to see yet"
    assert lena.post(address, {"words": "Kind."}).status_code == 422
    mail.outbox.clear()
    assert lena.post(address, {**verdicts(), "words": "Kind, and quick."}).status_code == 302
    run_reactions()
    assert [one.to for one in mail.outbox] == [["ada@orbit.example"]]
    assert "Kind" not in str(mail.outbox[0].body)
    assert mina.get(address).status_code == 404
    assert "Kind, and quick." in ada.get(address).content.decode()
    assert "One review is new" in ada.get("/quality/mine/").content.decode()
    assert ada.post(address, {"words": "Thank you; the link was missing."}).status_code == 302
    assert "the link was missing" in lena.get(address).content.decode()
    assert lena.post(address, {**verdicts("no"), "words": "Changed"}).status_code == 302
    sample.refresh_from_db()
    assert (sample.state, sample.words) == (State.SEEN, "Kind, and quick."), "what was read stays"


def test_totals_are_of_the_team_and_of_enough_reviews_alone(lena: Client, people: People) -> None:
    answered(people, *[people.ada, people.mina] * 3)
    lena.post("/quality/draw/", {"count": "6"})
    for sample in Sample.objects.order_by("pk"):
        lena.post(f"/quality/{sample.pk}/", verdicts("yes" if sample.pk % 2 else "partly"))
    assert queries.totals(people.lena, clock.now() - timedelta(days=1)) == (0, []), "nobody has seen one"
    for number, sample in enumerate(Sample.objects.order_by("pk"), 1):
        signed_in(sample.author).post(f"/quality/{sample.pk}/seen/")
        count, totals = queries.totals(people.lena, clock.now() - timedelta(days=1))
        assert count == number
        assert bool(totals) == (number >= rules.FEWEST)
    assert (totals[0].yes, totals[0].partly, totals[0].no) == (3, 3, 0)
    page = lena.get("/quality/").content.decode()
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "3" in table
    assert "Ada" not in table
    assert "Mina" not in table
    assert queries.totals(people.rita, clock.now() - timedelta(days=1))[0] == 0


def test_who_is_no_lead_draws_and_reviews_nothing(people: People) -> None:
    ada = signed_in(people.ada)
    assert ada.get("/quality/").status_code == 403
    assert ada.post("/quality/draw/", {"count": "1"}).status_code == 403
    assert ada.get("/settings/quality/").status_code == 403
    message = answered(people, people.ada)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Sample.objects.create(message=message, author=people.ada, reviewer=people.ada)


def test_one_that_is_not_looked_at_may_be_drawn_again(lena: Client, people: People) -> None:
    answered(people, people.ada)
    lena.post("/quality/draw/", {"count": "1"})
    lena.post(f"/quality/{Sample.objects.get().pk}/put-back/")
    assert not Sample.objects.exists()
    assert actions.draw(1, by=people.lena) == 1


def test_the_scorecard_changes_and_old_reviews_keep_theirs(lena: Client, people: People) -> None:
    answered(people, people.ada)
    lena.post("/quality/draw/", {"count": "1"})
    lena.post(f"/quality/{Sample.objects.get().pk}/", verdicts())
    assert lena.post("/settings/quality/", {"questions": "\n".join(map(str, range(11)))}).status_code == 422
    assert (
        lena.post("/settings/quality/", {"questions": "Is it short?\n\n Is it  short?\nIs it kind?"}).status_code == 302
    )
    assert [one.name for one in queries.scorecard()] == ["Is it short?", "Is it kind?"]
    assert Sample.objects.get().marks.count() == 5
    lena.post("/settings/quality/", {"questions": "Is every question answered?"})
    assert Criterion.objects.filter(name="Is every question answered?").count() == 1
