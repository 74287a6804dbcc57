"""Somebody may be in danger: a card, a second person, and nothing that could do harm (3.3, D-14)."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from firstline.conversations.models import Cover, Message, Priority, Status
from firstline.moderation.actions import caring, wishing
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import Care, Case, Sanction
from firstline.operations import doctor
from tests import factories
from tests.factories import People

WORDS = {
    "en": "My package was removed. I want to end my life.",
    "de": "Das hat alles keinen Sinn mehr, ich will sterben.",
    "fr": "Je veux mourir, je n'en peux plus.",
    "es": "Ya no quiero vivir, no puedo más con la vida.",
    "pt": "Não quero mais viver.",
}


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.mark.parametrize("language", sorted(WORDS))
def test_words_of_danger_raise_the_card_and_call_somebody(
    people: People, run_reactions: Callable[..., int], mailoutbox: list[EmailMessage], language: str
) -> None:
    wishing.set_safety([people.mina.pk, people.lena.pk], [("en", "Samaritans", "116 123")], by=people.lena)
    message = factories.arrives(people.inbox, people.casey, factories.mail("Help", WORDS[language]))
    run_reactions()
    care = Care.objects.get()
    message.conversation.refresh_from_db()
    assert care.conversation == message.conversation
    assert message.conversation.priority == Priority.URGENT
    assert message.conversation.status == Status.OPEN
    letters = [one for one in mailoutbox if "may be in danger" in one.subject]
    assert {address for one in letters for address in one.to} == {people.mina.email, people.lena.email}
    assert not any(WORDS[language] in str(letter.body) for letter in letters)


def test_it_sanctions_answers_and_covers_nothing(people: People, run_reactions: Callable[..., int]) -> None:
    factories.arrives(people.inbox, people.casey, factories.mail("Help", WORDS["en"]))
    run_reactions()
    assert not Sanction.objects.exists()
    assert not Case.objects.exists()
    assert not Cover.objects.exists()
    assert not Message.objects.filter(author_identity=None).exists()


def test_nobody_does_it_alone(people: People) -> None:
    conversation = factories.conversation(people)
    care = caring.ask(conversation, message=None, by=people.ada)
    assert caring.ask(conversation, message=None, by=people.mina) == care
    with pytest.raises(Refused):
        caring.take(care, by=people.ada)
    with pytest.raises(Refused):
        caring.close(care, by=people.ada)
    caring.take(care, by=people.mina)
    assert caring.close(care, by=people.ada).closed_at is not None


def test_the_card_says_what_to_do_and_where_help_is(people: People) -> None:
    wishing.set_safety([people.mina.pk], [("en", "Samaritans", "116 123")], by=people.lena)
    conversation = factories.conversation(people)
    ada = Client()
    ada.force_login(people.ada)
    page = reverse("conversations:permalink", args=[conversation.pk])
    assert "Somebody may be in danger" not in ada.get(page, follow=True).content.decode()
    ada.post(reverse("moderation:ask_care", args=[conversation.pk]))
    body = ada.get(page, follow=True).content.decode()
    for words in ("Somebody may be in danger", "116 123", "Ask directly", people.mina.name):
        assert words in body


def test_d14_helplines_and_contacts_are_kept_as_typed(people: People) -> None:
    lena = Client()
    lena.force_login(people.lena)
    url = reverse("moderation:settings")
    wrong = lena.post(url, {"contacts": [people.ada.pk], "helplines": "Samaritans 116 123"})
    assert wrong.status_code == 422
    assert "Samaritans 116 123" in wrong.content.decode()
    lena.post(url, {"contacts": [people.ada.pk, people.mina.pk], "helplines": "en | Samaritans | 116 123\n"})
    assert "en | Samaritans | 116 123" in lena.get(url).content.decode()


def test_d14_the_doctor_asks_for_contacts_and_helplines(people: People) -> None:
    assert [one.level for one in doctor.safety()] == ["warn"]
    wishing.set_safety([people.mina.pk, people.lena.pk], [("en", "Samaritans", "116 123")], by=people.lena)
    assert [one.level for one in doctor.safety()] == ["ok"]
