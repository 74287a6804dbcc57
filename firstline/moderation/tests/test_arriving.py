"""What becomes of messages of people who are sanctioned, of those who come back, and of near copies (M-12, W-09)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from firstline.contacts.actions import identify
from firstline.contacts.models import ContactIdentity
from firstline.conversations.actions import covering
from firstline.conversations.models import OURS, Conversation, Cover, Message, Origin, Reason, Reveal, Status
from firstline.core import clock
from firstline.moderation import rules
from firstline.moderation.actions import deciding, marking
from firstline.moderation.actions.deciding import Decision
from firstline.moderation.models import Case, CaseItem, CaseState, Mark, Measure, Sanction
from firstline.moderation.tests.conftest import INSULT, Desk
from tests import factories
from tests.factories import People
from tests.jobs import waiting


def pause(desk: Desk, measure: str = Measure.SUSPEND, *, channel: str = "", per_day: int | None = None) -> Sanction:
    """Grim is paused, or what else is asked for."""
    decision = Decision(measure, Reason.HARASSMENT, channel=channel, per_day=per_day, skip_reason="It was needed.")
    return deciding.decide(desk.case, decision, by=desk.people.ada)


def grim() -> ContactIdentity:
    return factories.contact("grim")


@pytest.mark.parametrize("measure", [Measure.SUSPEND, Measure.BAN])
def test_what_a_paused_person_writes_is_stored_covered_and_nobody_is_told(desk: Desk, measure: str) -> None:
    pause(desk, measure)
    before = {job.pk for job in waiting()}
    message = factories.arrives(desk.people.inbox, grim(), factories.mail("Hello", "Do I get an answer?"))
    cover = Cover.objects.get(message=message)
    assert (cover.is_held, cover.origin, message.conversation.status) == (True, Origin.SANCTION, Status.RESOLVED)
    assert message.conversation.subject == ""
    assert not {job.task_name for job in waiting() if job.pk not in before} & TELLING


def test_a_paused_person_reopens_nothing(desk: Desk) -> None:
    pause(desk)
    factories.answers(Conversation.objects.get(), grim(), factories.mail("Re: My account", "Answer me."))
    assert Conversation.objects.get().status == Status.RESOLVED


def test_a_closed_channel_closes_no_other(desk: Desk) -> None:
    pause(desk, Measure.RESTRICT_CHANNEL, channel="github")
    message = factories.arrives(desk.people.inbox, grim(), factories.mail("Hello", "Do I get an answer?"))
    assert message.conversation.status == Status.OPEN


def test_slow_takes_so_many_a_day_and_mute_tells_nobody(desk: Desk) -> None:
    pause(desk, Measure.SLOW, per_day=3)
    sent = [
        factories.arrives(desk.people.inbox, grim(), factories.mail("Hello", f"Question {number}"))
        for number in range(4)
    ]
    assert [one.conversation.status for one in sent] == [Status.OPEN, Status.OPEN, Status.RESOLVED, Status.RESOLVED]
    assert not Cover.objects.filter(message__in=sent).exists()


def test_a_sanction_binds_under_every_identity_of_the_person(desk: Desk) -> None:
    other = identify(channel="github", address="grim-404", name="grim", key="99117")
    ContactIdentity.objects.filter(pk=other.pk).update(contact=grim().contact)
    pause(desk)
    message = factories.arrives(
        desk.people.inbox, ContactIdentity.objects.get(pk=other.pk), factories.mail("Hello", "It is me.")
    )
    assert Cover.objects.get(message=message).is_held


@pytest.mark.parametrize(
    "address",
    ["Grim@Contact.example", "grim+new@contact.example", "GRIM+x+y@contact.example"],
)
def test_m12_who_comes_back_is_covered_and_looked_at_and_nothing_else(
    desk: Desk, address: str, run_reactions: Callable[..., int]
) -> None:
    pause(desk)
    alias = identify(channel="email", address=address, name="Somebody", key=f"alias:{address}")
    before = Sanction.objects.count()
    message = factories.arrives(desk.people.inbox, alias, factories.mail("Hi", "A harmless question."))
    cover = Cover.objects.get(message=message)
    assert (cover.reason, cover.origin, cover.is_held) == (Reason.BAN_EVASION, Origin.EVASION, False)
    run_reactions()
    case = Case.objects.latest("pk")
    assert case.state == CaseState.OPEN
    assert {sign["kind"] for sign in case.signals} >= {"address"}
    assert Sanction.objects.count() == before


def test_m12_a_shared_company_domain_speaks_against_it(desk: Desk) -> None:
    for number in range(4):
        factories.contact(f"colleague{number}")
    pause(desk)
    fresh = factories.contact("grimm")
    found, sanction = marking.signals(fresh, "A harmless question.")
    assert rules.evasion_score(found) < rules.EVADES_FROM
    assert sanction is None or "shared_domain" in {one.kind for one in found}
    message = factories.arrives(desk.people.inbox, fresh, factories.mail("Hi", "A harmless question."))
    assert not Cover.objects.filter(message=message).exists()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Grim@Example.org", "grim@example.org", True),
        ("grim+tag@example.org", "grim@example.org", True),
        ("g.r.i.m@gmail.com", "grim@googlemail.com", True),
        ("g.rim@example.org", "grim@example.org", False),
        ("grim@bücher.example", "grim@xn--bcher-kva.example", True),
        ("grim@example.org.", "grim@example.org", True),
        ("grim@example.com", "grim@example.org", False),
        ("@grim", "GRIM", True),
        ("ｇrim@example.org", "grim@example.org", True),
    ],
)
def test_m13_addresses_meet_for_matching(one: str, other: str, same: bool) -> None:
    assert (rules.normalised(one) == rules.normalised(other)) is same


def test_p04_a_mark_is_keyed_and_ends(desk: Desk) -> None:
    pause(desk)
    assert Mark.objects.filter(digest=marking.digest("address", "grim@contact.example")).exists()
    assert "grim" not in str(list(Mark.objects.values_list("digest", flat=True)))
    with clock.at(clock.now() + timedelta(days=7 + 181)):
        assert marking.forget_due() > 0
    assert not Mark.objects.exists()


def test_w09_fifty_copies_of_one_mail_cost_one_look(people: People, run_reactions: Callable[..., int]) -> None:
    for number in range(50):
        sender = factories.contact(f"alias{number}")
        factories.arrives(people.inbox, sender, factories.mail("You", f"{INSULT} I mean it, all of you. {number}"))
    run_reactions()
    case = Case.objects.get()
    first = CaseItem.objects.get(is_copy=False)
    assert CaseItem.objects.filter(case=case, is_copy=True).count() == 49
    covering.reveal(Cover.objects.get(message=first.message_id), by=people.ada, paragraphs=1000)
    deciding.decide(case, Decision(Measure.WARN, Reason.INSULT, pattern_reason="Fifty copies."), by=people.ada)
    for number in range(3):
        sender = factories.contact(f"later{number}")
        factories.arrives(people.inbox, sender, factories.mail("You", f"{INSULT} I mean it, all of you. L{number}"))
    run_reactions()
    again = Case.objects.latest("pk")
    assert again.like == case
    assert Case.objects.count() == 2
    assert Reveal.objects.count() == 1


def test_d01_the_judge_knows_no_deciding_action() -> None:
    import firstline.moderation.actions.judging as judging

    names = {name for name in vars(judging) if not name.startswith("_")}
    assert not names & {"deciding", "ending", "telling", "upstream", "reporting"}


TELLING = {"answers.suggest", "answers.answer", "search.index", "notifications.tell", "moderation.look"}
ALIASES = (
    ("email", "grim+2@contact.example", ""),
    ("email", "GRIM@contact.example", "alias-2"),
    ("email", "grim@mail.contact.example", ""),
    ("github", "grim-404", "99117"),
    ("mastodon", "@grim@social.example", "555"),
    ("x", "grim_404", "777"),
)


@pytest.mark.corpus
def test_the_troll_reaches_nobody_uncovered_and_nobody_is_taken_for_him(desk: Desk) -> None:
    pause(desk, Measure.BAN)
    told = (
        "You people are scum and idiots",
        "I will find where you live",
        "your registry is garbage, all of you morons",
    )
    for number in range(300):
        channel, address, key = ALIASES[number % len(ALIASES)]
        alias = identify(channel=channel, address=address, name="", key=key)
        text = f"{told[number % 3]}. Number {number}, and you will all regret it."
        factories.arrives(desk.people.inbox, alias, factories.mail(f"Again {number}", text))
    for number in range(40):
        other = factories.contact(f"person{number}")
        factories.arrives(desk.people.inbox, other, factories.mail("404", f"npm publish says 404, run {number}."))
    his = Message.objects.filter(conversation__status__in=OURS, text__contains="and you will all regret it")
    assert not his.uncovered().exists()
    innocent = Cover.objects.filter(message__author_identity__address__startswith="person")
    assert not innocent.exists()
