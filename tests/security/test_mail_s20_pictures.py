"""Pictures that lie elsewhere come only when somebody asks, by way of the desk, as pixels drawn anew (S-19, S-20)."""

import io
import struct
import time
import zlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin
from pytest_django import Settings

from firstline.conversations.actions import picturing, storing
from firstline.conversations.models import Conversation, Message, RemotePicture, ShownPictures
from firstline.core import egress, images, tokens
from firstline.core.images import Picture, PictureRefused
from firstline.events.kinds import Kind
from firstline.events.models import Event
from firstline.intake.actions import accept, process
from firstline.intake.tests.mails import raw_mail
from tests import factories
from tests.factories import People

PUBLIC = "93.184.216.34"
HTML = (
    '<p>Hi</p><img src="https://t.example/chart.png" alt="Chart"><img src="https://t.example/pixel.gif" width="1">'
    '<img src="//t.example/plain.png"><p style="background:url(https://t.example/bg.png)">x</p>'
)


def png(width: int = 40, height: int = 30, mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "secret place")
    Image.new(mode, (width, height), "red").save(written, "PNG", pnginfo=info)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


def opened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


def test_s20_a_picture_is_drawn_anew_and_nothing_else_comes_along() -> None:
    drawn = images.redraw(png())
    assert drawn.content_type == "image/png"
    assert opened(drawn).size == (40, 30)
    assert b"secret place" not in drawn.content
    photo = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    Image.new("RGB", (40, 30)).save(photo, "JPEG", exif=exif)
    turned = images.redraw(photo.getvalue())
    assert (turned.content_type, opened(turned).size) == ("image/jpeg", (30, 40))
    assert b"Camera" not in turned.content


def test_s20_big_pictures_are_made_smaller_and_of_animations_the_first_stays() -> None:
    assert opened(images.redraw(png(4000, 1000))).size == (images.MOST_SIDE, images.MOST_SIDE // 4)
    moving = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), (number, 0, 0)) for number in range(200)]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    still = opened(images.redraw(moving.getvalue()))
    assert (still.size, getattr(still, "n_frames", 1)) == ((20, 20), 1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a program"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "a program with a prologue"),
        (b"<html><script>alert(1)</script></html>", "a page"),
        (b"GIF89a/*", "half a picture"),
        (b"", "nothing"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a format that runs another program"),
        (bomb(60_000, 60_000), "3.6 billion pixels"),
        (bomb(5_000, 5_000), "25 million pixels"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * images.MOST_BYTES, "too many bytes"),
    ],
)
def test_s20_what_is_no_picture_is_not_shown(content: bytes, why: str) -> None:
    with pytest.raises(PictureRefused):
        images.redraw(content)


def test_s19_a_picture_inside_the_network_is_refused_before_anything_is_sent() -> None:
    def never(address: str, _port: int, _seconds: float) -> object:
        raise AssertionError(f"connected to {address}")

    network = egress.Network(lambda _host, _port: ["10.0.0.7"], never)  # type: ignore[arg-type]  # never returns
    for url in ("https://t.example/a.png", "http://t.example/a.png", "https://127.0.0.1/a.png", "file:///etc/passwd"):
        with pytest.raises(PictureRefused):
            images.fetch(url, network=network)


@pytest.fixture
def mailed(db: None) -> tuple[People, Message]:
    """Casey's mail with pictures from elsewhere, for Ada's team."""
    everybody = factories.people()
    raw = raw_mail(to=everybody.inbox.address, html=HTML)
    process(accept(everybody.inbox, raw).item_id)
    return everybody, Message.objects.get()


def client(user: object) -> Client:
    signed_in = Client(headers={"HX-Request": "true"})
    signed_in.force_login(user)  # type: ignore[arg-type]  # one of the people
    return signed_in


def frame(everybody: People, message: Message, settings: Settings) -> tuple[str, str]:
    """What Ada sees beside the mail, and the frame's own HTML."""
    shown = client(everybody.ada).get(reverse("conversations:as_sent", args=[message.pk])).text
    address = shown.partition('src="')[2].partition('"')[0].removeprefix(settings.CONTENT_URL)
    content = Client(headers={"host": settings.CONTENT_URL.partition("//")[2]}).get(address)
    assert f"img-src data: {settings.CONTENT_URL}/picture/;" in content["Content-Security-Policy"]
    return shown, content.text


def fetched(address: str, settings: Settings) -> Any:
    host = Client(headers={"host": settings.CONTENT_URL.partition("//")[2]})
    return host.get(address.removeprefix(settings.CONTENT_URL))


def addresses(html: str, settings: Settings) -> list[str]:
    return [part.partition('"')[0] for part in html.split('src="')[1:] if part.startswith(settings.CONTENT_URL)]


def test_s20_nothing_is_asked_for_until_somebody_clicks_and_then_only_there(
    mailed: tuple[People, Message], settings: Settings
) -> None:
    everybody, message = mailed
    assert list(RemotePicture.objects.values_list("address", flat=True)) == ["https://t.example/chart.png"]
    assert "t.example" not in message.html
    before, inside = frame(everybody, message, settings)
    assert "Show remote images" in before
    assert addresses(inside, settings) == []
    assert (
        client(everybody.ada).post(reverse("conversations:pictures", args=[message.pk]), {"on": "1"}).status_code == 200
    )
    after, inside = frame(everybody, message, settings)
    assert "fetch them any more" in after
    assert len(addresses(inside, settings)) == 1
    assert "t.example" not in inside
    other = factories.arrives(everybody.inbox, everybody.casey, factories.mail(html="<p>Hi</p>"))
    assert not ShownPictures.objects.filter(conversation=other.conversation_id).exists()
    client(everybody.ada).post(reverse("conversations:pictures", args=[message.pk]), {"on": "0"})
    assert addresses(frame(everybody, message, settings)[1], settings) == []
    kinds = list(Event.objects.filter(kind__startswith="pictures.").order_by("pk").values_list("kind", flat=True))
    assert kinds == [Kind.PICTURES_SHOWN, Kind.PICTURES_HIDDEN]


def test_s20_only_signed_addresses_that_still_work_fetch_anything(
    mailed: tuple[People, Message], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody, message = mailed
    asked: list[str] = []

    def fetch(url: str) -> Picture:
        asked.append(url)
        return Picture("image/png", png())

    monkeypatch.setattr(images, "fetch", fetch)
    picturing.show(message.conversation, by=everybody.ada, on=True)
    picture, now = RemotePicture.objects.get().pk, int(time.time())
    good = tokens.make(picturing.PURPOSE, [picture, now + 60])
    bad = [
        good[:-1] + ("a" if good[-1] != "a" else "b"),
        tokens.make(picturing.PURPOSE, [picture, now - 1]),
        tokens.make(picturing.PURPOSE, [picture + 1, now + 60]),
        tokens.make("as-sent", [picture, now + 60]),
        "made-up",
    ]
    assert [fetched(f"/picture/{token}/", settings).status_code for token in bad] == [404] * 5
    assert asked == []
    answer = fetched(f"/picture/{good}/", settings)
    assert (answer.status_code, answer["Content-Type"], asked) == (200, "image/png", ["https://t.example/chart.png"])
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "Set-Cookie" not in answer
    picturing.show(Conversation.objects.get(), by=everybody.ada, on=False)
    assert fetched(f"/picture/{good}/", settings).status_code == 404


def test_s20_a_refused_picture_says_so_in_its_place(mailed: tuple[People, Message], settings: Settings) -> None:
    everybody, message = mailed
    RemotePicture.objects.update(address="https://127.0.0.1/<b>.png")
    picturing.show(message.conversation, by=everybody.ada, on=True)
    (address,) = addresses(frame(everybody, message, settings)[1], settings)
    answer = fetched(address, settings)
    assert answer["Content-Type"] == "image/svg+xml"
    assert "127.0.0.1 is not a public address." in answer.text
    assert "<b>" not in answer.text


def test_s23_pictures_that_came_with_a_mail_are_drawn_anew_too(
    people_mail: tuple[People, Message], settings: Settings
) -> None:
    everybody, message = people_mail
    inside = frame(everybody, message, settings)[1]
    assert inside.count("data:image/png;base64,") == 1
    assert "c2VjcmV0" not in inside  # "secret", as the comment of the PNG would stand in base64
    assert 'src="data:,"' in inside  # what only calls itself a picture


@pytest.fixture
def people_mail(db: None) -> tuple[People, Message]:
    """Casey's mail with a picture in it, and something that only calls itself one."""
    everybody = factories.people()
    files = (
        storing.NewFile("shot.png", "image/png", png(), content_id="<shot>"),
        storing.NewFile("fake.png", "image/png", b"\x89PNG<script>", content_id="<fake>"),
    )
    parsed = factories.mail(html='<img src="cid:shot"><img src="cid:fake">')
    return everybody, factories.arrives(everybody.inbox, everybody.casey, parsed, files=files)
