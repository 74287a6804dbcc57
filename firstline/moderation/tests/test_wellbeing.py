"""Who has seen too much, who is named in it, how everybody is, how well the detector does (W-07, W-10, W-14, D-06)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from firstline.conversations.actions import assigning, covering, replying
from firstline.conversations.actions.covering import RevealRefused, Standing
from firstline.conversations.models import Cover, Message, Origin, Reason, Reveal
from firstline.core import clock, sealing
from firstline.inboxes.models import KeptMail
from firstline.moderation import quality, rules, wellbeing
from firstline.moderation.actions import deciding, reporting, routing, self_checking, wishing
from firstline.moderation.actions.deciding import Decision
from firstline.moderation.actions.moving import Refused
from firstline.moderation.models import Case, Measure, Outcome, SelfCheckCount, SelfCheckTaken
from firstline.moderation.tests.conftest import Desk
from tests import factories
from tests.factories import People


def has_seen(desk: Desk, times: int) -> Cover:
    cover = Cover.objects.get()
    Reveal.objects.bulk_create(Reveal(cover=cover, user=desk.people.ada, paragraphs=1) for _ in range(times))
    return cover


def signed_in(user: object) -> Client:
    browser = Client()
    browser.force_login(user)  # type: ignore[arg-type]  # a user of the factories
    return browser


# ---------- W-07: the hard limit ----------


def test_w07_past_the_hard_limit_somebody_else_comes_first_then_ones_own_word(desk: Desk) -> None:
    cover, ada = has_seen(desk, routing.HARD_REVEALS), desk.people.ada
    with pytest.raises(RevealRefused) as refused:
        covering.reveal(cover, by=ada, paragraphs=1, is_sure=True)
    assert not refused.value.asks
    routing.hand_over(desk.case, by=ada)
    with clock.at(clock.now() + timedelta(minutes=16)):
        with pytest.raises(RevealRefused) as asked:
            covering.reveal(cover, by=ada, paragraphs=1)
        assert asked.value.asks
        assert covering.reveal(cover, by=ada, paragraphs=1, is_sure=True)[0]


def test_w07_the_page_asks_once_more_and_normal_work_goes_on(desk: Desk) -> None:
    cover, ada = has_seen(desk, routing.HARD_REVEALS), desk.people.ada
    for other in (desk.people.mina, desk.people.lena):
        wishing.wish(other, avoids=[], paused=True, reads_about_self=False)
    browser, url = signed_in(ada), reverse("conversations:show_covered", args=[cover.message_id])
    asked = browser.post(url, {"paragraphs": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert 'name="sure" value="yes"' in asked
    assert "cover__text" not in asked
    shown = browser.post(url, {"paragraphs": "1", "sure": "yes"}, headers={"HX-Request": "true"}).content.decode()
    assert "cover__text" in shown
    plain = factories.conversation(desk.people)
    assert replying.reply(plain, by=ada, text="Sign in again, please.").pk


# ---------- W-10: aimed at somebody by name ----------


@pytest.fixture
def about_ada(people: People, run_reactions: Callable[..., int]) -> Message:
    """Something severe that names Ada, in a conversation that she has."""
    first = factories.arrives(people.inbox, factories.contact("grim"), factories.mail("404", "npm publish says 404."))
    assigning.assign(first.conversation, people.ada, by=people.lena)
    text = "ADA, you are a worthless idiot and I will find where you live."
    message = factories.answers(first.conversation, factories.contact("grim"), factories.mail("Re: 404", text))
    run_reactions()
    return message


def test_w10_what_is_aimed_at_somebody_goes_to_somebody_else(people: People, about_ada: Message) -> None:
    case = Case.objects.get()
    assert list(case.aimed_at.all()) == [people.ada]
    assert case.assignee not in (None, people.ada)
    about_ada.conversation.refresh_from_db()
    assert about_ada.conversation.assignee not in (None, people.ada)
    assert people.ada not in routing.eligible(case)


def test_w10_its_target_learns_that_it_was_handled_and_reads_it_only_by_choice(
    people: People, about_ada: Message
) -> None:
    case, cover, ada = Case.objects.get(), Cover.objects.get(), signed_in(people.ada)
    with pytest.raises(RevealRefused):
        covering.reveal(cover, by=people.ada, paragraphs=1, is_sure=True)
    assert ada.get(reverse("moderation:case", args=[case.pk])).status_code == 404
    assert "is being handled by somebody else" in ada.get(reverse("moderation:mine")).content.decode()
    deciding.decide(case, Decision(Measure.SUSPEND, Reason.THREAT), by=people.mina)
    assert "A message about you was handled." in ada.get(reverse("moderation:mine")).content.decode()
    wishing.wish(people.ada, avoids=[], paused=False, reads_about_self=True)
    assert covering.reveal(cover, by=people.ada, paragraphs=1)[0]
    assert ada.get(reverse("moderation:case", args=[case.pk])).status_code == 200


@pytest.mark.parametrize(
    ("text", "is_named"),
    [("you, Ada!", True), ("mrs BROOK", True), ("the adapter", False), ("ada@orbit.example", True), ("", False)],
)
def test_w10_whom_a_text_names(text: str, is_named: bool) -> None:
    assert rules.names("Ada Brook", rules.words_of(text)) is is_named
    assert not rules.names("Bo Li", rules.words_of("bo li"))


def test_w10_no_surname_of_ours_leaves_with_a_reply(people: People, run_reactions: Callable[..., int]) -> None:
    conversation = factories.conversation(people)
    replying.reply(conversation, by=people.ada, text="Please sign in again.")
    with clock.at(clock.now() + timedelta(minutes=1)):
        run_reactions(until=None)
    raw = b"".join(sealing.unseal(one.ciphertext, one.wrapped_key) for one in KeptMail.objects.all())
    assert b"Please sign in again." in raw
    assert people.ada.name.encode() not in raw
    assert people.ada.email.encode() not in raw


# ---------- W-14: the self-check ----------


def test_w14_answers_are_counted_and_nobody_can_be_joined_to_theirs(people: People) -> None:
    browser = signed_in(people.ada)
    given = {f"q{at}": str(at % 5 + 1) for at in range(len(wellbeing.QUESTIONS))}
    missing = browser.post(reverse("moderation:self_check"), {"q0": "3"})
    assert missing.status_code == 422
    assert "Answer all five" in missing.content.decode()
    assert browser.post(reverse("moderation:self_check"), given).status_code == 302
    assert "Count my answers" not in browser.get(reverse("moderation:mine")).content.decode()
    assert browser.post(reverse("moderation:self_check"), given).status_code == 422
    assert {one.name for one in SelfCheckTaken._meta.fields} == {"id", "user", "quarter"}
    assert not {one.name for one in SelfCheckCount._meta.get_fields()} & {"user", "taken", "at", "created_at"}
    assert sum(SelfCheckCount.objects.values_list("given", flat=True)) == len(wellbeing.QUESTIONS)


def test_w14_means_are_shown_from_five_answers_on_and_when_the_quarter_is_over(people: People) -> None:
    october = datetime(2026, 10, 20, 9, tzinfo=UTC)
    team = [people.ada, people.mina, people.lena, people.rita]
    for one in team:
        self_checking.answer(one, wellbeing.quarter_of(october), [4, 4, 4, 4, 2])
    january = datetime(2027, 1, 5, 9, tzinfo=UTC)
    assert {one.mean for one in wellbeing.results(january)[1]} == {None}
    jo = factories.person("jo", [], people.ada.teams.get())
    self_checking.answer(jo, "2026Q4", [4, 4, 4, 4, 2])
    assert {one.mean for one in wellbeing.results(october)[1]} == {None}
    assert wellbeing.results(january) == (
        "2026Q4",
        [wellbeing.Answered(words, mean) for words, mean in zip(wellbeing.QUESTIONS, [4, 4, 4, 4, 2], strict=True)],
    )
    with pytest.raises(Refused):
        self_checking.answer(jo, "2026Q4", [1, 1, 1, 1, 1])


# ---------- D-06: quality by feedback ----------


def covered(people: People, number: int, language: str, origin: str = Origin.DETECTOR) -> Message:
    mail = factories.mail(f"Subject {number}", f"Words number {number} that nobody minds.")
    message = factories.arrives(people.inbox, factories.contact(f"{language}{number}"), mail)
    covering.cover(message, Standing(Reason.HARASSMENT, 2, origin, score=0.9), by=None)
    Cover.objects.filter(message=message).update(language=language)
    return message


def test_d06_precision_and_recall_of_a_language_with_enough_labels(people: People) -> None:
    for number in range(50):
        message = covered(people, number, "en", Origin.PERSON if number >= 45 else Origin.DETECTOR)
        if number < 36:
            case = reporting.report_by_detector(message, Cover.objects.get(message=message))
            Case.objects.filter(pk=case.pk).update(outcome=Outcome.ACTIONED)
        elif number < 45:
            covering.uncover(message, by=people.ada)
    covered(people, 99, "de", Origin.PERSON)
    english, german = quality.by_language(clock.now())
    assert (english.right, english.wrong, english.missed) == (36, 9, 5)
    assert english.precision == quality.Share(80, 66, 89)
    assert english.recall == quality.Share(88, 74, 95)
    assert (german.precision, german.recall) == (None, None)
    page = signed_in(people.ada).get(reverse("moderation:detector")).content.decode()
    assert page.count("no estimate") == 2
    assert "80 %" in page
    assert quality.by_language(clock.now() + timedelta(days=91)) == []
