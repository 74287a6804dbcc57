"""S-39: whoever is not signed in leaves no session behind."""

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.security.world import World

ROUNDS = 100


def test_s39_a_thousand_anonymous_requests_leave_no_session(world: World) -> None:
    before = Session.objects.count()
    asked = 0
    for number in range(ROUNDS):
        cache.clear()
        browser = Client()
        for address in (
            reverse("helpcenter:front"),
            reverse("account_login") + f"?next=/conversations/{number}/",
            reverse("account_reset_password"),
            reverse("conversations:home"),
            reverse("conversations:list", args=["open"]),
            "/accounts/enter/made-up/",
        ):
            assert browser.get(address).status_code in {200, 302, 404}
            asked += 1
        for address, fields in (
            (reverse("account_login"), {"login": f"nobody{number}@orbit.example", "password": "wrong"}),
            (reverse("account_reset_password"), {"email": f"nobody{number}@orbit.example"}),
            (reverse("helpcenter:read"), {"text": ""}),
            (reverse("events:stream"), {}),
        ):
            assert browser.post(address, fields).status_code in {200, 302, 405, 422, 429}
            asked += 1
        assert "firstline" not in browser.cookies
    assert asked == 1000
    assert Session.objects.count() == before
