"""My week: what somebody did, for them alone."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.test import Client
from django.urls import get_resolver

from firstline.accounts.permissions import Role
from firstline.conversations.actions import assigning, replying, statuses
from firstline.core import clock
from firstline.escalations.models import Engineer, HelpKind, HelpRequest
from firstline.knowledge import actions as knowledge
from firstline.knowledge.models import Visibility
from firstline.shifts import actions as shifts
from firstline.thanks import actions
from tests import factories
from tests.factories import People
from tests.jobs import run_reactions

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PATHS = ("/week/", "/week/week.md", "/week/week.csv")


@pytest.fixture
def ada(people: People, client: Client, rui: Engineer) -> Client:
    """Ada, after a full Tuesday."""
    with clock.at(TUESDAY):
        solved = factories.conversation(people, subject="=Publish [fails] with *E404*")
        replying.reply(solved, by=people.mina, text="I look into it.")
        kept, given = factories.conversation(people, "Still open"), factories.conversation(people, "Given away")
        assigning.assign(given, people.ada, by=people.lena)
        shifts.hand_over(given, giver=people.ada, to=people.lena, by=people.ada)
        statuses.resolve(kept, by=people.ada)
        article = knowledge.draft_article(by=people.ada, title="A dead token gives 404", body="Make a new one.")
        knowledge.save_details(
            article, by=people.ada, category=None, visibility=Visibility.PUBLIC, signatures=[], slug=article.slug
        )
        knowledge.publish(article, by=people.ada)
        HelpRequest.objects.create(
            conversation=solved,
            engineer=rui,
            asked_by=people.ada,
            kind=HelpKind.FIX,
            summary="The error says 404 where it means 401",
            wanted_by=TUESDAY,
        )
    with clock.at(TUESDAY + timedelta(hours=1)):
        run_reactions()
        replying.reply(solved, by=people.ada, text="Make a new token.")
        statuses.reopen(kept, by=people.ada)
    with clock.at(TUESDAY + timedelta(hours=2)):
        run_reactions()
        statuses.resolve(solved, by=people.ada)
    with clock.at(TUESDAY + timedelta(hours=3)):
        factories.answers(solved, people.casey, factories.mail("Re", "Works now, thank you so much Ada!"))
    actions.gather(TUESDAY + timedelta(hours=4))
    client.force_login(people.ada)
    return client


def test_it_lists_what_was_solved_written_begun_and_with_whom(ada: Client) -> None:
    with clock.at(TUESDAY + timedelta(days=1)):
        page = ada.get("/week/").content.decode()
    assert "You brought one conversation to its end" in page
    assert "=Publish [fails] with *E404*" in page
    assert "Still open" not in page, "it was opened again"
    assert "A dead token gives 404" in page
    assert "The error says 404 where it means 401" in page
    assert "Lena, Mina, Rui" in page
    assert "Works now, thank you so much Ada!" in page


def test_it_can_be_taken_away_and_no_cell_becomes_a_formula(ada: Client) -> None:
    with clock.at(TUESDAY + timedelta(days=1)):
        text = ada.get("/week/week.md").content.decode()
        table = ada.get("/week/week.csv").content.decode()
    assert "# My week: 23 November – 29 November 2026" in text
    assert r"Publish \[fails\] with \*E404\*" in text
    rows = list(csv.reader(StringIO(table)))
    assert rows[0] == ["week", "what", "words"]
    assert {row[1] for row in rows[1:]} == {"solved", "article", "fix", "worked_with", "thanks"}
    assert "Casey" not in text + table


def test_nobody_else_can_open_it_lead_and_admin_included(ada: Client, people: People) -> None:
    boss = factories.person("omar", [Role.LEAD, Role.ADMIN, Role.AGENT], people.ada.teams.get())
    for who in (people.lena, people.mina, people.rita, boss):
        other = Client()
        other.force_login(who)
        for path in PATHS:
            for asked in ("", f"?user={people.ada.pk}", f"?of=2026-11-24&person={people.ada.pk}&id={people.ada.pk}"):
                with clock.at(TUESDAY + timedelta(days=1)):
                    said = other.get(f"{path}{asked}").content.decode()
                assert who == people.mina or "thank you so much Ada" not in said, "Mina answered too"
                assert "The error says 404" not in said
                assert "A dead token" not in said
    plain = [
        str(one.pattern) for one in get_resolver("firstline.thanks.urls").url_patterns if "week" in str(one.pattern)
    ]
    assert sorted(plain) == ["week/", "week/week.csv", "week/week.md"], "no address names a person"
    assert Client().get("/week/").status_code == 302


def test_other_weeks_are_reached_and_none_ahead(ada: Client) -> None:
    with clock.at(TUESDAY + timedelta(days=8)):
        now = ada.get("/week/").content.decode()
        assert "A quiet week" in now
        assert "The week after" not in now
        assert "You brought one conversation" in ada.get("/week/?of=2026-11-26").content.decode()
        assert "A quiet week" in ada.get("/week/?of=2031-01-01").content.decode()
        assert "A quiet week" in ada.get("/week/?of=nonsense").content.decode()
