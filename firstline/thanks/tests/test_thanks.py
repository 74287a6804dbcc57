"""Praise is gathered, credited, masked, taken down, and mailed to engineers at most weekly."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from firstline.answers.models import Citation, Suggestion, Usage
from firstline.conversations.actions import covering, replying
from firstline.conversations.models import Conversation, Message, Origin, Reason
from firstline.core import clock
from firstline.escalations.models import Engineer, HelpKind, HelpRequest, HelpState
from firstline.knowledge import actions as knowledge
from firstline.moderation.models import Care
from firstline.thanks import actions, letters, queries, rules
from firstline.thanks.models import Credit, Place, Praise, Why
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

HARASSING = covering.Standing(Reason.HARASSMENT, 2, Origin.PERSON)
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
PRAISE = "Hi Ada,\n\nthank you so much, that fixed it! Casey Rivers, casey@contact.example\n\nBest regards\nCasey"


def answered(people: People) -> Conversation:
    """A conversation that Ada answered by the desk's own door."""
    made = factories.conversation(people)
    replying.reply(made, by=people.ada, text="Set a prefix of your own.")
    with clock.at(clock.now() + timedelta(minutes=1)):
        run_reactions()
    return made


def thanked(people: People, text: str = PRAISE) -> Message:
    """Casey thanks for it."""
    return factories.answers(answered(people), people.casey, factories.mail("Re: EACCES", text))


def gather() -> int:
    """As the job does, a little later."""
    return actions.gather(clock.now() + timedelta(minutes=2))


def whose(praise: Praise) -> set[tuple[str, str]]:
    return {(one.first_name, one.why) for one in praise.credits.all()}


def test_praise_is_found_once_and_is_whose_answer_it_was(people: People) -> None:
    thanked(people)
    factories.conversation(people, text="Thanks for nothing, the build is red.")
    assert (gather(), gather()) == (1, 0)
    praise = Praise.objects.get()
    assert whose(praise) == {("Ada", Why.ANSWERED)}
    assert Place.objects.get().message_id == Message.objects.latest("pk").pk


def test_whoever_wrote_the_article_and_whoever_helped_is_named_too(people: People, rui: Engineer) -> None:
    conversation = answered(people)
    heard = conversation.messages.earliest("pk")
    article = knowledge.draft_article(by=people.mina, title="A prefix of your own", body="Set a prefix.")
    suggestion = Suggestion.objects.filter(message=heard).first() or Suggestion.objects.create(
        message=heard, conversation=conversation, engine="test", state="nothing"
    )
    Citation.objects.create(suggestion=suggestion, position=90, number=9, article=article, title="A", quote="Set")
    Usage.objects.create(suggestion=suggestion, inserted="Set", sent=conversation.messages.latest("pk"))
    HelpRequest.objects.create(
        conversation=conversation,
        engineer=rui,
        asked_by=people.ada,
        kind=HelpKind.FIX,
        summary="npm forgets the prefix",
        wanted_by=clock.now(),
        state=HelpState.ANSWERED,
        ended_at=clock.now(),
    )
    factories.answers(conversation, people.casey, factories.mail("Re", "You are the best, it works now!"))
    assert gather() == 1
    assert whose(Praise.objects.get()) == {
        ("Ada", Why.ANSWERED),
        ("Mina", Why.WROTE),
        ("Rui", Why.HELPED),
    }


def test_the_wall_shows_words_without_their_writer(people: People, client: Client) -> None:
    thanked(people)
    gather()
    client.force_login(people.ada)
    page = client.get("/thanks/").content.decode()
    assert "thank you so much, that fixed it!" in page
    assert "Casey" not in page
    assert "casey@contact.example" not in page
    assert "Ada" in page
    assert "thank you so much" in client.get("/thanks/?mine=1").content.decode()
    client.force_login(people.mina)
    assert "thank you so much" in client.get("/thanks/").content.decode()
    assert "thank you so much" not in client.get("/thanks/?mine=1").content.decode()
    client.force_login(people.rita)
    assert "thank you so much" not in client.get("/thanks/").content.decode()


def test_nothing_covered_or_sealed_comes_or_stays_on_the_wall(people: People, client: Client) -> None:
    covered, sealed, later = thanked(people), thanked(people), thanked(people)
    covering.cover(covered, HARASSING, by=people.ada)
    Conversation.objects.filter(pk=sealed.conversation_id).update(sealed=True)
    assert gather() == 1
    assert Praise.objects.get().message == later
    client.force_login(people.ada)
    assert "thank you so much" in client.get("/thanks/").content.decode()
    covering.cover(later, HARASSING, by=people.ada)
    assert "thank you so much" not in client.get("/thanks/").content.decode()


def test_the_praised_and_the_lead_may_take_it_down_and_nobody_else(people: People, client: Client) -> None:
    first, second = thanked(people), thanked(people)
    gather()
    own, other = Praise.objects.get(message=first), Praise.objects.get(message=second)
    client.force_login(people.mina)
    assert client.post(f"/thanks/{own.pk}/hide/").status_code == 403
    client.force_login(people.rita)
    assert client.post(f"/thanks/{own.pk}/hide/").status_code == 404
    for who, praise in ((people.ada, own), (people.lena, other)):
        client.force_login(who)
        assert client.post(f"/thanks/{praise.pk}/hide/").status_code == 302
        assert queries.wall(who) == [] or praise.pk not in {one.praise.pk for one in queries.wall(who)}
    assert not Praise.objects.shown().exists()


def test_a_quiet_line_stands_beside_the_conversation(people: People, client: Client) -> None:
    message = thanked(people)
    client.force_login(people.mina)
    address = f"/conversations/{message.conversation_id}/thanks/"
    assert client.get(address).status_code == 204
    gather()
    assert "Somebody said thank you" in client.get(address).content.decode()


def helped_by(people: People, rui: Engineer) -> None:
    """Somebody is glad of what Rui helped with."""
    message = thanked(people)
    HelpRequest.objects.create(
        conversation=message.conversation,
        engineer=rui,
        asked_by=people.ada,
        kind=HelpKind.QUESTION,
        summary="Why EACCES?",
        wanted_by=clock.now(),
        state=HelpState.ANSWERED,
        ended_at=clock.now(),
    )
    gather()


def test_engineers_without_an_account_get_one_letter_a_week(people: People, rui: Engineer) -> None:
    with clock.at(MONDAY - timedelta(days=2)):
        helped_by(people, rui)
        helped_by(people, rui)
    mail.outbox.clear()
    assert actions.mail_engineers(MONDAY) == 1
    letter = mail.outbox[0]
    assert letter.to == ["rui@build.example"]
    assert letter.subject == "2 people say thank you"
    assert "that fixed it" in str(letter.body)
    assert "Casey" not in str(letter.body)
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with clock.at(MONDAY + timedelta(days=1)):
        helped_by(people, rui)
    assert actions.mail_engineers(MONDAY + timedelta(days=3)) == 0
    assert actions.mail_engineers(MONDAY + timedelta(days=7)) == 1
    assert actions.mail_engineers(MONDAY + timedelta(days=14)) == 0, "there is nothing new"


def test_the_letters_end_by_one_press_not_by_the_link_alone(people: People, rui: Engineer, client: Client) -> None:
    with clock.at(MONDAY - timedelta(days=2)):
        helped_by(people, rui)
    path = letters.stop_link(rui).partition("/thanks/")[2]
    outside = Client(enforce_csrf_checks=True)
    assert "End the letters of thanks to Rui?" in outside.get(f"/thanks/{path}").content.decode()
    assert len(queries.to_thank(MONDAY)) == 1
    assert outside.post(f"/thanks/{path}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert actions.mail_engineers(MONDAY) == 0
    assert outside.get("/thanks/stop/made-up/").status_code == 404


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Thank you! I am Casey Rivers from Brightwater.", "Thank you!"),
        ("Thanks @orbit and @ada, it works now!", "Thanks … and …, it works now!"),
        ("Thank you so much, Casey here.", "Thank you so much, … here."),
    ],
)
def test_an_excerpt_keeps_the_praise_and_drops_who_wrote_it(text: str, shown: str) -> None:
    assert rules.excerpt(text, "Casey Rivers") == shown


def test_a_credit_is_of_one_person(people: People) -> None:
    thanked(people)
    gather()
    assert Credit.objects.count() == 1
    assert not Care.objects.exists()
