"""S-35: looking changes nothing, changing needs a token of this site, and nobody is sent elsewhere."""

import hashlib
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.security.matrix import ROWS, Row, rows
from tests.security.test_s21_matrix import ask, client, filled
from tests.security.world import World

TABLE = rows(ROWS)
WRITTEN_BY_LOOKING = {
    "django_session": "the session of whoever looks",
    "conversations_downloadticket": "a download's single-use address (S-24)",
    "savings_searchday": "how often the help centre was searched, without saying by whom",
    "savings_fruitlesssearch": "words that found nothing there, masked",
    "events_auditentry": "who opened an original (M-21)",
}
SIGNED_INSTEAD = {
    "intake:hook": "no browser: every delivery carries the sender's signature (S-40)",
    "thanks:stop": "a mail program's one click (RFC 8058) carries no cookie: the letter's token is the authority",
    "incidents:alarm": "no browser: a monitor signs what it calls with",
    "ask:answers": "as ask:ask; it only looks articles up, and takes nothing without the stamp of an open form",
    "ask:ask": "in frames of other sites no cookie is kept: a signed stamp of the page stands in for the token",
}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://localhost@evil.example/",
    "/%0d%0aLocation:https://evil.example/",
    " //evil.example",
    "///evil.example",
)


def everything() -> dict[str, str]:
    """A digest of every table's rows."""
    digests = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            with cursor.copy(f'COPY (SELECT * FROM "{table}" AS t ORDER BY t::text) TO STDOUT') as copy:
                digests[table] = hashlib.sha256(b"".join(bytes(part) for part in copy)).hexdigest()
    return digests


@pytest.mark.parametrize("who", ["anonymous", "lena", "admin"])
def test_s35_looking_changes_nothing(world: World, who: str) -> None:
    before = everything()
    for row in TABLE:
        if row.method == "GET":
            browser = client(world, who)
            fields = {name: filled(world, value) for name, value in row.fields}
            browser.get(reverse(row.route, args=[filled(world, word) for word in row.arguments]), fields)
    after = everything()
    changed = {table for table in after if after[table] != before.get(table)}
    assert changed <= set(WRITTEN_BY_LOOKING)


@pytest.mark.parametrize(
    "row", [row for row in TABLE if row.method == "POST" and row.route not in SIGNED_INSTEAD], ids=str
)
def test_s35_changing_needs_a_token_of_this_site(world: World, row: Row) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client(world, "lena").cookies
    address = reverse(row.route, args=[filled(world, word) for word in row.arguments])
    fields = {name: filled(world, value) for name, value in row.fields}
    assert browser.post(address, fields).status_code == 403
    assert browser.post(address, fields, headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("where", ELSEWHERE)
def test_s35_nobody_is_sent_elsewhere(world: World, where: str) -> None:
    world.ada.set_password("four words make sense")
    world.ada.save()
    login = reverse("account_login")
    fields = {"login": world.ada.email, "password": "four words make sense", "next": where}
    answers = [
        Client().post(login, fields),
        client(world, "lena").get(login, {"next": where}),
        client(world, "lena").post(reverse("account_logout"), {"next": where}),
    ]
    for response in answers:
        assert response.status_code == 302
        target = urlsplit(response.headers["Location"])
        assert target.netloc in {"", "testserver", "localhost"}, response.headers["Location"]
        assert target.scheme in {"", "http"}
        assert not response.headers["Location"].startswith(("//", "/\\", "\\"))


def test_s35_a_view_name_in_a_form_leads_nowhere_else(world: World) -> None:
    row = next(one for one in TABLE if one.route == "conversations:priority")
    mine = type(row)(
        row.route, row.arguments, row.method, (*row.fields, ("view", "https://evil.example/")), row.answers
    )
    response = ask(world, mine, "ada")
    assert response.headers["Location"].startswith("/desk/")
