"""Eyes on a draft: a trainee's word leaves only with somebody's yes, by whichever door it came."""

import os
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstline.accounts.actions import create_user
from firstline.accounts.models import Team, User
from firstline.accounts.permissions import Role
from firstline.answers.models import Sorting, SortingKind
from firstline.conversations.actions import bulking, delivering, merging, replying, reviewing
from firstline.conversations.models import (
    Conversation,
    Delivery,
    Draft,
    Message,
    Review,
    ReviewRemark,
    ReviewState,
    Status,
)
from firstline.core import clock
from firstline.events.models import AuditEntry
from firstline.notifications import letters
from firstline.notifications.actions import NotTaken, take_answer
from firstline.notifications.models import Notification
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions


@pytest.fixture
def tomas(people: People) -> User:
    """Learning in Ada's team."""
    desk = Team.objects.get(name="Desk")
    return create_user("tomas@orbit.example", name="Tomas Example", roles=[Role.TRAINEE], teams=[desk])


@pytest.fixture
def learner(tomas: User) -> Client:
    browser = Client()
    browser.force_login(tomas)
    return browser


def deliver_all() -> None:
    with clock.at(clock.now() + timedelta(hours=2)):
        run_reactions()


def test_first_reply_of_a_trainee_leaves_with_a_mentors_key(
    ada: Client, learner: Client, tomas: User, people: People
) -> None:
    conversation = factories.conversation(people)
    page = f"/desk/open/{conversation.pk}/"
    assert "Ask to send" in learner.get(page).content.decode()
    learner.post(f"/conversations/{conversation.pk}/reply/", {"text": "Use a prefix of your own.", "then": "resolve"})
    deliver_all()
    assert not Message.objects.filter(author_user=tomas).exists()
    review = Review.objects.get()
    card = ada.get(page).content.decode()
    assert "Tomas asks: may I send this?" in card
    assert "Approve and send" in card
    assert "Approve and send" not in learner.get(page).content.decode()
    assert set(Notification.objects.filter(why="eyes").values_list("user", flat=True)) == {
        people.ada.pk,
        people.mina.pk,
        people.lena.pk,
    }
    ada.post(f"/reviews/{review.pk}/remark/", {"text": "Say which version.", "version": 1})
    ada.post(f"/reviews/{review.pk}/edit/", {"words": "Use a prefix of your own, from npm 7 on.", "version": 1})
    stale = ada.post(f"/reviews/{review.pk}/approve/", {"version": 1}, headers={"HX-Request": "true"})
    assert (stale.status_code, "Somebody changed the words" in stale.content.decode()) == (409, True)
    ada.post(f"/reviews/{review.pk}/approve/", {"version": 2})
    deliver_all()
    sent = Message.objects.get(author_user=tomas)
    assert (sent.text, sent.state, sent.approved_by) == (
        "Use a prefix of your own, from npm 7 on.",
        Delivery.SENT,
        people.ada,
    )
    conversation.refresh_from_db()
    assert (conversation.status, conversation.assignee) == (Status.RESOLVED, tomas)
    assert ReviewRemark.objects.filter(by=people.ada, replaced="Use a prefix of your own.").exists()
    assert Notification.objects.filter(user=tomas, why="seen").exists()


def test_nobody_approves_their_own_nor_without_the_right(
    learner: Client, rita: Client, tomas: User, people: People
) -> None:
    conversation = factories.conversation(people)
    review = reviewing.ask(conversation, "approval", by=tomas, text="Hello")
    assert learner.post(f"/reviews/{review.pk}/approve/", {"version": 1}).status_code == 403
    assert rita.post(f"/reviews/{review.pk}/approve/", {"version": 1}).status_code == 404
    for by in (tomas, people.rita):
        with pytest.raises(reviewing.ReviewRefused):
            reviewing.approve(review, by=by, version=1)
        with pytest.raises(replying.ApprovalNeeded):
            replying.reply(conversation, by=tomas, text="Hello", approved_by=by)
    assert (
        learner.post(f"/conversations/{conversation.pk}/aside/", {"to": "x@y.example", "text": "Hi"}).status_code == 400
    )
    assert not Message.objects.filter(author_user=tomas).exists()


def test_what_arrives_meanwhile_is_read_before_a_yes(ada: Client, tomas: User, people: People) -> None:
    conversation = factories.conversation(people)
    seen = conversation.messages.latest("pk").pk
    review = reviewing.ask(conversation, "approval", by=tomas, text="Hello")
    factories.answers(conversation, people.casey, factories.mail("Re", "Solved."))
    refused = ada.post(f"/reviews/{review.pk}/approve/", {"version": 1, "seen": seen}, headers={"HX-Request": "true"})
    assert (refused.status_code, "Something arrived since" in refused.content.decode()) == (409, True)
    review.refresh_from_db()
    assert review.state == ReviewState.ASKED


def test_taken_back_the_words_are_in_the_draft_and_what_was_begun_since_stays(
    ada: Client, learner: Client, tomas: User, people: People
) -> None:
    conversation = factories.conversation(people)
    review = reviewing.ask(conversation, "approval", by=tomas, text="First words")
    learner.post(f"/conversations/{conversation.pk}/draft/", {"mode": "reply", "text": "Second words"})
    learner.post(f"/reviews/{review.pk}/withdraw/")
    assert Draft.objects.get(user=tomas).text == "First words\n\nSecond words"
    review = reviewing.ask(conversation, "approval", by=tomas, text="Third words")
    learner.post(f"/conversations/{conversation.pk}/draft/", {"mode": "reply", "text": "Begun since"})
    ada.post(f"/reviews/{review.pk}/approve/", {"version": 1})
    assert Message.objects.get(author_user=tomas).text == "Third words"
    assert Draft.objects.get(user=tomas).text == "Begun since"


def test_anybody_may_ask_for_a_look_or_for_company(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    ada.post(f"/conversations/{conversation.pk}/reply/", {"text": "Is this too harsh?", "then": "look"})
    look = Review.objects.get()
    assert not Message.objects.filter(author_user=people.ada).exists()
    reviewing.approve(look, by=people.mina, version=1)
    assert Draft.objects.get(user=people.ada).text == "Is this too harsh?"
    ada.post(f"/conversations/{conversation.pk}/reply/", {"text": "", "then": "company"})
    page = ada.get("/eyes/").content.decode()
    assert "Ada: I would rather not be alone with this" in page
    mina = Client()
    mina.force_login(people.mina)
    assert "I am with you" in mina.get(f"/conversations/{conversation.pk}/reviews/").content.decode()


def test_a_lead_lets_a_trainee_answer_one_kind_alone(client: Client, tomas: User, people: People) -> None:
    conversation, other = factories.conversation(people), factories.conversation(people, "Something else")
    Sorting.objects.create(conversation=conversation, kind=SortingKind.CASE, value="AUTH-05", chance=0.9)
    client.force_login(people.lena)
    assert client.post("/settings/trainees/", {"user": tomas.pk, "case": "NO-99"}).status_code == 422
    client.post("/settings/trainees/", {"user": tomas.pk, "case": "AUTH-05"})
    assert "Token dead" in client.get("/settings/trainees/").content.decode()
    assert replying.reply(conversation, by=tomas, text="Renew it.").approved_by == people.lena
    with pytest.raises(replying.ApprovalNeeded):
        replying.reply(other, by=tomas, text="Renew it.")
    Sorting.objects.create(
        conversation=other, kind=SortingKind.CASE, value="", decided="AUTH-05", decided_by=tomas, state="corrected"
    )
    with pytest.raises(replying.ApprovalNeeded):
        replying.reply(other, by=tomas, text="Their own word for it opens nothing.")
    client.post("/settings/trainees/", {"user": tomas.pk, "case": "AUTH-05", "take": "1"})
    with pytest.raises(replying.ApprovalNeeded):
        replying.reply(conversation, by=tomas, text="Again.")
    assert AuditEntry.objects.filter(subject_id=tomas.pk, kind__startswith="approval.").count() == 2


def test_a_mail_answer_of_a_trainee_asks_too(tomas: User, people: People) -> None:
    conversation = factories.conversation(people)
    address = letters.note_address(conversation, tomas)
    take_answer([address], tomas.email, "/send\nUse a prefix.", is_proved=True)
    assert Review.objects.get().text == "Use a prefix."
    assert not Message.objects.filter(author_user=tomas).exists()


def test_a_shared_draft_goes_along_when_conversations_merge(tomas: User, people: People) -> None:
    first, second = factories.conversation(people), factories.conversation(people)
    reviewing.ask(first, "approval", by=tomas, text="One")
    kept = reviewing.ask(second, "approval", by=tomas, text="Two")
    merging.merge(first, second, by=people.ada)
    assert list(Review.objects.open()) == [kept]
    assert Review.objects.filter(conversation=second).count() == 2


def test_what_a_door_forgot_to_ask_for_does_not_leave(tomas: User, people: People) -> None:
    conversation = factories.conversation(people)
    message = _past_the_door(conversation, tomas)
    delivering.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == Delivery.CANCELLED
    assert Draft.objects.get(user=tomas).text == message.text


def _past_the_door(conversation: Conversation, by: User) -> Message:
    """A queued message as a careless caller would write it."""
    strand = conversation.strands.earliest("pk")
    return Message.objects.create(
        conversation=conversation,
        strand=strand,
        author_user=by,
        text="Past the door",
        state=Delivery.QUEUED,
        send_at=clock.now(),
        to=[{"name": "", "email": "casey@contact.example"}],
        message_id=f"<{Message.objects.count()}@orbit.example>",
    )


STEPS = (
    "page", "schedule", "look", "mail", "mail_note", "aside", "bulk", "retry", "past", "own_yes", "edit", "withdraw",
    "yes", "agent", "deliver", "writes",
)  # fmt: skip


WALKS = int(os.environ.get("WALKS", "40"))


@settings(max_examples=WALKS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=8))
def test_no_walk_leads_an_unapproved_word_outside(
    steps: list[str], people: People, tomas: User, learner: Client
) -> None:
    """`WALKS=10000` takes ten thousand of them; the figure is in docs/reference/measured.md."""
    with transaction.atomic():
        conversation = factories.conversation(people)
        for step in steps:
            walk(step, Conversation.objects.get(pk=conversation.pk), people, tomas, learner)
        deliver(conversation)
        left = Message.objects.filter(conversation=conversation, author_user=tomas).exclude(
            state__in=(Delivery.QUEUED, Delivery.CANCELLED)
        )
        assert all(one.approved_by_id not in (None, tomas.pk) for one in left)
        assert all(Review.objects.filter(message=one, state=ReviewState.APPROVED).exists() for one in left)
        transaction.set_rollback(True)  # the ten-thousandth walk finds the desk as empty as the first


def walk(step: str, conversation: Conversation, people: People, tomas: User, learner: Client) -> None:
    """One thing that a trainee, a colleague or the contact does; refusals are part of the walk."""
    base = f"/conversations/{conversation.pk}"
    open_one = Review.objects.filter(conversation=conversation).open().first()
    queued = Message.objects.filter(conversation=conversation, author_user=tomas).last()
    match step:
        case "page":
            learner.post(f"{base}/reply/", {"text": "A word", "confirmed": "on", "force": "on"})
        case "schedule":
            at = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
            learner.post(f"{base}/reply/", {"text": "Later", "then": "schedule", "send_at": at})
        case "look":
            learner.post(f"{base}/reply/", {"text": "Look", "then": "look"})
        case "mail" | "mail_note":
            said = "/send\nBy mail" if step == "mail" else "A note"
            try:
                take_answer([letters.note_address(conversation, tomas)], tomas.email, said, is_proved=True)
            except NotTaken:
                return
        case "aside":
            learner.post(f"{base}/aside/", {"to": "rui@vendor.example", "text": "Hello"})
        case "bulk":
            bulking.act([conversation], "resolve", "", by=tomas)
        case "retry" if queued is not None:
            learner.post(f"/messages/{queued.pk}/retry/")
        case "past":
            _past_the_door(conversation, tomas)
        case "own_yes" if open_one is not None:
            learner.post(f"/reviews/{open_one.pk}/approve/", {"version": open_one.version})
        case "edit" if open_one is not None:
            reviewing.edit(open_one, f"{open_one.text} changed", by=people.mina, version=open_one.version)
        case "withdraw" if open_one is not None:
            learner.post(f"/reviews/{open_one.pk}/withdraw/")
        case "yes" if open_one is not None:
            reviewing.approve(open_one, by=people.ada, version=open_one.version)
        case "agent":
            replying.reply(conversation, by=people.ada, text="By an agent")
        case "deliver":
            deliver(conversation)
        case "writes":
            factories.answers(conversation, people.casey, factories.mail("Re", "Hello?"))


def deliver(conversation: Conversation) -> None:
    """Every queued message meets the sender, days later."""
    with clock.at(clock.now() + timedelta(days=3)):
        for pk in conversation.messages.filter(state=Delivery.QUEUED).values_list("pk", flat=True):
            delivering.deliver(pk)
    outbox.outbox.clear()
