"""The bell, mail that is dropped when it was read, the morning's letter, and answers to letters that become notes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from firstline.accounts.models import User
from firstline.channels.base import Envelope
from firstline.conversations.actions import assigning, noting, reading
from firstline.conversations.models import Conversation, Delivery, Message, Note
from firstline.core import clock
from firstline.events import live
from firstline.intake import actions as intake
from firstline.intake.models import InboundItem
from firstline.notifications import rules
from firstline.notifications.models import Notification
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def people(db: None) -> People:
    return factories.people()


@pytest.fixture
def ada(people: People, client: Client) -> Client:
    client.force_login(people.ada)
    return client


def later(minutes: int) -> None:
    """Run what is due by then."""
    with clock.at(MONDAY + timedelta(minutes=minutes)):
        run_reactions()


def given(people: People, to: User, subject: str = "EACCES on every global install") -> Conversation:
    conversation = factories.conversation(people, subject)
    assigning.assign(conversation, to, by=people.mina)
    run_reactions()
    return conversation


def mails(to: User) -> list[EmailMessage]:
    return [one for one in mail.outbox if one.to == [to.email]]


def test_what_is_given_to_me_is_in_the_bell_and_mine_alone(ada: Client, people: People) -> None:
    conversation = given(people, people.ada)
    assert '<span class="count">1' in ada.get("/notifications/bell/").content.decode()
    page = ada.get("/notifications/").content.decode()
    assert f"Mina gave you #{conversation.pk}" in page
    assert "EACCES on every global install" in page
    mina = Client()
    mina.force_login(people.mina)
    assert "Nothing has happened to your work yet." in mina.get("/notifications/").content.decode()
    news = Notification.objects.get()
    assert mina.post(f"/notifications/{news.pk}/").status_code == 404
    assert ada.post(f"/notifications/{news.pk}/").headers["Location"] == f"/conversations/{conversation.pk}/"
    assert "count" not in ada.get("/notifications/bell/").content.decode()


def test_nobody_hears_of_what_they_did_or_may_not_see(people: People) -> None:
    conversation = factories.conversation(people)
    assigning.assign(conversation, people.ada, by=people.ada)
    noting.add_note(conversation, by=people.ada, text="@ada @rita look at this")
    run_reactions()
    assert not Notification.objects.exists()


def test_opening_the_conversation_reads_its_news(ada: Client, people: People) -> None:
    conversation = given(people, people.ada)
    with clock.at(MONDAY + timedelta(minutes=1)):
        reading.mark_read(conversation, by=people.ada)
    assert "count" not in ada.get("/notifications/bell/").content.decode()
    later(10)
    assert mails(people.ada) == []


def test_what_nobody_saw_is_mailed_once_with_all_of_it(people: People) -> None:
    conversation = given(people, people.ada)
    noting.add_note(conversation, by=people.mina, text="@ada can you take this?")
    run_reactions()
    assert mails(people.ada) == []
    later(6)
    later(20)
    (letter,) = mails(people.ada)
    text = letter.body
    assert f"Mina gave you #{conversation.pk}" in text
    assert f"Mina called you in #{conversation.pk}" in text
    assert "can you take this" not in text
    assert letter.subject.endswith("EACCES on every global install")
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_sealed_conversation_is_not_named(people: People) -> None:
    conversation = factories.conversation(people)
    Conversation.objects.filter(pk=conversation.pk).update(sealed=True)
    conversation.readers.create(user=people.ada)
    assigning.assign(conversation, people.ada, by=people.mina)
    run_reactions()
    later(6)
    (letter,) = mails(people.ada)
    assert "EACCES" not in f"{letter.subject} {letter.body}"
    assert "a sealed conversation" in letter.subject


def answered(people: People, letter: EmailMessage, words: str, *, sender: str, auth: str = "pass") -> InboundItem:
    """Somebody answers a letter; the door found out `auth` of them."""
    (to,) = letter.reply_to
    raw = f"From: <{sender}>\r\nTo: <{to}>\r\nSubject: Re: x\r\nMessage-ID: <{words[:9].strip()}@x>\r\n\r\n{words}\r\n"
    taken = intake.accept(people.inbox, raw.encode(), Envelope(rcpt_to=(to,)))
    InboundItem.objects.filter(pk=taken.item_id).update(sender_auth={"result": auth, "reason": "test", "inputs": {}})
    intake.process(taken.item_id)
    return InboundItem.objects.get(pk=taken.item_id)


def test_an_answer_to_a_letter_is_a_note_and_never_leaves(people: People) -> None:
    conversation = given(people, people.ada)
    later(6)
    item = answered(people, mails(people.ada)[0], "I know this one. Tomorrow.", sender="ada@orbit.example")
    assert (item.outcome, item.conversation_id) == ("threaded", conversation.pk)
    assert Note.objects.get().text == "I know this one. Tomorrow."
    assert not Message.objects.filter(author_user__isnull=False).exists()


def test_an_answer_that_says_so_goes_to_the_contact(people: People) -> None:
    conversation = given(people, people.ada)
    later(6)
    letter = mails(people.ada)[0]
    answered(people, letter, "/send\r\nUse a prefix of your own.", sender="ada@orbit.example")
    sent = Message.objects.get(author_user=people.ada)
    assert (sent.text, sent.state, sent.conversation_id) == (
        "Use a prefix of your own.",
        Delivery.QUEUED,
        conversation.pk,
    )
    answered(people, letter, "/send\r\nHello {{contact.first_name}}", sender="ada@orbit.example")
    assert "Not sent:" in Note.objects.get().text
    assert Message.objects.filter(author_user=people.ada).count() == 1


@pytest.mark.parametrize(
    ("sender", "auth"),
    [("mina@orbit.example", "pass"), ("ada@orbit.example", "none"), ("casey@contact.example", "pass")],
)
def test_an_answer_by_another_or_unproved_is_kept_aside(people: People, sender: str, auth: str) -> None:
    given(people, people.ada)
    later(6)
    item = answered(people, mails(people.ada)[0], "Let me in.", sender=sender, auth=auth)
    assert item.outcome == "quarantined:from_support_address"
    assert not Note.objects.exists()


def test_the_morning_letter_holds_the_day_and_goes_once(people: People) -> None:
    from firstline.notifications import actions

    conversation = given(people, people.ada)
    reading.mark_read(conversation, by=people.ada)
    with clock.at(MONDAY + timedelta(hours=2)):
        factories.answers(conversation, people.casey, factories.mail("Re", "Still failing."))
        run_reactions()
    counts = []
    for moment in (NEXT_MORNING - timedelta(hours=3), NEXT_MORNING, NEXT_MORNING + timedelta(minutes=10)):
        with clock.at(moment):
            counts.append(actions.mail_digests(clock.now()))
    assert counts == [0, 1, 0]
    text = mails(people.ada)[-1].body
    assert "1 conversation waits for you." in text
    assert f"Casey Rivers wrote in #{conversation.pk}: EACCES" in text
    assert "Still failing" not in text


def test_people_choose_how_they_are_told(ada: Client, people: People) -> None:
    fields = {f"mail_{why}": "never" for why in rules.REASONS}
    assert ada.post("/settings/notifications/", {**fields, "mail_due": "hourly"}).status_code == 422
    assert ada.post("/settings/notifications/", {**fields, "bell_mentioned": "on"}).status_code == 302
    given(people, people.ada)
    later(10)
    assert mails(people.ada) == []
    assert "count" not in ada.get("/notifications/bell/").content.decode()
    assert 'name="bell_mentioned" checked' in ada.get("/settings/notifications/").content.decode()


def test_all_are_read_at_once(ada: Client, people: People) -> None:
    given(people, people.ada)
    given(people, people.ada)
    assert "2 things are new" in ada.get("/notifications/").content.decode()
    ada.post("/notifications/read/")
    assert "You have seen everything" in ada.get("/notifications/").content.decode()


def test_only_my_own_pages_hear_that_i_was_told() -> None:
    hub, mine, theirs = live.Hub(), live.Stream(1, frozenset({7})), live.Stream(2, frozenset({7}))
    hub.streams = {mine, theirs}
    hub.publish({"kind": "notification.made", "conversation": 5, "inbox": 7, "user": 1, "seq": 9})
    assert mine.queue.qsize() == 1
    assert theirs.queue.qsize() == 0
    assert "user" not in mine.queue.get_nowait()


def test_the_page_takes_a_fixed_number_of_queries(
    ada: Client, people: People, django_assert_num_queries: object
) -> None:
    for number in range(3):
        given(people, people.ada, f"Number {number}")
    ada.get("/notifications/")
    with django_assert_num_queries(7):  # type: ignore[operator]
        ada.get("/notifications/")
    given(people, people.ada, "One more")
    with django_assert_num_queries(7):  # type: ignore[operator]
        ada.get("/notifications/")
