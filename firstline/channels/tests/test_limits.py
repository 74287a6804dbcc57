"""Mails that are made to hurt (S-18): each becomes a message with a flag, quickly, and never an exception."""

import gzip
import random
import time

import pytest

from firstline.channels import email
from firstline.channels.base import Envelope, ParsedMessage
from firstline.channels.email import parsing, structure

HEADER = b"From: Casey <casey@example.org>\r\nSubject: x\r\nMessage-ID: <m@example.org>\r\nMIME-Version: 1.0\r\n"


def _parse(raw: bytes) -> ParsedMessage:
    started = time.process_time()
    parsed = email.parse_here(raw, Envelope())
    assert time.process_time() - started < 5
    return parsed


def _html(markup: bytes) -> bytes:
    return HEADER + b"Content-Type: text/html\r\n\r\n" + markup


def test_s18_mime_depth_500() -> None:
    raw = HEADER
    for level in range(500):
        raw += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
    parsed = _parse(raw + b"Content-Type: text/plain\r\n\r\nbottom\r\n")
    assert "too_deep" in parsed.flags
    assert parsed.sender is not None


def test_s18_10000_parts() -> None:
    raw = HEADER + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--\r\n"
    parsed = _parse(raw)
    assert "too_many_parts" in parsed.flags
    assert parsed.text.count("x") == structure.MAX_PARTS - 1


def test_s18_bomb_10k_recipients() -> None:
    many = b",\r\n ".join(b"person%d@example.org" % number for number in range(10_000))
    parsed = _parse(b"To: " + many + b"\r\nCc: " + many + b"\r\n" + HEADER + b"\r\nhi\r\n")
    assert parsed.sender is not None
    assert 0 < len(parsed.to) <= 500
    assert "header_too_long" in parsed.flags


def test_s18_nested_div_40k() -> None:
    parsed = _parse(_html(b"<div>" * 40_000 + b"Hello"))
    assert parsed.text == "Hello"
    assert "html_deep" in parsed.flags


def test_s18_zip_bomb_is_carried_but_never_opened() -> None:
    bomb = gzip.compress(bytes(50_000_000), 9)
    raw = HEADER + b"Content-Type: application/gzip; name=a.gz\r\n\r\n" + bomb
    parsed = _parse(raw)
    assert [len(one.content) for one in parsed.attachments] == [len(bomb)]


def test_more_than_25_megabytes() -> None:
    parsed = _parse(HEADER + b"Content-Type: application/octet-stream\r\n\r\n" + bytes(26 * 1024 * 1024))
    assert "too_big" in parsed.flags


@pytest.mark.parametrize(
    "raw",
    [
        HEADER + b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\r\n\r\nx",
        HEADER + b"References: " + b"<a@b> " * 20_000 + b"\r\n\r\nx",
        HEADER + b"Content-Type: text/plain;" + b' a="' * 5_000 + b"\r\n\r\nx",
        HEADER + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 100_000,
        HEADER + b"\r\n" + b"On 1 Jan 2026 at 10:00 x <a@b.c> wrote\r\n" * 20_000,
        HEADER + b"\r\n" + b"> " * 200_000,
        HEADER + b"\r\n" + b"From: a\r\n" * 50_000,
        HEADER + b"\r\nbegin 644 a\r\n" + b"M" * 500_000 + b"\r\nend\r\n",
        HEADER + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"x \r\n" * 100_000,
        HEADER + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 500_000,
        b"From: " + b'"' * 5_000 + b"\r\n\r\nx",
        b"From: " + b"(" * 5_000 + b"a@b.c\r\n\r\nx",
        b"From: " + b"a," * 5_000 + b"\r\n\r\nx",
        b"\r\n" * 200_000,
        b":" * 200_000,
        b"From " * 100_000,
    ],
    ids=range(16),
)
def test_other_shapes_that_hurt(raw: bytes) -> None:
    assert _parse(raw).kind in ("message", "bounce", "auto_reply")


def test_random_damage_never_raises() -> None:
    """Cuts, swaps and inserted bytes in a mail with every structure; the seed is fixed."""
    chance = random.Random(7)
    whole = HEADER + (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n"
        b"\r\n--c\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$3$s\x1b(B\r\n"
        b"--c\r\nContent-Type: text/html\r\n\r\n<p>x <img src=cid:a></p>\r\n--c--\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nz\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;a@b.c\r\nAction: failed\r\n--b--\r\n"
    )
    for _ in range(300):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(raw))
            raw[place : place + chance.randint(0, 6)] = bytes(
                chance.randrange(256) for _ in range(chance.randint(0, 4))
            )
        parsed = email.parse_here(bytes(raw), Envelope())
        assert isinstance(parsed, ParsedMessage)
        assert "\x00" not in parsed.text + parsed.subject + parsed.html


def test_a_text_too_long_to_show_is_a_file_beside_its_beginning() -> None:
    log = b"npm ERR! a long log\r\n" * 150_000
    parsed = _parse(HEADER + b"Content-Type: text/plain\r\n\r\n" + log)
    assert "text_cut" in parsed.flags
    assert [(one.name, one.content == log) for one in parsed.attachments] == [("message.txt", True)]
    assert parsed.text.startswith("npm ERR! a long log\n")


def test_words_behind_a_big_pasted_picture_are_shown() -> None:
    picture = b"iVBORw0KGgo" + b"A" * 3_000_001
    parsed = _parse(_html(b"<p>before</p><img src='data:image/png;base64," + picture + b"'><p>after</p>"))
    assert parsed.text == "before\n\nafter"
    assert [one.content_id for one in parsed.attachments] == ["data-image-1"]


def test_text_only_when_it_took_too_long() -> None:
    parsed = parsing.parse_text_only(_html(b"<b>words</b>"), Envelope())
    assert parsed.flags == ("too_slow", "asks_for_silence")
    assert parsed.html == ""
    assert parsed.sender is not None
    assert "words" in parsed.text


def test_parse_in_the_child_gives_the_same() -> None:
    raw = _html(b"<p>Hello</p>")
    assert email.parse(raw, Envelope(peer_ip="192.0.2.1")) == email.parse_here(raw, Envelope(peer_ip="192.0.2.1"))
