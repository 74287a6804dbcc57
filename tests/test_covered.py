"""W-01: what is covered stands nowhere that nobody asked for: lists, titles, search, letters, exports, logs."""

import logging
import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from firstline.accounts.models import User
from firstline.channels.base import Envelope
from firstline.conversations.actions import covering, replying
from firstline.conversations.actions.covering import Standing
from firstline.conversations.models import Conversation, Cover, Message, Origin, Reason
from firstline.core import sealing
from firstline.events.models import Event
from firstline.inboxes.models import KeptMail
from firstline.intake.actions import accept
from firstline.intake.tests.mails import raw_mail
from firstline.moderation.actions import reporting
from firstline.search.models import MessageText, Passage
from tests import factories
from tests.test_marker import database_dump

MARKER = "zanzibarquokka"
INSULT = f"You are all idiots, {MARKER}, and your registry is garbage. I will find where you live {MARKER}."
pytestmark = pytest.mark.django_db
HREF = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)"')
MAY_HOLD = {"conversations_message", "moderation_caseitem"}
"""Tables that are the content itself; everything else is a copy."""


@pytest.fixture
def everybody(run_reactions: Callable[..., int]) -> factories.People:
    people = factories.people()
    for subject, text in ((f"About {MARKER}", INSULT), ("npm publish says 404", "What is wrong with my token?")):
        raw = raw_mail(
            sender="Grim <grim@contact.example>",
            to=people.inbox.address,
            subject=subject,
            text=text,
            html=f"<p>{text}</p>",
            files={f"{MARKER}.txt": text.encode()} if MARKER in text else {},
        )
        accept(people.inbox, raw, Envelope(rcpt_to=(people.inbox.address,)))
    run_reactions()
    return people


def pages(client: Client, start: list[str], most: int = 250) -> Iterator[tuple[str, str]]:
    """Every page that links lead to, at its address."""
    waiting, seen = list(start), set(start)
    while waiting and len(seen) < most:
        url = waiting.pop(0)
        response = client.get(url)
        if response.status_code >= 400 or "text" not in response.headers.get("Content-Type", "text"):
            continue
        body = response.content.decode(errors="replace") if not response.streaming else ""
        yield url, body
        for found in HREF.findall(body):
            address = found.replace("&amp;", "&")
            if address not in seen and not address.startswith(("/static/", "/events/")):
                seen.add(address)
                waiting.append(address)


def test_w01_no_page_shows_what_is_covered(everybody: factories.People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    covered = Message.objects.get(text__contains=MARKER)
    assert Cover.objects.get().message == covered
    client = Client()
    client.force_login(everybody.lena)
    start = [
        reverse("conversations:list", args=["open"]),
        reverse("conversations:permalink", args=[covered.conversation_id]),
        reverse("conversations:fresh", args=[covered.conversation_id]),
        reverse("conversations:row", args=[covered.conversation_id]) + "?view=open",
        reverse("search:results") + "?q=registry",
        reverse("search:results") + "?q=grim",
        reverse("search:palette") + "?q=grim",
        reverse("moderation:index"),
        reverse("gaps:index"),
        reverse("helpcenter:front"),
        reverse("moderation:conduct"),
        reverse("moderation:report_json"),
        reverse("moderation:report_csv"),
    ]
    shown = dict(pages(client, start))
    assert len(shown) > 30
    assert [url for url, body in shown.items() if MARKER in body.lower()] == []
    assert MARKER not in caplog.text.lower()
    assert "Covered: Threats" in shown[start[0]]


def test_w01_no_copy_of_it_is_kept_anywhere(everybody: factories.People) -> None:
    found = {table for table, content in database_dump() if MARKER.encode() in content.lower()}
    assert {table.removeprefix("public.") for table in found} <= {*MAY_HOLD, "conversations_attachment"}
    assert not MessageText.objects.filter(message__text__contains=MARKER).exists()
    assert not Passage.objects.filter(text__icontains=MARKER).exists()
    assert not Event.objects.filter(data__icontains=MARKER).exists()


def test_w01_files_source_and_html_open_only_for_who_has_looked(everybody: factories.People) -> None:
    covered = Message.objects.get(text__contains=MARKER)
    client = Client()
    client.force_login(everybody.lena)
    gated = [
        reverse("conversations:as_sent", args=[covered.pk]),
        reverse("conversations:download", args=[covered.attachments.get().pk]),
        reverse("conversations:preview", args=[covered.attachments.get().pk]),
        reverse("intake:original", args=[covered.pk]),
    ]
    assert {client.get(url).status_code for url in gated} == {404}
    client.post(reverse("conversations:show_covered", args=[covered.pk]), {"paragraphs": "1000"})
    assert {client.get(url).status_code for url in gated} == {200, 303}


def test_w01_a_quoting_reply_is_covered_and_letters_hold_nothing(
    everybody: factories.People, run_reactions: Callable[..., int]
) -> None:
    covered = Message.objects.get(text__contains=MARKER)
    conversation = covered.conversation
    replying.reply(conversation, by=everybody.ada, text="We paused this conversation.")
    run_reactions(until=None)
    grim = covered.author_identity
    assert grim is not None
    quoted = "\n".join(f"> {line}" for line in INSULT.splitlines())
    again = factories.answers(conversation, grim, factories.mail("Re: hello", "Fine.", quoted=quoted))
    assert Cover.objects.filter(message=again, uncovered_at=None).exists()
    run_reactions()
    for mail in KeptMail.objects.all():
        raw = sealing.unseal(mail.ciphertext, mail.wrapped_key)
        assert MARKER.encode() not in raw.lower()
        assert MARKER not in mail.subject


def test_w01_what_one_of_us_reports_is_forgotten_by_list_title_and_search(
    everybody: factories.People, run_reactions: Callable[..., int]
) -> None:
    plain = factories.arrives(
        everybody.inbox, factories.contact("noor"), factories.mail("Photos of sunflowers", "Look at these sunflowers.")
    )
    run_reactions()
    client = Client()
    client.force_login(everybody.ada)
    reporting.report_by_agent(plain, by=everybody.ada, reason=Reason.SEXUAL)
    run_reactions()
    assert not MessageText.objects.filter(message=plain).exists()
    for url in (
        reverse("conversations:list", args=["open"]),
        reverse("conversations:permalink", args=[plain.conversation_id]),
        reverse("search:results") + "?q=noor",
    ):
        body = client.get(url, follow=True).content.decode()
        assert "sunflowers" not in body
    covering.uncover(plain, by=everybody.ada)
    run_reactions()
    assert "sunflowers" in client.get(reverse("conversations:list", args=["open"])).content.decode()
    assert MessageText.objects.filter(message=plain).exists()


def test_w02_w03_w04_a_covered_message_says_what_it_is_and_opens_in_steps(everybody: factories.People) -> None:
    covered = Message.objects.get(text__contains=MARKER)
    covered.text = f"{INSULT}\n\nsecond part\n\nthird part"
    covered.save(update_fields=["text"])
    client = Client()
    client.force_login(everybody.ada)
    page = client.get(reverse("conversations:permalink", args=[covered.conversation_id]), follow=True)
    body = page.content.decode()
    assert "severity 3 of 3" in body
    assert "You can decide without opening it" in body
    assert "protect" not in body.lower()  # W-04
    url = reverse("conversations:show_covered", args=[covered.pk])
    first = client.post(url, {"paragraphs": "2"}, headers={"HX-Request": "true"}).content.decode()
    assert MARKER in first
    assert "second part" not in first
    whole = client.post(url, {"paragraphs": "1000"}, headers={"HX-Request": "true"}).content.decode()
    assert "third part" in whole


def test_w12_nobody_else_can_read_what_one_person_looked_at(everybody: factories.People) -> None:
    covered = Message.objects.get(text__contains=MARKER)
    cover = Cover.objects.get(message=covered)
    for _time in range(7):
        covering.reveal(cover, by=everybody.ada, paragraphs=1)
    lena, ada = Client(), Client()
    lena.force_login(everybody.lena)
    ada.force_login(everybody.ada)
    assert "7 of 10" in ada.get(reverse("moderation:mine")).content.decode()
    assert "0 of 10" in lena.get(reverse("moderation:mine")).content.decode()
    team = lena.get(reverse("moderation:team")).content.decode()
    assert everybody.ada.name not in re.sub(r"<nav.*?</nav>", "", team, flags=re.DOTALL)


def test_m16_the_sealed_path_opens_for_named_people_alone(everybody: factories.People) -> None:
    plain = factories.arrives(everybody.inbox, factories.contact("noor"), factories.mail("Photo", f"{MARKER}"))
    reporting.report_by_agent(plain, by=everybody.ada, reason=Reason.CSAE)
    cover = Cover.objects.get(message=plain)
    with pytest.raises(covering.RevealRefused):
        covering.reveal(cover, by=everybody.lena, paragraphs=1)
    assert not Conversation.objects.visible_to(everybody.lena).filter(pk=plain.conversation_id).exists()
    everybody.mina.roles = ["agent", "safety"]
    everybody.mina.save(update_fields=["roles"])
    shown, _is_all = covering.reveal(cover, by=User.objects.get(pk=everybody.mina.pk), paragraphs=1000)
    assert MARKER in " ".join(shown)


def test_a_second_milder_cover_changes_nothing(everybody: factories.People) -> None:
    covered = Message.objects.get(text__contains=MARKER)
    known = covering.cover(covered, Standing(Reason.HATE, 2, Origin.PERSON), by=everybody.ada)
    assert known is not None
    assert known.reason == Reason.THREAT
