"""The desk's own entries among the known failures: who may write them, what they must prove, and that they are used."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from firstline.answers import actions, queries
from firstline.answers.entry_forms import EntryForm, initial_of
from firstline.answers.models import Diagnosis, LocalSignature
from firstline.conversations.models import Conversation
from firstline.core import clock
from firstline.events.models import AuditEntry
from firstline.evidence import catalogue
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db
Run = Callable[..., int]
SAMPLE = "orb ERR! ORB-77 storage quota of organisation acme exceeded\norb ERR! publish stopped"
PASTE = f"Our release stops since this morning:\n\n{SAMPLE}\n"
SAID: dict[str, Any] = {
    "id": "orbit-quota",
    "cause": "The organisation has used up its storage.",
    "fix": "Remove old versions\r\nAsk for more storage",
    "owner": "policy",
    "case": "PUB-09",
    "any": r"\bORB-77\b",
    "specificity": "93",
    "family": "orbit",
    "code": "ORB-77",
    "stage": "publish",
    "ask": "publish",
    "docs": "https://orbit.example/quota",
    "cluster": "low",
    "samples": [SAMPLE, ""],
}


@pytest.fixture
def people() -> People:
    return factories.people()


@pytest.fixture
def lena(client: Client, people: People) -> Client:
    client.force_login(people.lena)
    return client


def kept(lena: Client, **changes: Any) -> LocalSignature:
    assert lena.post(reverse("answers:new_entry"), SAID | changes).status_code == 302
    return LocalSignature.objects.get(signature_id="orbit-quota")


def refused(lena: Client, **changes: Any) -> str:
    response = lena.post(reverse("answers:new_entry"), SAID | changes)
    assert response.status_code == 422
    assert not LocalSignature.objects.exists()
    return response.content.decode()


def asks(people: People, run_reactions: Run, text: str = PASTE) -> Conversation:
    message = factories.arrives(people.inbox, people.casey, factories.mail("Release stops", text))
    run_reactions()
    return message.conversation


def test_an_entry_is_used_at_once_and_what_waits_is_read_once_more(
    lena: Client, people: People, run_reactions: Run
) -> None:
    waiting = asks(people, run_reactions)
    assert not Diagnosis.objects.exclude(signature="").exists()
    kept(lena)
    run_reactions()
    assert Diagnosis.objects.get(conversation=waiting).case == "PUB-09"
    asks(people, run_reactions)
    assert Diagnosis.objects.filter(signature="orbit-quota", whose="policy").count() == 2
    page = lena.get(reverse("answers:catalogue")).content.decode()
    assert page.index("orbit-quota") < page.index("npm-otp-required")


def test_dropping_an_entry_brings_the_shipped_one_back(lena: Client, people: People, run_reactions: Run) -> None:
    shipped = catalogue.load().get("npm-otp-required")
    assert shipped is not None
    address = reverse("answers:entry", args=["npm-otp-required"])
    form = EntryForm(initial=dict(initial_of(shipped)))
    said = {name: form[name].value() for name in form.fields if form[name].value()} | {"samples": form.samples}
    assert lena.post(address, said | {"cause": "Two-factor is on."}).status_code == 302
    changed = queries.known().get("npm-otp-required")
    assert changed is not None
    assert changed.cause == "Two-factor is on."
    assert [one.source for one in changed.any] == [one.source for one in shipped.any]
    assert "changed here" in lena.get(reverse("answers:catalogue") + "?q=otp").content.decode()
    lena.post(reverse("answers:drop_entry", args=["npm-otp-required"]))
    assert queries.known() is catalogue.load()
    assert AuditEntry.objects.filter(kind="signature.changed").count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"any": "(ORB"}, "not a regular expression"),
        ({"any": r"(?:ORB-\d+)+ quota"}, "can take very long"),
        ({"samples": ["npm ERR! something else"]}, "None of the patterns recognises"),
        ({"any": "\\bORB-77\\b\n\\bEOTP\\b", "specificity": "99"}, "would be taken for this entry"),
        ({"case": "quota"}, "Capital letters and two digits"),
        ({"specificity": "12"}, "40"),
        ({"id": "new"}, "Words in small letters"),
        ({"samples": []}, "at least one sample"),
        ({"any": ""}, "at least one pattern"),
        ({"docs": "javascript:alert(1)"}, "valid URL"),
        ({"id": "npm-otp-required"}, "already"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(lena: Client, changes: dict[str, Any], words: str) -> None:
    page = refused(lena, **changes)
    assert words in page
    assert "The organisation has used up its storage." in page
    assert "Ask for more storage" in page


def test_a_pattern_that_does_not_come_back_is_refused(lena: Client) -> None:
    assert "can take very long" in refused(lena, any=r"(?:a|a)*ORB-77", samples=["a" * 50 + "ORB-77"])


def test_tokens_in_samples_are_masked(lena: Client) -> None:
    token = "npm_" + "Aq3" * 12
    local = kept(lena, samples=[f"{SAMPLE}\n//registry.example.org/:_authToken={token}"])
    assert token not in str(local.entry)


def test_a_replay_knows_only_what_was_known_then(lena: Client) -> None:
    kept(lena)
    assert queries.known_at(clock.now() - timedelta(minutes=5)).get("orbit-quota") is None
    assert queries.known_at(clock.now() + timedelta(minutes=5)).get("orbit-quota") is not None


def test_only_leads_see_or_change_it(client: Client, people: People) -> None:
    client.force_login(people.ada)
    for address in (reverse("answers:catalogue"), reverse("answers:new_entry")):
        assert client.get(address).status_code == 403
    assert client.post(reverse("answers:new_entry"), SAID).status_code == 403
    assert not LocalSignature.objects.exists()


def test_every_shipped_entry_can_be_opened_and_kept_unchanged(lena: Client) -> None:
    for one in catalogue.load().signatures[::9]:
        form = EntryForm(initial=dict(initial_of(one)))
        said = {name: form[name].value() for name in form.fields if form[name].value()} | {"samples": form.samples}
        response = lena.post(reverse("answers:entry", args=[one.id]), said)
        assert response.status_code == 302, response.content.decode()
    assert len(queries.known().signatures) == len(catalogue.load().signatures)


def test_reading_again_changes_nothing_that_is_answered(lena: Client, people: People, run_reactions: Run) -> None:
    conversation = asks(people, run_reactions)
    assert actions.read_again(conversation.pk) is False
