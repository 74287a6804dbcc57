"""Hard cases are shared evenly, handed over in one key, never given to who does not want them (W-05 to W-08)."""

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from statistics import median

import pytest
from django.test import Client
from django.urls import reverse

from firstline.accounts.models import Team
from firstline.accounts.permissions import Role
from firstline.conversations.actions import covering
from firstline.conversations.models import Cover, Reason, Reveal
from firstline.core import clock
from firstline.moderation import queries
from firstline.moderation.actions import deciding, reporting, routing, wishing
from firstline.moderation.models import Case, HandOver, Outcome
from firstline.moderation.tests.conftest import Desk
from tests import factories
from tests.factories import People


def hard_case(people: People, reason: str = Reason.HATE) -> Case:
    """A fresh case that nobody has."""
    case = Case(inbox=people.inbox, reason=reason, severity=2, due_at=clock.now() + timedelta(hours=12))
    case.save()
    return case


def gini(counts: list[int]) -> float:
    ordered, total = sorted(counts), sum(counts)
    return sum((2 * at - len(ordered) + 1) * one for at, one in enumerate(ordered)) / (len(ordered) * total)


def test_w08_four_agents_400_items_15_percent_hard_one_opted_out(people: People) -> None:
    team = Team.objects.get(name="Desk")
    jo = factories.person("jo", [Role.AGENT], team)
    wishing.wish(jo, avoids=[Reason.HATE], paused=False, reads_about_self=False)
    dice, given = random.Random(8), list[int]()
    for _item in range(400):
        if dice.random() < 0.15:
            chosen = routing.assign(hard_case(people))
            assert chosen is not None
            given.append(chosen.pk)
    counts = Counter(given)
    willing = [people.ada.pk, people.mina.pk, people.lena.pk]
    assert jo.pk not in counts
    load = [counts[pk] for pk in willing]
    assert max(load) / median(load) <= 1.3
    assert gini(load) <= 0.15
    assert all(one != other for one, other in pairwise(given))


def test_w05_if_everybody_has_opted_out_nobody_gets_it(people: People) -> None:
    for one in (people.ada, people.mina, people.lena):
        wishing.wish(one, avoids=[Reason.SEXUAL], paused=False, reads_about_self=False)
    assert routing.assign(hard_case(people, Reason.SEXUAL)) is None
    assert routing.assign(hard_case(people, Reason.HATE)) is not None


def test_w13_who_is_paused_gets_nothing(people: People) -> None:
    for one in (people.ada, people.mina):
        wishing.wish(one, avoids=[], paused=True, reads_about_self=False)
    assert {routing.assign(hard_case(people)) for _time in range(5)} == {people.lena}


def test_w06_handing_over_takes_one_key_and_stops_the_clock(desk: Desk) -> None:
    case = Case.objects.get()
    first, due = case.assignee, case.due_at
    assert first is not None
    following = routing.hand_over(case, by=first)
    case.refresh_from_db()
    assert following not in (None, first)
    assert case.due_at == due + timedelta(minutes=30)
    assert following is not None
    with clock.at(clock.now() + timedelta(minutes=10)):
        routing.accept(case, by=following)
    case.refresh_from_db()
    assert timedelta(minutes=9) <= case.due_at - due <= timedelta(minutes=11)
    assert HandOver.objects.get().accepted_at is not None


def test_w06_no_page_of_a_lead_counts_hand_overs_by_person(desk: Desk) -> None:
    case = Case.objects.get()
    assert case.assignee is not None
    routing.hand_over(case, by=desk.people.ada)
    lena = Client()
    lena.force_login(desk.people.lena)
    body = lena.get(reverse("moderation:team")).content.decode()
    assert "Handed over" in body
    assert desk.people.ada.first_name not in body.split("<main", 1)[1]


@pytest.mark.parametrize("seconds", [0, 16 * 60])
def test_w07_who_has_seen_enough_today_gets_nothing_hard(desk: Desk, seconds: int) -> None:
    cover = Cover.objects.get()
    times = 1 if seconds else routing.SOFT_REVEALS
    Reveal.objects.bulk_create(
        Reveal(cover=cover, user=desk.people.ada, paragraphs=1, seconds=seconds) for _ in range(times)
    )
    assert desk.people.ada not in routing.eligible(hard_case(desk.people))
    with clock.at(clock.now() + timedelta(days=1)):
        assert desk.people.ada in routing.eligible(hard_case(desk.people))


def test_w08_the_queue_spreads_hard_ones_out(people: People) -> None:
    for number in range(3):
        case = hard_case(people)
        Case.objects.filter(pk=case.pk).update(due_at=clock.now() + timedelta(hours=number))
    for number in range(3):
        message = factories.arrives(
            people.inbox, factories.contact(f"s{number}"), factories.mail("Buy", f"Buy {number}")
        )
        reporting.report_by_agent(message, by=people.ada, reason=Reason.SPAM)
    severities = [row.case.severity for row in queries.queue(people.lena)]
    assert severities == [2, 1, 2, 1, 2, 1]


def test_w11_a_buddy_learns_whom_to_ask_and_nothing_more(desk: Desk) -> None:
    found = wishing.ask_check_in(desk.people.ada)
    assert found is not None
    assert wishing.ask_check_in(desk.people.ada) == found
    buddy = Client()
    buddy.force_login(found.buddy)
    body = buddy.get(reverse("moderation:mine")).content.decode()
    assert "Check in with Ada today." in body
    assert desk.case.get_reason_display() not in body.split("<main", 1)[1].split("<form", 2)[1]
    buddy.post(reverse("moderation:checked_in", args=[found.pk]))
    assert "Check in with Ada" not in buddy.get(reverse("moderation:mine")).content.decode()
    lena = Client()
    lena.force_login(desk.people.lena)
    if found.buddy != desk.people.lena:
        assert "Check in with" not in lena.get(reverse("moderation:mine")).content.decode()


def test_w15_team_totals_are_what_happened(desk: Desk) -> None:
    sender = factories.contact("noor")
    message = factories.arrives(desk.people.inbox, sender, factories.mail("Hm", "Other words entirely."))
    unseen = reporting.report_by_agent(message, by=desk.people.ada, reason=Reason.HATE)
    reveal = covering.reveal(Cover.objects.get(message=desk.message), by=desk.people.ada, paragraphs=1)
    assert reveal[0]
    Reveal.objects.update(seconds=90)
    for case in (desk.case, unseen):
        deciding.resolve(case, Outcome.NO_ACTION, by=desk.people.ada)
    team = queries.team_totals(clock.now())
    assert (team.reveals, team.minutes, team.reveal_rate, team.blind_rate) == (1, 1.5, 0.5, 0.5)
    assert (team.people, team.days) == (4, 90)
