"""What a contact wrote beside its translation, and a reply that leaves translated, at the doors."""

import http.server
import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from firstline.contacts.models import ContactIdentity
from firstline.conversations.actions import covering, replying, reviewing
from firstline.conversations.models import Conversation, Delivery, Draft, Message, Review, ReviewKind
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry, Event
from firstline.models_ai.tests import scripted
from firstline.models_ai.tests.scripted import Script, Server
from firstline.privacy.actions import erasing, finding
from firstline.translation import actions, queries, translators
from firstline.translation.models import Translation
from firstline.translation.tests.conftest import GERMAN, in_english, libre
from tests import factories
from tests.factories import People

Serve = Callable[[Script], Server]
HTMX = {"HX-Request": "true"}
OWN = "Please run `npm cache clean --force` and tell me what https://docs.npmjs.com/x says."


def page(client: Client, conversation: Conversation) -> str:
    return client.get(reverse("conversations:detail", args=["open", conversation.pk])).content.decode()


def translate(client: Client, conversation: Conversation) -> str:
    response = client.post(reverse("translation:translate", args=[conversation.pk]), headers=HTMX)
    return f"{response.status_code} {response.content.decode()}"


def write(client: Client, conversation: Conversation, **fields: str) -> str:
    said = {"mode": "reply", "text": OWN, **fields}
    response = client.post(reverse("translation:draft", args=[conversation.pk]), said, headers=HTMX)
    return f"{response.status_code} {response.content.decode()}"


def test_without_a_translator_nothing_is_offered(ada: Client, german: Conversation) -> None:
    assert "translation-ask" not in page(ada, german)
    assert translate(ada, german) == "200 "
    assert write(ada, german).startswith("422")
    assert Draft.objects.get().text == OWN


def test_without_an_open_inbox_nothing_leaves(ada: Client, people: People, serve: Serve) -> None:
    server = serve(libre(in_english))
    conversation = factories.conversation(people, "Installation", GERMAN)
    assert "translation-ask" not in page(ada, conversation)
    assert translate(ada, conversation) == "200 "
    assert write(ada, conversation).startswith("422")
    assert server.asked == []


def test_a_message_stands_beside_its_translation(ada: Client, german: Conversation, serve: Serve) -> None:
    server = serve(libre(in_english))
    assert "1 message in German" in page(ada, german)
    assert translate(ada, german) == "200 "
    shown = page(ada, german)
    assert "From German, translated by machine." in shown
    assert "abbricht" not in shown
    assert "Guten Tag, seit gestern" in shown  # the original stays
    assert "gestern seit Tag, Guten" in shown
    assert shown.count("<code>npm install left-pad</code>") == 2
    assert "translation-ask" not in shown
    assert server.asked[0]["source"] == "de"
    assert server.asked[0]["target"] == "en"
    assert "left-pad" not in json.dumps(server.asked)
    event = Event.objects.get(kind=Kind.WORDS_TRANSLATED)
    assert (event.data["incoming"], event.data["outgoing"]) == (1, 0)


def test_names_and_secrets_do_not_leave(people: People, ada: Client, serve: Serve) -> None:
    server = serve(libre(in_english))
    actions.open_inboxes([people.inbox], by=people.lena)
    token = "npm_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
    text = f"Hallo Ada Example, hier ist Casey Rivers. Mein Schlüssel ist {token} und er geht nicht mehr."
    conversation = factories.conversation(people, "Schlüssel", text)
    translate(ada, conversation)
    sent = json.dumps(server.asked, ensure_ascii=False)
    assert "Mein Schlüssel ist" in sent
    for kept in (token, "Casey", "Rivers", "Ada"):
        assert kept not in sent
    assert token not in Translation.objects.get().text


def test_the_agents_own_language_decides(ada: Client, people: People, german: Conversation, serve: Serve) -> None:
    serve(libre(in_english))
    actions.choose_language("de", at_once=False, by=people.ada)
    assert "translation-ask" not in page(ada, german)
    assert queries.translates_to(german, people.ada) == ""
    assert queries.translates_to(german, people.mina) == "de"


def test_at_once_means_without_being_asked(ada: Client, people: People, german: Conversation, serve: Serve) -> None:
    serve(libre(in_english))
    url = reverse("translation:panel", args=[german.pk])
    assert "load" not in ada.get(url).content.decode()
    actions.choose_language("en", at_once=True, by=people.ada)
    assert 'hx-trigger="submit, load"' in ada.get(url).content.decode()


@pytest.mark.parametrize(
    "say",
    [
        lambda texts: [text.replace("[[1]]", "") for text in texts],
        lambda texts: [f"{text} [[1]]" for text in texts],
        lambda texts: [f"{text} https://evil.example" for text in texts],
        lambda texts: ["" for _text in texts],
    ],
)
def test_a_translation_that_damages_is_refused_with_a_sentence(
    ada: Client, german: Conversation, serve: Serve, say: Callable[[list[str]], list[str]]
) -> None:
    serve(libre(say))
    assert translate(ada, german).startswith("422")
    assert "would have changed code, names or links" in translate(ada, german)
    assert not Translation.objects.exists()
    held = write(ada, german)
    assert held.startswith("422")
    assert "would have changed code, names or links" in held
    assert "npm cache clean --force" in held


def test_what_is_damaged_in_part_stays_in_part(people: People, ada: Client, serve: Serve) -> None:
    serve(libre(lambda texts: [text if "[[1]]" in text else "Thank you very much." for text in texts]))
    actions.open_inboxes([people.inbox], by=people.lena)
    text = "Ich bekomme seit heute immer den Fehler `E403` hier.\n\nVielen Dank für eure schnelle Hilfe dabei."
    serve(libre(lambda texts: ["It is gone.", "Thank you very much."]))
    conversation = factories.conversation(people, "Fehler", text)
    translate(ada, conversation)
    made = Translation.objects.get()
    assert made.text == "Ich bekomme seit heute immer den Fehler `E403` hier.\n\nThank you very much."
    assert made.kept == 1
    assert "1 paragraph stayed as it was" in page(ada, conversation)


@pytest.mark.parametrize(
    "script",
    [
        scripted.dies,
        scripted.floods,
        lambda handler, _body: scripted.reply(handler, b"no json"),
        lambda handler, _body: scripted.reply(handler, b'{"translatedText": ["one", "too many"]}'),
        lambda handler, _body: scripted.reply(handler, b"[]"),
        lambda handler, _body: scripted.reply(handler, b"{}", 429),
    ],
)
def test_a_broken_service_loses_nothing(ada: Client, german: Conversation, serve: Serve, script: Script) -> None:
    serve(script)
    assert "did not answer as it should" in translate(ada, german)
    assert "did not answer as it should" in write(ada, german)
    assert Draft.objects.get().text == OWN
    assert Draft.objects.get().translated == ""


def test_a_service_that_hangs_is_given_up(
    ada: Client, german: Conversation, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translators, "SECONDS", 0.2)
    serve(scripted.hangs)
    assert "did not answer as it should" in translate(ada, german)


def test_a_model_is_spoken_to_in_its_own_way(
    ada: Client, german: Conversation, serve: Serve, settings: Settings
) -> None:
    settings.TRANSLATION_MODEL = "some-model"
    settings.TRANSLATION_KEY = "key-1"

    def script(handler: http.server.BaseHTTPRequestHandler, body: dict[str, object]) -> None:
        messages = body["messages"]
        assert isinstance(messages, list)
        said = in_english(json.loads(messages[1]["content"]))
        content = f"Here you are:\n```json\n{json.dumps(said)}\n```"
        scripted.reply(handler, json.dumps({"choices": [{"message": {"content": content}}]}).encode())

    server = serve(script)
    assert translate(ada, german) == "200 "
    assert "gestern seit Tag, Guten" in Translation.objects.get().text
    assert server.keys == ["Bearer key-1"]
    assert server.asked[0]["model"] == "some-model"


def test_covered_and_sealed_words_never_leave(ada: Client, people: People, german: Conversation, serve: Serve) -> None:
    server = serve(libre(in_english))
    message = german.messages.get()
    covering.cover(message, covering.Standing("insult", 2), by=people.ada)
    assert translate(ada, german) == "200 "
    Conversation.objects.filter(pk=german.pk).update(sealed=True)
    german.refresh_from_db()
    german.readers.create(user=people.ada)
    assert translate(ada, german) == "200 "
    assert queries.translates_to(german, people.ada) == ""
    assert server.asked == []


def test_an_edited_message_has_no_translation(ada: Client, german: Conversation, serve: Serve) -> None:
    serve(libre(in_english))
    translate(ada, german)
    Message.objects.filter(conversation=german).update(text="Ganz andere Worte, die niemand übersetzt hat.")
    assert "translated by machine" not in page(ada, german)
    assert "1 message in German" in page(ada, german)
    translate(ada, german)
    assert Translation.objects.get().text == "hat. übersetzt niemand die Worte, andere Ganz"


def test_erasing_a_person_erases_translations(ada: Client, german: Conversation, people: People, serve: Serve) -> None:
    serve(libre(in_english))
    translate(ada, german)
    person = finding.find(f"email:{people.casey.address}")
    assert person is not None
    erasing.erase(person)
    assert not Translation.objects.exists()


def test_a_reply_leaves_translated_and_keeps_its_authors_words(
    ada: Client, german: Conversation, people: People, serve: Serve
) -> None:
    serve(libre(in_english))
    offered = page(ada, german)
    assert "Translate into German" in offered
    shown = write(ada, german)
    assert shown.startswith("200")
    assert "This is what they get, in German." in shown
    draft = Draft.objects.get()
    assert draft.translated == "says. https://docs.npmjs.com/x what me tell and `npm cache clean --force` run Please"
    fields = {"text": OWN.replace("\n", "\r\n"), "translated": draft.translated, "translated_of": draft.translated_of}
    response = ada.post(reverse("conversations:reply", args=[german.pk]), fields, headers=HTMX)
    assert response.status_code == 200
    message = german.messages.get(author_user=people.ada)
    assert (message.text, message.own_words) == (draft.translated, OWN)
    shown = page(ada, german)
    assert "Sent in translation. Written as:" in shown
    assert "and tell me what" in shown
    taken = replying.undo(message, by=people.ada)
    assert (taken.text, taken.translated, taken.translated_of) == (OWN, draft.translated, draft.translated_of)
    assert message.state == Delivery.QUEUED


def test_words_changed_after_they_were_translated_are_held_back(
    ada: Client, german: Conversation, serve: Serve
) -> None:
    serve(libre(in_english))
    write(ada, german)
    draft = Draft.objects.get()
    fields = {"text": f"{OWN} Now!", "translated": draft.translated, "translated_of": draft.translated_of}
    response = ada.post(reverse("conversations:reply", args=[german.pk]), fields, headers=HTMX)
    assert response.status_code == 422
    assert "You changed your words after they were translated" in response.content.decode()
    assert draft.translated in response.content.decode().replace("&#x27;", "'")
    saved = ada.post(reverse("conversations:draft", args=[german.pk]), {**fields, "mode": "reply"}, headers=HTMX)
    assert "You changed your words" in saved.content.decode()
    alone = {**fields, "mode": "reply", "alone": "1"}
    dropped = ada.post(reverse("conversations:draft", args=[german.pk]), alone, headers=HTMX)
    assert "Translate into German" in dropped.content.decode()
    assert Draft.objects.get().translated == ""


def test_both_versions_pass_the_checks(ada: Client, german: Conversation, serve: Serve) -> None:
    token = "npm_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
    serve(libre(in_english))
    write(ada, german)
    draft = Draft.objects.get()
    fields = {"text": OWN, "translated": f"{draft.translated} {token}", "translated_of": draft.translated_of}
    response = ada.post(reverse("conversations:reply", args=[german.pk]), fields, headers=HTMX)
    assert response.status_code == 422
    assert german.messages.filter(author_user__isnull=False).count() == 0
    assert token not in Draft.objects.get().translated


def test_a_mentor_sees_both(people: People, german: Conversation) -> None:
    review = reviewing.ask(german, ReviewKind.LOOK, by=people.ada, text="Bitte warten.", own_words="Please wait.")
    client = Client()
    client.force_login(people.mina)
    shown = client.get(reverse("conversations:review_panel", args=[german.pk])).content.decode()
    assert "Bitte warten." in shown
    assert "Please wait." in shown
    reviewing.withdraw(review, by=people.ada)
    draft = Draft.objects.get(user=people.ada)
    assert (draft.text, draft.translated) == ("Please wait.", "Bitte warten.")
    assert Review.objects.get().own_words == "Please wait."


def test_what_an_inbox_allows_is_audited(people: People, german: Conversation) -> None:
    actions.open_inboxes([], by=people.lena)
    assert [one.data["on"] for one in Event.objects.filter(kind=Kind.TRANSLATION_CHANGED).order_by("pk")] == [
        True,
        False,
    ]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.kind, entry.actor_id, entry.after) == (Kind.TRANSLATION_CHANGED, people.lena.pk, {"on": False})


def test_the_page_of_languages(people: People, client: Client, serve: Serve, settings: Settings) -> None:
    client.force_login(people.lena)
    url = reverse("translation:own")
    assert "FIRSTLINE_TRANSLATION_URL" in client.get(url).content.decode()
    serve(libre(lambda texts: ["Guten Morgen, und danke."]))
    assert client.post(url, {"language": "tlh"}).status_code == 422
    client.post(url, {"language": "pt", "at_once": "on"})
    assert queries.reads(people.lena) == "pt"
    client.post(reverse("translation:inboxes"), {"inboxes": [people.inbox.pk]})
    shown = client.post(reverse("translation:try"), follow=True).content.decode()
    assert "It answers: “Guten Morgen, und danke.”" in shown
    assert f'value="{people.inbox.pk}" checked' in shown
    assert '<option value="pt" selected>' in shown
    client.post(reverse("translation:inboxes"), {"inboxes": ["999999"]})
    assert queries.may_be_translated(factories.conversation(people))
    settings.TRANSLATION_URL = ""
    assert "No translation service is set" in client.post(reverse("translation:try"), follow=True).content.decode()


def test_the_contacts_language_counts_where_words_do_not_tell(people: People, serve: Serve) -> None:
    serve(libre(in_english))
    actions.open_inboxes([people.inbox], by=people.lena)
    conversation = factories.conversation(people, "E403", "npm ERR! code E403")
    assert queries.translates_to(conversation, people.ada) == ""
    contact = ContactIdentity.objects.get(pk=people.casey.pk).contact
    contact.language = "fr"
    contact.save()
    conversation.refresh_from_db()
    assert queries.translates_to(conversation, people.ada) == "fr"
