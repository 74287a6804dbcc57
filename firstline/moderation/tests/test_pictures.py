"""Pictures are handled in a process of their own, and known ones found whatever was done to them (D-10, D-11)."""

import io
import random
import struct
import zlib

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw, ImageOps

from firstline.conversations.actions.storing import NewFile
from firstline.conversations.models import Cover, Message, Reason
from firstline.core import images
from firstline.events.kinds import Kind
from firstline.events.models import AuditEntry
from firstline.moderation.actions import reporting
from firstline.moderation.models import Case, KnownPicture, Sanction
from tests import factories
from tests.factories import People


def drawn(seed: int) -> Image.Image:
    """A picture of forty shapes; the same seed draws the same."""
    dice, size = random.Random(seed), (320, 240)
    picture = Image.new("RGB", size, (dice.randrange(256), 200, 90))
    pen = ImageDraw.Draw(picture)
    for _shape in range(40):
        x, y, w = dice.randrange(size[0]), dice.randrange(size[1]), dice.randrange(10, 120)
        colour = tuple(dice.randrange(256) for _part in range(3))
        (pen.ellipse if dice.random() < 0.5 else pen.rectangle)((x - w, y - w, x + w, y + w), fill=colour)
    return picture


def written(picture: Image.Image, form: str = "PNG", **options: int) -> bytes:
    held = io.BytesIO()
    picture.save(held, form, **options)
    return held.getvalue()


def sends(people: People, sender: str, content: bytes) -> Message:
    file = NewFile("holiday.png", "image/png", content)
    mail = factories.mail("A picture", "Look at this.")
    return factories.arrives(people.inbox, factories.contact(sender), mail, files=(file,))


# ---------- D-10 ----------


def bomb() -> bytes:
    """A PNG of 50,000 × 50,000 black points in a few kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10_000_000)))
        + chunk(b"IEND", b"")
    )


HOSTILE = {
    "decompression bomb": bomb(),
    "truncated": written(drawn(1))[:2000],
    "script before a picture": b"#!/bin/sh\necho hello\n" + written(drawn(1)),
    "program of SVG": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "page with a picture's head": b"GIF89a/*<script>alert(1)</script>*/",
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_d10_what_is_no_picture_is_withheld_and_the_next_one_is_drawn(name: str) -> None:
    for handle in (images.redraw, images.prints):
        with pytest.raises(images.PictureRefused):
            handle(HOSTILE[name])
    assert len(images.prints(written(drawn(2)))) == 8


def test_d10_decoding_happens_in_a_child_with_little_memory() -> None:
    images.prints(written(drawn(2)))
    child = images._child()
    assert child.pid is not None
    assert child._memory <= 512_000_000
    assert images.SECONDS <= 10
    assert images.MOST_PIXELS <= 40_000_000
    assert images.FORMATS == ("PNG", "JPEG", "GIF", "WEBP")


def test_d10_what_hides_behind_a_picture_does_not_come_along() -> None:
    polyglot = written(drawn(3)) + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in images.redraw(polyglot).content


# ---------- D-11 ----------


@pytest.fixture
def known(people: People) -> Case:
    """Somebody sent a picture; Ada reported it and had it remembered without opening it."""
    message = sends(people, "grim", written(drawn(7)))
    case = reporting.report_by_agent(message, by=people.ada, reason=Reason.GRAPHIC_VIOLENCE)
    browser = Client()
    browser.force_login(people.ada)
    page = browser.get(reverse("moderation:case", args=[case.pk])).content.decode()
    assert "Know it again" in page
    assert "holiday.png" not in page
    file = message.attachments.get()
    browser.post(reverse("moderation:remember_picture", args=[case.pk, file.pk]))
    return case


COPIES = {
    "the same": lambda one: written(one),
    "half the size": lambda one: written(one.resize((160, 120))),
    "pressed hard": lambda one: written(one, "JPEG", quality=30),
    "mirrored": lambda one: written(ImageOps.mirror(one)),
    "upside down": lambda one: written(one.rotate(180)),
    "turned": lambda one: written(one.rotate(90, expand=True)),
    "turned and mirrored": lambda one: written(ImageOps.mirror(one).rotate(270, expand=True)),
}


@pytest.mark.parametrize("how", COPIES)
def test_d11_a_copy_of_a_known_picture_is_covered_and_nobody_is_sanctioned(
    people: People, known: Case, how: str
) -> None:
    message = sends(people, "stranger", COPIES[how](drawn(7)))
    cover = Cover.objects.get(message=message)
    assert cover.reason == Reason.GRAPHIC_VIOLENCE
    assert cover.version == "pictures-1"
    assert [term for term in cover.terms if term.startswith("distance ")]
    assert not Sanction.objects.exists()


def test_d11_other_pictures_stay_uncovered(people: People, known: Case) -> None:
    sent = [sends(people, f"someone{seed}", written(drawn(seed))) for seed in range(20, 26)]
    assert not Cover.objects.filter(message__in=sent).exists()
    assert AuditEntry.objects.filter(kind=Kind.PICTURE_REMEMBERED, subject_id=known.pk).count() == 1


def test_d11_one_flat_colour_is_not_remembered(people: People) -> None:
    message = sends(people, "grim", written(Image.new("RGB", (300, 300), (10, 10, 10))))
    case = reporting.report_by_agent(message, by=people.ada, reason=Reason.GRAPHIC_VIOLENCE)
    browser = Client()
    browser.force_login(people.ada)
    answer = browser.post(reverse("moderation:remember_picture", args=[case.pk, message.attachments.get().pk]))
    assert answer.status_code == 422
    assert not KnownPicture.objects.exists()
