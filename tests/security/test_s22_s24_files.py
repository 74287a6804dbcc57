"""S-22 to S-24: names of files are for show, files leave from another origin, and only once."""

import re
import string
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from firstline.channels.base import Envelope
from firstline.conversations.actions import downloads
from firstline.conversations.models import Attachment, DownloadTicket
from firstline.core import clock
from firstline.intake.actions import accept
from firstline.intake.tests.mails import raw_mail
from tests.jobs import run_reactions
from tests.security.world import World

CONTENT_HOST = settings.CONTENT_URL.removeprefix("http://")
NAMES = (
    ".htaccess\u200b",
    "../../x",
    "..\\..\\x",
    "a\x00.png",
    "n" * 300 + ".log",
    "photo\u202egnp.exe",
    "/etc/passwd",
    "C:\\boot.ini",
    "\u2066invisible\u2069.txt",
    "ｆｕｌｌ．ｈｔｍｌ",
    "  ",
    "a\r\nSet-Cookie: x=1",
)
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def assert_name_is_for_show(file: Attachment) -> None:
    assert file.name.strip()
    assert len(file.name) <= 200
    assert not FORBIDDEN.search(file.name), repr(file.name)
    assert not file.name.startswith(".."), file.name
    assert len(file.storage_key) >= 32
    assert set(file.storage_key) <= set(string.hexdigits)


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_s22_a_name_in_a_mail_is_for_show(world: World, name: str) -> None:
    raw = raw_mail(subject="names", message_id="<names@example.org>", files={"placeholder.bin": b"content"})
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    raw = re.sub(rb'filename="placeholder.bin"', f"filename*=utf-8''{encoded}".encode(), raw)
    accept(world.ours.inbox, raw, Envelope(rcpt_to=(world.ours.inbox.address,)))
    run_reactions()
    assert_name_is_for_show(Attachment.objects.get(message__subject="names"))


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_s22_the_name_of_an_upload_is_for_show(world: World, name: str) -> None:
    before = set(Attachment.objects.values_list("pk", flat=True))
    browser = Client()
    browser.force_login(world.ada)
    upload = SimpleUploadedFile("placeholder", b"content")
    upload._name = name  # type: ignore[attr-defined]  # what a hostile client sends; the setter would clean it
    browser.post(reverse("conversations:attach", args=[world.ours.conversation.pk]), {"mode": "note", "file": upload})
    for file in Attachment.objects.exclude(pk__in=before):
        assert_name_is_for_show(file)


def fetch(token: str) -> tuple[int, dict[str, str], bytes]:
    """A GET of a file on the content host, without cookies."""
    response = Client().get(f"/file/{token}/", headers={"host": CONTENT_HOST})
    return response.status_code, dict(response.headers), response.content


def test_s23_files_come_as_downloads_that_nothing_runs(world: World) -> None:
    status, headers, content = fetch(downloads.issue_ticket(world.ours.attachment, by=world.ada))
    assert status == 200
    assert b"error code E404" in content
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


def test_s23_each_host_serves_its_own_routes_only(world: World) -> None:
    browser = Client()
    browser.force_login(world.ada)
    detail = reverse("conversations:detail", args=["open", world.ours.conversation.pk])
    assert browser.get(detail).status_code == 200
    assert browser.get(detail, headers={"host": CONTENT_HOST}).status_code == 404
    assert browser.get(reverse("account_login"), headers={"host": CONTENT_HOST}).status_code == 404
    token = downloads.issue_ticket(world.ours.attachment, by=world.ada)
    assert browser.get(f"/file/{token}/").status_code == 404
    assert fetch(token)[0] == 200


def location(world: World, who: str) -> tuple[int, str]:
    """Where the desk sends this person for Ada's file."""
    browser = Client()
    browser.force_login(getattr(world, who))
    response = browser.get(reverse("conversations:download", args=[world.ours.attachment.pk]))
    return response.status_code, response.headers.get("Location", "")


def test_s24_a_link_works_once(world: World) -> None:
    status, address = location(world, "ada")
    assert status == 303
    assert address.startswith(f"{settings.CONTENT_URL}/file/")
    token = address.rstrip("/").rpartition("/")[2]
    assert len(token) >= 22  # 128 bits
    assert fetch(token)[0] == 200
    assert fetch(token)[0] == 404


def test_s24_others_get_no_link_and_anonymous_people_sign_in_first(world: World) -> None:
    assert location(world, "rita") == (404, "")
    assert location(world, "admin")[0] == 403
    anonymous = Client().get(reverse("conversations:download", args=[world.ours.attachment.pk]))
    assert anonymous.headers["Location"].startswith(reverse("account_login"))


def test_s24_a_link_expires_after_a_minute(world: World) -> None:
    token = downloads.issue_ticket(world.ours.attachment, by=world.ada)
    ticket = DownloadTicket.objects.latest("pk")
    assert ticket.expires_at - clock.now() <= timedelta(seconds=60)
    ticket.expires_at = clock.now() - timedelta(seconds=1)
    ticket.save(update_fields=["expires_at"])
    assert fetch(token)[0] == 404


@pytest.mark.parametrize("token", ["%20", "x", "0" * 43, "../x", "%00"])
def test_s24_made_up_links_are_not_found(world: World, token: str) -> None:
    assert Client().get(f"/file/{token}/", headers={"host": CONTENT_HOST}).status_code == 404
    assert Client().get(f"/mail/{token}/", headers={"host": CONTENT_HOST}).status_code == 404
