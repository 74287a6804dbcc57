"""Asked once, by mail, a day after the end; what is said; and who never hears of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from firstline.answers.models import AutoAnswer, Mode, Policy, Suggestion, SuggestionState, Verdict
from firstline.conversations.actions import automatic, replying, statuses
from firstline.conversations.models import Conversation, Cover, Message, Reason, Status
from firstline.core import clock
from firstline.events.models import AuditEntry
from firstline.moderation.actions import reporting
from firstline.moderation.models import Care
from firstline.surveys import actions, queries
from firstline.surveys.models import State, Survey
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(hours=25)
WORDS = "It took three mails to be understood; my token is npm_Qm4Zt8Wb2XcV6nLk9PqRs3TyHd7Gf5JaUe1o"


@pytest.fixture
def people(db: None) -> People:
    made = factories.people()
    actions.set_policy(made.inbox, is_on=True, wait_hours=24, by=made.lena)
    return made


def ended(people: People, text: str = "Global installs stop with EACCES.", *, answered: bool = True) -> Conversation:
    """A conversation that Ada answered and resolved on Monday."""
    with clock.at(MONDAY):
        made = factories.conversation(people, text=text)
        if answered:
            replying.reply(made, by=people.ada, text="Set a prefix of your own.")
    with clock.at(MONDAY + timedelta(minutes=1)):
        run_reactions()
        statuses.resolve(made, by=people.ada)
        run_reactions()
    made.refresh_from_db()
    return made


def asked(conversation: Conversation) -> Survey:
    """What became of its question on Tuesday."""
    with clock.at(TUESDAY):
        actions.ask_due(clock.now())
        run_reactions()
    return Survey.objects.get(conversation=conversation)


def links(survey: Survey) -> tuple[str, str]:
    """The paths of its yes and its no."""
    assert survey.message is not None
    yes, no = re.findall(r"https?://[^/]+(/survey/[^)]+)\)", survey.message.text)
    return yes, no


def test_a_day_after_the_end_one_mail_asks_once(people: People) -> None:
    conversation = ended(people)
    with clock.at(MONDAY + timedelta(hours=23)):
        assert actions.ask_due(clock.now()) == 0
    survey = asked(conversation)
    assert survey.state == State.ASKED
    assert survey.message is not None
    assert survey.message.state == "sent"
    assert survey.message.is_automatic
    assert "Was our answer good?" in survey.message.text
    conversation.refresh_from_db()
    assert conversation.status == Status.RESOLVED, "asking is no turn of ours"
    with clock.at(TUESDAY + timedelta(days=1)):
        statuses.reopen(conversation, by=people.ada)
        statuses.resolve(conversation, by=people.ada)
        run_reactions()
        assert actions.ask_due(clock.now() + timedelta(days=2)) == 0
    assert Survey.objects.count() == 1


def test_the_link_alone_says_nothing_and_one_press_counts(people: People, client: Client) -> None:
    yes, no = links(asked(ended(people)))
    with clock.at(TUESDAY):
        for path in (yes, no):
            assert client.get(path).status_code == 200
            assert client.head(path).status_code == 200
        assert Survey.objects.get().state == State.ASKED
        assert client.post(no, {"rating": "nonsense"}).status_code == 422
        page = client.post(no, {"rating": "bad"}).content.decode()
        assert "Thank you for telling us" in page
        assert "My problem is still there" in page
        assert Survey.objects.get().rating == "bad"
        client.post(yes, {"rating": "good"})
        assert Survey.objects.get().rating == "good", "they may change their mind"
        assert client.get("/survey/made-up/").status_code == 404
    with clock.at(TUESDAY + timedelta(days=31)):
        assert client.post(no, {"rating": "bad"}).status_code == 410
    assert Survey.objects.get().rating == "good"


def test_what_is_added_is_kept_masked_and_reopens_after_a_no(people: People, client: Client) -> None:
    conversation = ended(people)
    _yes, no = links(asked(conversation))
    with clock.at(TUESDAY):
        client.post(no, {"rating": "bad"})
        more = {"step": "more", "reasons": ["slow", "unsolved"], "words": WORDS}
        answer = client.post(no, {**more, "effort": "9"})
        assert answer.status_code == 422
        assert "It took three mails" in answer.content.decode(), "nothing typed is lost"
        assert client.post(no, {**more, "effort": "2"}).status_code == 200
        client.post(no, {**more, "effort": "3", "words": "Once more"})
    survey = Survey.objects.get()
    assert (survey.effort, sorted(survey.reasons)) == (3, ["slow", "unsolved"])
    assert survey.words is not None
    assert survey.words.text.startswith("It took three mails")
    assert "npm_Qm4Zt8" not in survey.words.text
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN
    assert conversation.messages.filter(flags__contains=["survey"]).count() == 1


def test_kind_words_reopen_nothing(people: People, client: Client) -> None:
    conversation = ended(people)
    yes, _no = links(asked(conversation))
    with clock.at(TUESDAY):
        client.post(yes, {"rating": "good"})
        assert client.post(yes, {"step": "more", "reasons": ["slow"]}).status_code == 422, "it does not fit a yes"
        client.post(yes, {"step": "more", "reasons": ["kind"], "words": "Ada was lovely."})
    conversation.refresh_from_db()
    assert conversation.status == Status.RESOLVED
    assert Survey.objects.get().reasons == ["kind"]


def test_never_after_bans_grief_and_safety_cases(people: People) -> None:
    reported = ended(people)
    reporting.report_by_agent(reported.messages.earliest("pk"), by=people.ada, reason=Reason.HARASSMENT)
    grieving = ended(people, text="My father passed away, how do I close his account?")
    in_danger = ended(people)
    Care.objects.create(conversation=in_danger)
    covered = ended(people)
    Cover.objects.create(message=covered.messages.earliest("pk"), reason=Reason.THREAT, severity=3, origin="person")
    sealed = ended(people)
    Conversation.objects.filter(pk=sealed.pk).update(sealed=True)
    for one in (reported, grieving, in_danger, covered, sealed):
        survey = asked(one)
        assert (survey.state, survey.left_out_because) == (State.LEFT_OUT, "spared"), one.messages.earliest("pk").text
    assert not Message.objects.filter(author_machine=actions.MACHINE_NAME).exists()


def test_not_without_a_person_unless_the_contact_said_that_it_helped(people: People) -> None:
    conversation = ended(people, answered=False)
    assert asked(conversation).left_out_because == "machine"
    heard = conversation.messages.get()
    suggestion = (
        Suggestion.objects.create(
            message=heard, conversation=conversation, engine="test", state=SuggestionState.NOTHING
        )
        if not Suggestion.objects.filter(message=heard).exists()
        else Suggestion.objects.get(message=heard)
    )
    policy = Policy.objects.create(
        inbox=people.inbox, case="GEN-01", mode=Mode.ANSWER, reason="x", decided_by=people.lena
    )
    strand = conversation.strands.get()
    sent = automatic.queue(strand, machine="answers", subject="Re", text="See the article.")
    AutoAnswer.objects.create(
        conversation=conversation, suggestion=suggestion, message=sent, policy=policy, verdict=Verdict.YES
    )
    assert queries.facts(conversation, TUESDAY).by_person


def test_at_most_once_in_thirty_days_and_only_where_it_is_on(people: People) -> None:
    first, second = ended(people), ended(people)
    assert asked(first).state == State.ASKED
    assert asked(second).left_out_because == "lately"
    elsewhere = factories.arrives(people.other_inbox, people.casey, factories.mail()).conversation
    statuses.resolve(elsewhere, by=people.rita)
    run_reactions()
    assert not Survey.objects.filter(conversation=elsewhere).exists()


def test_the_results_say_how_many_answered(people: People, client: Client) -> None:
    yes, _no = links(asked(ended(people)))
    with clock.at(TUESDAY):
        client.post(yes, {"rating": "good"})
        client.post(yes, {"step": "more", "effort": "6", "reasons": ["kind"], "words": "Ada was lovely."})
        client.force_login(people.lena)
        page = client.get("/surveys/").content.decode()
        assert "1 of 1 said that our answer was good" in page
        assert "1 of the 1 people we asked answered (100 %)" in page
        assert "21–100 %" in page
        assert "Fewer than 20 answers" in page
        assert "Ada was lovely." in page
        rows = client.get("/surveys/answers.csv").content.decode().splitlines()
        assert rows[1] == '"2026-11-24","desk","good","6","kind"'
        client.force_login(people.ada)
        assert client.get("/surveys/").status_code == 403
        client.force_login(people.rita)
        assert client.get("/surveys/").status_code == 403


def test_a_lead_switches_it_and_the_audit_knows(people: People, client: Client) -> None:
    client.force_login(people.lena)
    fields = {"inbox": people.inbox.pk, "wait_hours": "0"}
    assert client.post("/settings/surveys/", fields).status_code == 422
    assert client.post("/settings/surveys/", {**fields, "wait_hours": "48"}).status_code == 302
    assert queries.policies(people.lena)[0].wait_hours == 48
    assert AuditEntry.objects.filter(kind="surveys.changed").count() == 2
    assert client.post("/settings/surveys/", {"inbox": 999999, "wait_hours": "48"}).status_code == 404
