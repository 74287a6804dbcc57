"""Files in and out, and the content host's few pages."""

import base64

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from firstline.conversations.actions import storing
from firstline.conversations.models import Attachment, DownloadTicket, Message
from firstline.core import tokens
from tests import factories
from tests.factories import People

HTMX = {"HX-Request": "true"}
CONTENT = settings.CONTENT_URL.removeprefix("http://")
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def with_file(people: People, name: str = "trace.log", content: bytes = b"line one") -> Attachment:
    message = factories.arrives(
        people.inbox, people.casey, factories.mail(), files=(storing.NewFile(name, "text/html", content),)
    )
    return message.attachments.get()


def content_path(location: str) -> str:
    assert location.startswith(settings.CONTENT_URL)
    return location.removeprefix(settings.CONTENT_URL)


def test_attach_and_remove(ada: Client, people: People) -> None:
    conversation = factories.conversation(people)
    url = reverse("conversations:attach", args=[conversation.pk])
    added = ada.post(url, {"file": SimpleUploadedFile("a\u202eb.txt", b"abc"), "mode": "reply"}, headers=HTMX)
    file = Attachment.objects.get()
    assert (file.name, file.size) == ("ab.txt", 3)
    assert "ab.txt" in added.content.decode()
    removed = ada.post(reverse("conversations:detach", args=[file.pk]), headers=HTMX)
    assert "ab.txt" not in removed.content.decode()
    assert not Attachment.objects.exists()


def test_too_much_is_refused_with_a_sentence(ada: Client, people: People, settings: pytest.FixtureRequest) -> None:
    settings.ATTACHMENT_MAX_BYTES = 10  # type: ignore[attr-defined]
    conversation = factories.conversation(people)
    url = reverse("conversations:attach", args=[conversation.pk])
    response = ada.post(url, {"file": SimpleUploadedFile("big.bin", b"x" * 11), "mode": "reply"}, headers=HTMX)
    assert response.status_code == 422
    assert "25 MB" in response.content.decode()
    assert not Attachment.objects.exists()


def test_a_file_leaves_once_as_a_download(ada: Client, people: People) -> None:
    file = with_file(people, "<b>.html", b"<script>alert(1)</script>")
    leads = ada.get(reverse("conversations:download", args=[file.pk]))
    assert leads.status_code == 303
    path = content_path(leads.headers["Location"])
    visitor = Client(headers={"host": CONTENT})
    got = visitor.get(path)
    assert got.content == b"<script>alert(1)</script>"
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["Content-Security-Policy"].startswith("sandbox;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.get(path).status_code == 404


def test_nobody_else_gets_the_file(people: People, rita: Client, client: Client) -> None:
    file = with_file(people)
    url = reverse("conversations:download", args=[file.pk])
    assert rita.get(url).status_code == 404
    assert client.get(url).status_code == 302
    assert not DownloadTicket.objects.exists()


def test_the_desk_is_not_on_the_content_host(ada: Client, people: People) -> None:
    assert ada.get("/desk/mine/", headers={"host": CONTENT}).status_code == 404


def html_mail(people: People) -> Message:
    html = (
        '<p onclick="x()">Hello <b>there</b></p><script>alert(1)</script>'
        '<img src="https://tracker.example/p.gif" alt="p"><img src="cid:logo" alt="logo">'
    )
    return factories.arrives(
        people.inbox,
        people.casey,
        factories.mail("Letter", "Hello there", html=html),
        files=(storing.NewFile("logo.png", "image/png", PIXEL, "<logo>"),),
    )


def test_mail_as_sent_is_caged(ada: Client, people: People) -> None:
    message = html_mail(people)
    assert b"onclick" not in ada.get(f"/desk/open/{message.conversation_id}/").content
    frame = ada.get(reverse("conversations:as_sent", args=[message.pk]), headers=HTMX).content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    location = ada.get(reverse("conversations:as_sent", args=[message.pk])).headers["Location"]
    shown = Client(headers={"host": CONTENT}).get(content_path(location))
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups ")
    assert "default-src 'none'" in policy
    assert f"frame-ancestors {settings.BASE_URL}" in policy
    assert "X-Frame-Options" not in shown.headers
    body = shown.content.decode()
    assert "<b>there</b>" in body
    assert "data:image/png;base64," in body
    for forbidden in ("onclick", "<script", "tracker.example"):
        assert forbidden not in body


def test_mail_as_sent_needs_its_token(people: People, rita: Client) -> None:
    message = html_mail(people)
    assert rita.get(reverse("conversations:as_sent", args=[message.pk])).status_code == 404
    visitor = Client(headers={"host": CONTENT})
    for token in ("x", tokens.make("as-sent", [message.pk, 1]), tokens.make("reply", [message.pk, 9999999999])):
        assert visitor.get(f"/mail/{token}/").status_code == 404
