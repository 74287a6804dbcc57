"""The practice desk: what was asked then, one's own answer, what was sent; and no way out."""

from datetime import timedelta

import pytest
from django.test import Client

from firstline.conversations.actions import replying
from firstline.conversations.models import Conversation, Message
from firstline.core import clock
from firstline.events.models import Event
from firstline.practice.models import Attempt
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions
from tests.shared import ROOT


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    client.force_login(people.ada)
    return client


def past(people: People, subject: str, asked: str, answered: str) -> Conversation:
    """A conversation that Mina answered and resolved; the contact wrote once more since."""
    conversation = factories.conversation(people, subject, asked)
    replying.reply(conversation, by=people.mina, text=answered, resolve=True)
    with clock.at(clock.now() + timedelta(minutes=5)):
        run_reactions()
    return conversation


def test_one_answers_and_then_sees_what_was_sent(ada: Client, people: People) -> None:
    asked = "Hello Mina,\n\nglobal installs stop with EACCES for casey@contact.example in /home/casey/kit.\n\nCasey"
    conversation = past(people, "EACCES on every global install", asked, "Hello Casey,\n\nuse a prefix of your own.")
    page = f"/practice/{conversation.pk}/"
    assert "EACCES on every global install" in ada.get("/practice/").content.decode()
    before = ada.get(page).content.decode()
    assert "Global installs stop with EACCES for" in before
    assert "you@example.com" in before
    assert "prefix of your own" not in before
    assert "casey@contact.example" not in before
    assert "/home/casey" not in before
    assert ada.post(page, {"text": " "}).status_code == 422
    events = Event.objects.count()
    ada.post(page, {"text": "Fix the permissions."})
    ada.post(page, {"text": "Now that I know it."})
    after = ada.get(page).content.decode()
    assert "Fix the permissions." in after
    assert "prefix of your own" in after
    assert Attempt.objects.get().text == "Fix the permissions."
    assert Event.objects.count() == events
    assert not Message.objects.filter(author_user=people.ada).exists()


def test_only_what_a_colleague_answered_and_one_may_see_comes_up(ada: Client, people: People) -> None:
    sealed = past(people, "Sealed one", "A question", "An answer")
    Conversation.objects.filter(pk=sealed.pk).update(sealed=True)
    covered = past(people, "Covered one", "A question", "An answer")
    Conversation.objects.filter(pk=covered.pk).update(cover="insult")
    waiting = factories.conversation(people, "Open one")
    mina = Client()
    mina.force_login(people.mina)
    own = past(people, "Own one", "A question", "An answer")
    page = ada.get("/practice/").content.decode()
    assert "Own one" in page
    assert not any(name in page for name in ("Sealed one", "Covered one", "Open one"))
    assert "Own one" not in mina.get("/practice/").content.decode()
    rita = Client()
    rita.force_login(people.rita)
    for browser, pk in ((ada, sealed.pk), (ada, covered.pk), (ada, waiting.pk), (mina, own.pk), (rita, own.pk)):
        assert browser.get(f"/practice/{pk}/").status_code == 404


def test_nothing_of_practice_can_send() -> None:
    code = [path.read_text() for path in (ROOT / "firstline" / "practice").glob("*.py")]
    assert len(code) > 5
    assert not any(
        word in text for text in code for word in ("conversations.actions", "channels", "inboxes.actions", "send_mail")
    )
