"""The demo desk: its story holds together, its mails read as they were written, and it loads whole."""

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker, Settings

from firstline.accounts.models import User
from firstline.answers.models import Diagnosis, Suggestion, SuggestionState
from firstline.channels import email
from firstline.channels.base import Envelope
from firstline.conversations.models import (
    VIEW_FILTERS,
    Attachment,
    Conversation,
    Delivery,
    Draft,
    Message,
    Note,
    Participant,
    SealedSecret,
)
from firstline.core import clock
from firstline.core.commands import DONE, NOT_SO
from firstline.evidence import secrets
from firstline.inboxes.models import KeptMail
from firstline.intake.models import PENDING, InboundItem
from firstline.knowledge.models import Article, Phrasing
from firstline.ledger.queries import ledger
from firstline.operations import demo
from firstline.operations.demo import commands, mailing, quoting, script, wording
from firstline.operations.demo.casting import SUPPORT
from firstline.operations.demo.runner import MailWouldLeave, NotEmpty, Summary

NOON = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
CREDENTIALS = tuple(wording.CREDENTIALS)


# ---------- the story on paper ----------


def test_every_step_lies_in_its_time_at_any_hour() -> None:
    midnight = NOON.replace(hour=0, minute=0)
    for minutes in range(0, 24 * 60, 37):
        now = midnight + timedelta(minutes=minutes)
        moments = [cue.moment for cue in script.cues(now)]
        assert moments == sorted(moments)
        assert now - timedelta(days=23) < moments[0]
        assert moments[-1] < now


def test_no_file_of_the_story_holds_a_credential() -> None:
    folder = resources.files("firstline.operations.demo") / "story"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".toml")}
    assert len(texts) >= 9
    assert {name: secrets.find(re.sub("«.*?»", "", text)) for name, text in texts.items()} == {
        name: [] for name in texts
    }


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_a_credential_is_made_up_the_same_way_each_time_and_would_be_found(kind: str) -> None:
    line = wording.fill(f"//registry.example.org/:_authToken=«{kind}»", NOON, "a scene")
    assert line == wording.fill(f"//registry.example.org/:_authToken=«{kind}»", NOON, "a scene")
    assert line != wording.fill(f"//registry.example.org/:_authToken=«{kind}»", NOON, "another scene")
    assert len(secrets.find(line)) == 1


def test_no_mark_is_left_and_no_day_is_a_guess() -> None:
    for cue in script.cues(NOON):
        assert "«" not in wording.fill(cue.step.text, cue.moment, cue.scene.key)
    assert wording.fill("until «day+3», «clock» UTC", NOON, "") == "until 27 November, 14:30 UTC"


@pytest.mark.parametrize("client", sorted(mailing.CLIENTS))
def test_a_mail_of_every_client_reads_as_it_was_written(client: str) -> None:
    everybody = script.cast().people.values()
    writer = next((person for person in everybody if person.client == client), None)
    assert writer is not None
    text = (
        "Hello Ada,\n\n$ npm ping\nnpm notice PONG 61ms\n\nit works again, thank you."
        if client != "japanese"
        else "直りました。"
    )
    ours = quoting.Quoted("Ada at Orbit", SUPPORT, NOON, "Re: It broke", "Please try again.", "<1@orbit.example>")
    letter = mailing.Letter(writer, [("", SUPPORT)], "Re: It broke", text, NOON + timedelta(hours=1), quoted=ours)

    raw = mailing.build(letter)
    parsed = email.parse_here(raw, Envelope())

    assert raw == mailing.build(letter)
    assert b"\r\n" in raw
    assert (parsed.sender and parsed.sender.email) == writer.address
    assert parsed.in_reply_to == "<1@orbit.example>"
    assert re.sub(r"\n\n?Sent from my iPhone", "", parsed.reply_text).split() == text.split()
    assert "Please try again." in parsed.quoted_text
    assert parsed.kind == "message"


def test_a_bounce_of_the_story_names_our_mail() -> None:
    ours = quoting.Quoted("Ada at Orbit", SUPPORT, NOON, "Re: Search", "Quotes help.", "<2@orbit.example>")
    parsed = email.parse_here(mailing.bounce(ours, "bram@kelderpost.example", NOON, SUPPORT), Envelope())
    assert parsed.kind == "bounce"
    assert parsed.bounce is not None
    assert (
        parsed.bounce.recipient,
        parsed.bounce.status,
        parsed.bounce.permanent,
        parsed.bounce.original_message_id,
    ) == (
        "bram@kelderpost.example",
        "5.2.2",
        True,
        "<2@orbit.example>",
    )


# ---------- the story told ----------


@dataclass(frozen=True)
class Told:
    """What loading gave, and how the desk looked after each of two loads."""

    summary: Summary
    first: list[tuple[object, ...]]
    second: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Told]:
    with django_db_blocker.unblock(), transaction.atomic(), clock.at(NOON):
        with transaction.atomic():
            demo.load()
            first = picture()
            transaction.set_rollback(True)
        summary = demo.load()
        yield Told(summary, first, picture())
        transaction.set_rollback(True)


def picture() -> list[tuple[object, ...]]:
    """Everything a person could see that is not drawn by lot: no ids, no tokens. Sorted by all that is compared: the
    story's clock stands still while much happens, and rows of one moment come in any order.
    """
    conversations = Conversation.objects.values_list(
        "subject", "status", "resolution", "priority", "assignee__name", "waiting_since", "sort_at", "last_preview"
    )
    messages = Message.objects.values_list("written_at", "text", "state", "sender_auth")
    notes = Note.objects.values_list("created_at", "text")
    articles = Article.objects.values_list("slug", "status", "helped", "did_not_help")
    suggested = Suggestion.objects.values_list("text", "state", "strength")
    return [row for rows in (conversations, messages, notes, articles, suggested) for row in sorted(rows, key=repr)]


@pytest.mark.journey
def test_the_same_moment_tells_the_same_story(told: Told) -> None:
    assert len(told.first) > 400
    assert told.first == told.second


@pytest.mark.journey
def test_every_item_has_one_outcome_and_the_sums_are_right(told: Told) -> None:
    found = ledger(since=None, now=NOON)
    assert found.ok
    assert not InboundItem.objects.filter(outcome=PENDING).exists()
    outcomes = Counter(InboundItem.objects.values_list("outcome", flat=True))
    assert outcomes.total() == told.summary.items
    assert set(outcomes) == {
        "new",
        "threaded",
        "auto_reply",
        "bounce",
        "quarantined:from_support_address",
        "quarantined:failed_email_authentication",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, scheduled_at FROM procrastinate_jobs")
        assert [row for row in cursor.fetchall() if row[1] is None or row[1] <= NOON] == []


@pytest.mark.journey
@pytest.mark.parametrize("name", ["Ada Brook", "Lena Hartmann"])
@pytest.mark.parametrize("view", sorted(VIEW_FILTERS))
def test_every_view_of_a_guest_has_something_to_see(told: Told, view: str, name: str) -> None:
    guest = User.objects.get(name=name)
    assert Conversation.objects.visible_to(guest).in_view(view, guest).exists()
    assert name in told.summary.links
    assert not guest.has_usable_password()


@pytest.mark.journey
def test_no_credential_of_the_story_is_readable(told: Told) -> None:
    made_up = [
        secret.encode()
        for cue in script.cues(NOON)
        for text in [cue.step.text, *(str(file) for file in cue.step.options.get("files", ()))]
        for mark in re.findall(r"«[a-z-]+»", text)
        if mark.strip("«»") in CREDENTIALS
        for secret in [wording.fill(mark, cue.moment, cue.scene.key)]
    ]
    assert len(made_up) >= 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                held = b"".join(bytes(part) for part in copy)
            assert [secret for secret in made_up if secret in held] == [], table
    for folder in default_storage.listdir("")[0]:
        for name in default_storage.listdir(folder)[1]:
            with default_storage.open(f"{folder}/{name}") as file:
                held = file.read()
            assert not [secret for secret in made_up if secret in held]
    assert SealedSecret.objects.filter(expires_at__lte=NOON).exclude(ciphertext=b"").count() == 0
    assert SealedSecret.objects.filter(expires_at__gt=NOON).exclude(ciphertext=b"").exists()


@pytest.mark.journey
def test_the_episodes_of_the_story_are_all_there(told: Told) -> None:
    outage = Conversation.objects.filter(tags__name="outage").order_by("created_at")
    assert len(outage) == 9
    assert outage[8].created_at - outage[0].created_at <= timedelta(minutes=15)
    longest = Conversation.objects.in_view("unassigned", User.objects.get(name="Ada Brook")).order_by("sort_at")[0]
    assert longest.subject == "A small question about deprecating one old version"
    assert Conversation.objects.filter(status="spam").count() == 8
    assert Conversation.objects.filter(resolution="sanctioned").count() == 3
    assert Conversation.objects.filter(subject="Invoice needs our VAT number").get().strands.count() == 2
    assert Conversation.objects.filter(snoozed_until__gt=NOON).exists()
    assert Note.objects.filter(author_identity__address="casey@mossbank.example").count() == 1
    assert Message.objects.filter(state=Delivery.BOUNCED, failure__contains="5.2.2").count() == 1
    assert Message.objects.filter(is_automatic=True).exists()
    assert Message.objects.filter(flags__contains=["through_list"]).exists()
    assert Participant.objects.filter(role="cc", identity__address="jonas@tidewater.example").exists()
    names = set(Attachment.objects.values_list("name", flat=True))
    assert {"npm-logs.zip", "ci-run.png", "card.png"} < names
    assert Attachment.objects.filter(is_masked=True, name__endswith="debug-0.log").exists()
    assert Draft.objects.count() == 3


@pytest.mark.journey
def test_answers_come_from_articles_and_become_articles(told: Told) -> None:
    article = Article.objects.get(from_conversation__isnull=False)
    again = Conversation.objects.get(subject__startswith="can't install paper-crane")
    suggestion = Suggestion.objects.filter(conversation=again).order_by("pk")[0]
    assert suggestion.state == SuggestionState.EDITED
    assert suggestion.citations.filter(article=article).exists()
    assert Phrasing.objects.filter(from_message__isnull=False).exists()
    assert Diagnosis.objects.exclude(signature="").count() >= 20
    dates = Suggestion.objects.values_list("created_at", flat=True)
    assert max(dates) - min(dates) > timedelta(days=19)


@pytest.mark.journey
def test_our_mail_is_kept_and_signed_by_its_writer(told: Told) -> None:
    sent = Message.objects.filter(author_user__isnull=False, state__in=(Delivery.SENT, Delivery.BOUNCED)).count()
    assert sent == Message.objects.filter(author_user__isnull=False).count()
    assert KeptMail.objects.count() >= sent
    assert KeptMail.objects.latest("pk").created_at < NOON


@pytest.mark.journey
def test_a_desk_with_conversations_is_left_alone(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    before = Conversation.objects.count()
    with pytest.raises(NotEmpty):
        demo.load()
    assert commands.seed(argparse.Namespace(json=True, if_empty=False)) == NOT_SO
    assert commands.seed(argparse.Namespace(json=False, if_empty=True)) == DONE
    assert "into an empty one only" in capsys.readouterr().err
    assert Conversation.objects.count() == before


@pytest.mark.django_db
def test_a_desk_that_sends_mail_is_left_alone(settings: Settings) -> None:
    settings.OUTGOING_SMTP = "smtp://mail.example.org"
    with pytest.raises(MailWouldLeave):
        demo.load()
    assert not Conversation.objects.exists()
