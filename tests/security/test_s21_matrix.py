"""S-21: every address, every method, everybody, with ids that are not theirs in every place that takes an id."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import models, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.security.matrix import CONTENT_ROWS, ELSEWHERE, PEOPLE, ROWS, Row, rows
from tests.security.world import World, url_names, value_of

TABLE = rows(ROWS)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def test_s21_every_route_has_a_row() -> None:
    assert {row.route for row in TABLE} | set(ELSEWHERE) == set(url_names())
    assert {row.route for row in rows(CONTENT_ROWS)} == set(url_names(settings.CONTENT_URLCONF))


def client(world: World, who: str) -> Client:
    """A browser of one of the people, signed in once a module: signing in costs as much as the page asked for."""
    browser = Client(raise_request_exception=True)
    if who != "anonymous":
        browser.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[who]
    return browser


def filled(world: World, word: str) -> str:
    """A word of the table with ids in place of its braces."""

    def of(found: "re.Match[str]") -> str:
        path = found.group(1)
        place = world if hasattr(world, path.split(".")[0]) else world.ours
        value = value_of(place, path)
        return str(value.pk if isinstance(value, models.Model) else value)

    return re.sub(r"\{([a-z._]+)\}", of, word)


def ask(world: World, row: Row, who: str, method: str = "") -> HttpResponseBase:
    """One request; everything that it changes is taken back."""
    address = reverse(row.route, args=[filled(world, word) for word in row.arguments])
    fields: dict[str, Any] = {name: filled(world, value) for name, value in row.fields}
    cache.clear()
    with transaction.atomic():
        browser = client(world, who)
        sending: Any = getattr(browser, (method or row.method).lower())
        response: HttpResponseBase = sending(address, fields) if method in {"", "GET", "POST"} else sending(address)
        transaction.set_rollback(True)
    return response


def answer(response: HttpResponseBase) -> str:
    """A response as the table writes it."""
    if response.status_code == 302 and response.headers["Location"].startswith(reverse("account_login")):
        return "login"
    return str(response.status_code)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_s21_everybody_gets_what_the_table_says(world: World, row: Row) -> None:
    assert tuple(answer(ask(world, row, who)) for who in PEOPLE) == row.answers


@pytest.mark.parametrize("route", sorted({row.route for row in TABLE}))
def test_s21_methods_that_are_not_in_the_table_do_nothing(world: World, route: str) -> None:
    mine = [row for row in TABLE if row.route == route]
    unlisted = [method for method in METHODS if method not in {row.method for row in mine}]
    statuses = {method: ask(world, mine[0], "ada", method).status_code for method in unlisted}
    assert all(status in {302, 403, 404, 405} for status in statuses.values()), statuses


def test_s21_what_others_get_holds_nothing_of_it(world: World) -> None:
    """Lists, counters, search and palette show Rita nothing of Ada's team, and the other way round."""
    for who, foreign in (("rita", world.ours), ("ada", world.theirs)):
        for row in TABLE:
            if row.method == "GET" and row.answers[PEOPLE.index(who)] == "200" and "theirs" not in str(row):
                body = b"".join(ask(world, row, who))
                assert f"casey@{foreign.inbox.name}.example".encode() not in body, row
                assert f"/conversations/{foreign.conversation.pk}/".encode() not in body, row
