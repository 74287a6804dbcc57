"""The form and the API door: what is asked arrives once, complete, masked, and claims nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from firstline.ask import rules, views
from firstline.ask.tests.conftest import KEY
from firstline.contacts.models import ContactIdentity
from firstline.conversations.models import Conversation, Message, SealedSecret
from firstline.core import clock, tokens
from firstline.inboxes.models import Inbox
from firstline.intake.models import InboundItem, Refusal
from tests.factories import People

TOKEN = "npm_" + "k3Q9" * 9
GOOD = {
    "email": "casey@contact.example",
    "name": "Casey Rivers",
    "f_package": "@acme/kit",
    "f_command": "npm publish",
    "f_output": f"npm error code E404\n//registry.example.org/:_authToken={TOKEN}",
    "text": "It worked last week.",
}


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> None:
    cache.clear()


def url(form: Inbox, case: str = "publish") -> str:
    """Where a kind of question is asked."""
    return reverse("ask:ask", args=[form.name, case])


def stamp(form: Inbox, *, seconds: float = 10, nonce: int = 1) -> str:
    """The stamp of a page that was opened so long ago."""
    return tokens.make("ask", [form.pk, int(clock.now().timestamp() - seconds), nonce])


def post(client: Client, form: Inbox, case: str = "publish", **changed: Any) -> Any:
    """Send the form."""
    data = {**GOOD, "stamp": stamp(form), **changed}
    return client.post(url(form, case), data)


def test_the_form_asks_for_what_its_kind_needs_and_sets_no_cookie(client: Client, form: Inbox) -> None:
    page = client.get(url(form))
    shown = page.content.decode()
    assert page.status_code == 200
    assert not page.cookies
    for name in ("f_package", "f_command", "f_output", "email", "text", "attached"):
        assert f'name="{name}"' in shown
    assert "csrfmiddlewaretoken" not in shown
    chooser = client.get(reverse("ask:choose", args=[form.name]))
    assert chooser.content.decode().count('class="door"') == 13
    assert client.get(reverse("ask:front")).headers["Location"] == reverse("ask:choose", args=[form.name])
    assert client.get(url(form, "no-such-case")).status_code == 404
    assert client.get(reverse("ask:choose", args=["desk"])).status_code == 404


def test_a_question_becomes_one_unverified_conversation_with_its_tag_and_no_token_in_it(
    client: Client, form: Inbox, people: People, run_reactions: Callable[..., int]
) -> None:
    answer = post(client, form, attached=[SimpleUploadedFile("npm.log", b"the log")])
    assert answer.status_code == 303
    assert not answer.cookies
    run_reactions()
    message = Message.objects.get()
    conversation = message.conversation
    assert conversation.subject == "Publishing fails: @acme/kit"
    assert [one.name for one in conversation.tags.all()] == ["publish"]
    assert conversation.unverified
    assert (conversation.inbox_id, message.strand.inbox_id) == (form.pk, people.inbox.pk)
    assert message.author_identity is not None
    assert (message.author_identity.channel, message.author_identity.contact_id == people.casey.contact_id) == (
        "web",
        False,
    )
    assert "The command you ran: npm publish" in message.text
    assert TOKEN not in message.text
    assert SealedSecret.objects.get().message_id == message.pk
    assert [one.name for one in message.attachments.all()] == ["npm.log"]
    receipt = client.get(answer.headers["Location"].removeprefix("http://testserver"))
    assert "It is in our list" in receipt.content.decode()
    assert "@acme/kit" not in receipt.content.decode()


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(client: Client, form: Inbox) -> None:
    answer = post(client, form, f_command="", f_output="", email="casey at home")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert shown.count("This is needed, so that nobody has to ask you for it.") == 2
    assert "This is not an email address that we can answer to." in shown
    assert 'value="@acme/kit"' in shown
    assert "It worked last week." in shown
    assert not InboundItem.objects.exists()
    assert post(client, form, "question", text="").status_code == 422
    wrong = post(client, form, "sign-in", f_username="casey", f_client="nowhere")
    assert wrong.status_code == 422


def test_the_same_page_sent_twice_is_one_question(
    client: Client, form: Inbox, run_reactions: Callable[..., int]
) -> None:
    first, second = post(client, form), post(client, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert post(client, form, stamp=stamp(form, nonce=2)).headers["Location"] != first.headers["Location"]
    run_reactions()
    assert Conversation.objects.count() == 2


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(0, "That was very quick."), (13 * 3600, "Nothing is lost: look it over and send it again.")],
)
def test_a_stamp_is_neither_too_fresh_nor_too_old(client: Client, form: Inbox, seconds: int, says: str) -> None:
    answer = post(client, form, stamp=stamp(form, seconds=seconds))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    fresh = re.search(r'name="stamp" value="([^"]+)"', answer.content.decode())
    assert fresh is not None
    assert (fresh.group(1) == stamp(form, seconds=0)) is (seconds == 0)
    assert not InboundItem.objects.exists()


@pytest.mark.parametrize("wrong", ["", "made-up", tokens.make("ask", [999_999, 1_700_000_000, 1])])
def test_a_stamp_of_nobody_is_no_stamp(client: Client, form: Inbox, wrong: str) -> None:
    assert post(client, form, stamp=wrong).status_code == 422
    assert not InboundItem.objects.exists()


def test_who_fills_in_the_trap_is_kept_aside_with_its_cause(
    client: Client, form: Inbox, run_reactions: Callable[..., int]
) -> None:
    assert post(client, form, website="https://cheap.example").status_code == 303
    run_reactions()
    assert InboundItem.objects.get().outcome == "quarantined:spam"
    assert not Conversation.objects.exists()


def test_a_flood_from_a_network_or_an_address_is_slowed_and_loses_nothing(
    client: Client, form: Inbox, run_reactions: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for nonce in range(rules.MOST_AN_ADDRESS):
        assert post(client, form, stamp=stamp(form, nonce=nonce)).status_code == 303
        run_reactions()
    held = post(client, form, stamp=stamp(form, nonce=99))
    assert held.status_code == 429
    assert "It worked last week." in held.content.decode()
    cache.clear()
    monkeypatch.setattr(views, "ASKED_A_MINUTE", 1)
    assert post(client, form, "question", email="a@contact.example").status_code == 303
    slowed = post(client, form, "question", email="b@contact.example")
    assert (slowed.status_code, "A little slower" in slowed.content.decode()) == (429, True)


def test_only_the_named_sites_may_frame_it(client: Client, form: Inbox) -> None:
    page = client.get(url(form), {"framed": "1"})
    assert "frame-ancestors 'self' https://docs.orbit.example;" in page.headers["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in page.headers
    form.settings = {}
    form.save()
    page = client.get(url(form))
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    script = client.get(reverse("ask:embed_script"))
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not script.cookies


def test_origins_are_origins() -> None:
    text = (
        "https://docs.orbit.example/, javascript:alert(1) http://evil.example * https://a.b:8443 http://localhost:4000"
    )
    assert rules.origins(text) == ["https://docs.orbit.example", "https://a.b:8443", "http://localhost:4000"]


QUESTION = {
    "type": "publish",
    "email": "casey@contact.example",
    "fields": {"package": "@acme/kit", "command": "npm publish", "output": f"E404 {TOKEN}"},
}


def api(client: Client, form: Inbox, body: object, key: str = KEY, **headers: str) -> Any:
    """Ask by API."""
    given = {"Authorization": f"Bearer {key}", **headers} if key else headers
    return client.post(reverse("intake:hook", args=[form.name]), body, content_type="application/json", headers=given)


def test_the_api_takes_a_question_once_and_says_where_it_can_be_followed(
    client: Client, form: Inbox, run_reactions: Callable[..., int]
) -> None:
    once = {"Idempotency-Key": "publish-4711"}
    first, again = (api(client, form, QUESTION, **once) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    one, two = first.json()["receipts"][0], again.json()["receipts"][0]
    assert (one["status_url"], one["repeated"], two["repeated"]) == (two["status_url"], False, True)
    run_reactions()
    assert Message.objects.get().text.count("••••") == 1
    page = client.get(one["status_url"].removeprefix("http://testserver"))
    assert "It is in our list" in page.content.decode()


def test_without_the_key_or_incomplete_nothing_is_kept_but_a_count(client: Client, form: Inbox) -> None:
    assert api(client, form, QUESTION, key="").status_code == 401
    assert api(client, form, QUESTION, key="wrong").status_code == 403
    incomplete = api(client, form, {**QUESTION, "email": "no", "fields": {"pakage": "x", "command": 3}})
    assert incomplete.status_code == 422
    assert set(incomplete.json()["problems"]) == {
        "email",
        "fields.pakage",
        "fields.package",
        "fields.command",
        "fields.output",
    }
    assert not InboundItem.objects.exists()
    counted = {one.code: one.count for one in Refusal.objects.all()}
    assert counted == {"http_401": 1, "http_403": 1, "http_422": 1}


@pytest.mark.parametrize("token", ["made-up", "a-1-aaaaaaaaaaaaaaaaaaaaaaaaaa", "%20"])
def test_a_receipt_is_nobodys_guess(client: Client, form: Inbox, token: str) -> None:
    assert client.get(f"/ask/receipt/{token}/").status_code == 404


def test_an_agent_who_tries_the_form_is_not_held_as_a_forger(
    client: Client, form: Inbox, people: People, run_reactions: Callable[..., int]
) -> None:
    post(client, form, email=people.ada.email)
    run_reactions()
    assert InboundItem.objects.get().outcome == "new"
    assert ContactIdentity.objects.get(channel="web").key == people.ada.email


def test_the_stamp_is_new_on_every_page(client: Client, form: Inbox) -> None:
    found = {re.search(r'name="stamp" value="([^"]+)"', client.get(url(form)).content.decode()) for _ in range(3)}
    assert len({one.group(1) for one in found if one}) == 3


def test_what_is_over_is_forgotten(form: Inbox) -> None:
    assert rules.stamp_problem(timedelta(seconds=3)) == ""
    assert rules.state("pending", "", is_answered=False) == "read"
    assert rules.state("quarantined:spam", "", is_answered=False) == "kept"
    assert rules.state("new", "waiting_on_contact", is_answered=True) == "answered"
    assert rules.state("new", "resolved", is_answered=True) == "done"


def test_the_inboxs_own_page_says_where_the_form_is_and_what_to_paste(
    client: Client, form: Inbox, people: People
) -> None:
    client.force_login(people.lena)
    shown = client.get(reverse("ask:inbox", args=[form.pk])).content.decode()
    assert reverse("ask:choose", args=[form.name]) in shown
    assert 'data-inbox="ask-us"&gt;&lt;/script&gt;' in shown
    assert "https://docs.orbit.example" in shown
    assert KEY not in shown
    assert client.get(reverse("ask:inbox", args=[people.inbox.pk])).content == b""


def test_the_help_centre_leads_to_the_form_where_there_is_one(client: Client, form: Inbox) -> None:
    assert reverse("ask:front") in client.get(reverse("helpcenter:front")).content.decode()
    Inbox.objects.filter(pk=form.pk).update(is_active=False)
    assert reverse("ask:front") not in client.get(reverse("helpcenter:front")).content.decode()
    assert client.get(reverse("ask:front")).headers["Location"] == reverse("helpcenter:front")
