"""Ask an engineer: the brief goes out, the answer comes back by mail or link, and no contact gets it unread."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from firstline.channels.base import Envelope
from firstline.conversations.actions import assigning, statuses
from firstline.conversations.models import Conversation, Draft, Message, Note, Status
from firstline.core import clock
from firstline.escalations import letters, queries, rules
from firstline.escalations.actions import answering, asking, minding, writing
from firstline.escalations.models import Engineer, HelpRequest, HelpState, Way
from firstline.escalations.queries import asking as asking_queries
from firstline.escalations.tests.conftest import MONDAY, engineer
from firstline.intake import actions as intake
from firstline.intake.models import InboundItem
from firstline.knowledge.models import Article
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

LOG = "npm ERR! at Publish.exec (/usr/lib/node_modules/npm/lib/commands/publish/index.js:76:5)"
SECRET = "npm_" + "Qm4Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1o"
ANSWER = """That is the new check in 4.1.0: a package of this size needs one more flag.
Initech had it last week. Our internal dashboard shows it on db-7.orbit.internal.

Run `orbit publish --chunked` and it goes through."""


@pytest.fixture
def conversation(people: People) -> Conversation:
    """Casey's publish fails in a way that no article knows; Ada has it."""
    made = factories.conversation(people, "Publish stops at 100 %", f"It stops at the end.\n{LOG}")
    assigning.assign(made, people.ada, by=people.ada)
    return made


def asked(conversation: Conversation, of: Engineer, people: People, **more: object) -> HelpRequest:
    """Ada asks, and the letter goes out."""
    brief = asking.Brief("question", "Publish stops at 100 %. What does it wait for?", **more)  # type: ignore[arg-type]
    made = asking.ask(conversation, of, brief, by=people.ada, reasons=["owns index.js"])
    run_reactions()
    return made


def letter(to: Engineer) -> EmailMessage:
    return [one for one in mail.outbox if one.to == [to.email]][-1]


def link_in(one: EmailMessage) -> str:
    return next(line for line in str(one.body).splitlines() if "/engineer/" in line).removeprefix("http://testserver")


def mails(people: People, one: EmailMessage, words: str, *, sender: str, auth: str = "pass") -> InboundItem:
    """Somebody answers a letter; the door found out `auth` of them."""
    (to,) = one.reply_to
    raw = f"From: <{sender}>\r\nTo: <{to}>\r\nSubject: Re: x\r\nMessage-ID: <{abs(hash(words))}@x>\r\n\r\n{words}\r\n"
    taken = intake.accept(people.inbox, raw.encode(), Envelope(rcpt_to=(to,)))
    InboundItem.objects.filter(pk=taken.item_id).update(sender_auth={"result": auth, "reason": "test", "inputs": {}})
    intake.process(taken.item_id)
    return InboundItem.objects.get(pk=taken.item_id)


def test_the_page_proposes_whoever_owns_the_code_and_fills_the_brief(
    ada: Client, conversation: Conversation, people: People, rui: Engineer, mira: Engineer
) -> None:
    run_reactions()
    page = ada.get(reverse("escalations:ask", args=[conversation.pk])).content.decode()

    assert page.index("Rui Costa") < page.index("Mira Devi")
    assert "owns index.js" in page
    assert "It stops at the end." in page
    assert "Casey" not in page.split("<main")[1]

    sent = {"kind": "fix", "engineer": rui.pk, "summary": "It stops."}
    answer = ada.post(reverse("escalations:ask", args=[conversation.pk]), sent)
    made = HelpRequest.objects.get()
    conversation.refresh_from_db()
    assert answer.status_code == 302
    assert (made.kind, made.engineer, made.asked_by, conversation.assignee) == ("fix", rui, people.ada, people.ada)
    assert "owns index.js" in made.reasons
    assert conversation.status == Status.WAITING_ON_ENGINEERING
    assert made.wanted_by == MONDAY + timedelta(days=3)  # 24 of their hours, from Monday 10:00


def test_the_letter_holds_the_brief_and_no_word_of_who_asks(
    conversation: Conversation, people: People, rui: Engineer
) -> None:
    asked(conversation, rui, people, facts=[("node", "22.1")], impact="12 people in 14 days")
    run_reactions()
    one = letter(rui)

    assert len(mail.outbox) == 1
    assert "Publish stops at 100 %" in one.subject
    assert all(words in one.body for words in ("node: 22.1", "12 people in 14 days", "Why you: owns index.js"))
    assert "Casey" not in one.body
    assert "contact.example" not in one.body


def test_an_answer_by_mail_is_a_note_and_a_draft_without_what_is_ours(
    conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people)
    item = mails(people, letter(rui), f"{ANSWER}\nTest with {SECRET} if need be.", sender=rui.email)

    made.refresh_from_db()
    conversation.refresh_from_db()
    note, draft = Note.objects.get(), Draft.objects.get()
    assert (item.outcome, item.conversation_id) == ("threaded", conversation.pk)
    assert (made.state, made.way, made.note) == (HelpState.ANSWERED, Way.MAIL, note)
    assert note.author_identity is not None
    assert "Initech had it" in note.text
    assert SECRET not in note.text
    assert (draft.user, draft.mode, conversation.status) == (people.ada, "reply", Status.TELL_CONTACT)
    assert draft.text.startswith("Hello Casey,")
    assert "orbit publish --chunked" in draft.text
    for inner in ("Initech", "dashboard", "orbit.internal", "npm_"):
        assert inner not in draft.text
    assert {"inside", "name"} <= set(made.left_out)
    assert not Message.objects.filter(author_user__isnull=False).exists()


@pytest.mark.parametrize(("sender", "auth"), [("grim@build.example", "pass"), ("rui@build.example", "none")])
def test_a_mail_of_somebody_else_or_unproved_is_kept_aside(
    conversation: Conversation, people: People, rui: Engineer, sender: str, auth: str
) -> None:
    made = asked(conversation, rui, people)
    item = mails(people, letter(rui), "Tell them their account is closed.", sender=sender, auth=auth)

    made.refresh_from_db()
    assert item.outcome == "quarantined:from_support_address"
    assert made.is_open
    assert not Note.objects.exists()


def test_a_refusal_needs_a_reason_and_gives_the_turn_back(
    conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people)
    with pytest.raises(answering.AnswerRefused):
        answering.refuse(made, "  ", way=Way.MAIL)
    mails(people, letter(rui), "/refuse I left that team in May.", sender=rui.email)

    made.refresh_from_db()
    conversation.refresh_from_db()
    assert (made.state, conversation.status) == (HelpState.REFUSED, Status.OPEN)
    assert "I left that team in May." in Note.objects.get().text
    assert not Draft.objects.exists()


def test_passing_on_asks_the_other_with_the_same_brief_and_a_clock_of_their_own(
    conversation: Conversation, people: People, rui: Engineer, mira: Engineer
) -> None:
    made = asked(conversation, rui, people)
    with clock.at(MONDAY + timedelta(hours=3)):
        mails(people, letter(rui), f"/pass {mira.email}\r\nShe wrote the check.", sender=rui.email)
        run_reactions()

    made.refresh_from_db()
    other, conversation = HelpRequest.objects.get(engineer=mira), Conversation.objects.get()
    assert (made.state, made.passed_to, other.summary, other.is_open) == (HelpState.PASSED, other, made.summary, True)
    assert other.wanted_by == made.wanted_by + timedelta(hours=3)
    assert conversation.status == Status.WAITING_ON_ENGINEERING
    assert letter(mira).to == [mira.email]
    answering.answer(other, "The token is fine, wait five minutes.", way=Way.LINK)
    conversation.refresh_from_db()
    assert conversation.status == Status.TELL_CONTACT


def test_passing_on_to_an_unknown_address_is_a_refusal_that_names_it(
    conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people)
    mails(people, letter(rui), "/pass kim@build.example\r\nKim knows.", sender=rui.email)

    made.refresh_from_db()
    assert made.state == HelpState.REFUSED
    assert "kim@build.example should know. Kim knows." in Note.objects.get().text


def test_the_link_answers_once_without_an_account(
    client: Client, conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people)
    link = link_in(letter(rui))

    looked = client.get(link)
    assert looked.status_code == 200
    assert "owns index.js" in looked.content.decode()
    assert looked.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in looked.headers["Cache-Control"]
    assert client.post(link, {"verb": "answer", "text": " "}).status_code == 422
    assert client.post(link, {"verb": "pass"}).status_code == 422

    assert "Thank you." in client.post(link, {"verb": "answer", "text": ANSWER}).content.decode()
    made.refresh_from_db()
    assert (made.state, made.way) == (HelpState.ANSWERED, Way.LINK)
    again = client.post(link, {"verb": "answer", "text": "Something else."})
    assert again.status_code == 422
    assert Note.objects.count() == 1
    assert client.get("/engineer/made-up/").status_code == 404
    with clock.at(MONDAY + timedelta(days=60)):
        assert client.get(link).status_code == 404


def test_what_comes_by_mail_after_the_end_is_kept_as_a_note(
    conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people)
    answering.answer(made, ANSWER, way=Way.LINK)
    mails(people, letter(rui), "One more thing: it is fixed in 4.1.1.", sender=rui.email)

    assert Note.objects.count() == 2
    made.refresh_from_db()
    assert "4.1.1" not in made.answer


def test_what_the_owner_has_begun_to_write_stays(
    ada: Client, conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people)
    Draft.objects.create(conversation=conversation, user=people.ada, mode="reply", text="Dear Casey")
    answering.answer(made, ANSWER, way=Way.LINK)
    assert Draft.objects.get().text == "Dear Casey"

    Draft.objects.all().delete()
    ada.post(reverse("escalations:use", args=[made.pk]))
    assert "orbit publish --chunked" in Draft.objects.get().text


def test_the_clock_nudges_once_in_their_hours_then_gives_the_turn_back(
    conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people, wanted_by=MONDAY + timedelta(hours=8))
    for hours, nudged, overdue, status in (
        (7, False, False, Status.WAITING_ON_ENGINEERING),  # not late yet
        (9, False, False, Status.WAITING_ON_ENGINEERING),  # late, but their day is over
        (24, True, False, Status.WAITING_ON_ENGINEERING),
        (25, True, False, Status.WAITING_ON_ENGINEERING),
        (49, True, True, Status.OPEN),
    ):
        now = MONDAY + timedelta(hours=hours)
        with clock.at(now):
            minding.mind(now)
            run_reactions()
        made.refresh_from_db()
        conversation.refresh_from_db()
        seen = (made.nudged_at is not None, made.overdue_at is not None, conversation.status)
        assert seen == (nudged, overdue, status), hours
    assert len(mail.outbox) == 2
    assert "A word about this?" in letter(rui).subject
    answering.answer(made, "Sorry: use --chunked.", way=Way.LINK)
    made.refresh_from_db()
    assert made.state == HelpState.ANSWERED


def test_a_full_week_is_respected_unless_it_cannot_wait(people: People) -> None:
    one = engineer(people.lena, "Rui Costa", "rui-o", budget=1)
    asked(factories.conversation(people, "First"), one, people)
    second = factories.conversation(people, "Second")
    brief = asking.Brief("question", "And this?")

    with pytest.raises(asking.AskRefused, match="all they take"):
        asking.ask(second, one, brief, by=people.ada)
    assert asking.ask(second, one, brief, by=people.ada, cannot_wait=True).is_open
    with clock.at(MONDAY + timedelta(days=8)):
        assert queries.budget_left([one], clock.now()) == {one.pk: 1}


def test_nobody_is_asked_about_what_is_sealed_or_over_or_twice(
    conversation: Conversation, people: People, rui: Engineer
) -> None:
    brief = asking.Brief("question", "What is it?")
    asked(conversation, rui, people)
    with pytest.raises(asking.AskRefused, match="already"):
        asking.ask(conversation, rui, brief, by=people.ada)
    statuses.resolve(conversation, by=people.ada)
    with pytest.raises(asking.AskRefused, match="over"):
        asking.ask(conversation, rui, brief, by=people.ada)
    Conversation.objects.update(sealed=True)
    with pytest.raises(asking.AskRefused, match="sealed"):
        asking.ask(conversation, rui, brief, by=people.ada)


def test_taken_back_it_is_the_teams_turn_and_the_letter_leads_nowhere(
    ada: Client, client: Client, conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people)
    ada.post(reverse("escalations:withdraw", args=[made.pk]))

    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN
    assert "nothing left to answer" in Client().get(link_in(letter(rui))).content.decode()


def test_an_answer_becomes_the_article_that_would_have_spared_it(
    ada: Client, conversation: Conversation, people: People, rui: Engineer
) -> None:
    made = asked(conversation, rui, people)
    answering.answer(made, ANSWER, way=Way.LINK)
    panel = ada.get(reverse("escalations:panel", args=[conversation.pk])).content.decode()
    assert "Make it an article" in panel

    ada.post(reverse("escalations:article", args=[made.pk]))
    article = Article.objects.get()
    body = article.texts.get().body
    assert "orbit publish --chunked" in body
    assert "Initech" not in body
    made.refresh_from_db()
    assert (made.article_id, article.from_conversation) == (article.pk, conversation.pk)
    assert writing.propose_article(made, by=people.ada) == article


def test_the_settings_add_change_and_rest_an_engineer(client: Client, people: People) -> None:
    client.force_login(people.lena)
    new = {"name": "Rui Costa", "email": "rui@build.example", "github": "@rui-o", "zone": "Europe/Lisbon",
           "budget": "3", "repositories": "Orbit/CLI @orbit/registry", "is_on_rota": "1",
           "day_0": "09:00–12:00"}  # fmt: skip
    assert client.post(reverse("escalations:add_engineer"), new).status_code == 302
    one = Engineer.objects.get()
    assert (one.github, one.repositories, one.budget) == ("rui-o", ["@orbit/registry", "orbit/cli"], 3)
    assert one.is_on_rota(MONDAY)
    assert not one.is_on_rota(MONDAY + timedelta(weeks=4))
    assert one.is_here(MONDAY)
    assert not one.is_here(MONDAY + timedelta(days=1))
    assert client.post(reverse("escalations:add_engineer"), new).status_code == 422
    assert client.post(reverse("escalations:add_engineer"), {**new, "zone": "Mars"}).status_code == 422
    assert "09:00–12:00" in client.get(reverse("escalations:engineer", args=[one.pk])).content.decode()

    assert client.post(reverse("escalations:engineer", args=[one.pk]), new | {"is_on_rota": ""}).status_code == 302
    one.refresh_from_db()
    assert (one.is_active, one.is_on_rota(MONDAY)) == (False, False)

    owners = {"repository": "Orbit/CLI", "text": "/lib/auth/ @mira-d"}
    assert client.post(reverse("escalations:owners"), owners).status_code == 302
    assert client.post(reverse("escalations:owners"), owners | {"repository": "no"}).status_code == 422
    assert "1 rule" in client.get(reverse("escalations:engineers")).content.decode()


def test_two_hundred_answers_make_past_cases_count(
    conversation: Conversation, people: People, rui: Engineer, mira: Engineer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threshold is what it is; which cases are near is search's to know (its own tests)."""
    past = [
        HelpRequest(conversation=conversation, engineer=mira, asked_by=people.ada, kind="question", summary="x",
                    state=HelpState.ANSWERED, wanted_by=MONDAY, ended_at=MONDAY)
        for _ in range(rules.ENOUGH_PAST - 1)
    ]  # fmt: skip
    HelpRequest.objects.bulk_create(past)
    assert asking_queries._solved(conversation) == {}
    shares = asking_queries._shares([(0.9, "1"), (0.6, "2"), (0.5, "1")])
    assert (round(shares["1"][0], 9), shares["1"][1]) == (0.7, 2)
    assert letters.title(past[0]) == "x"
