"""Broken trees whose words are still there to be read."""

from firstline.channels.base import Envelope
from firstline.channels.email import parse_here

FROM = b"From: Casey <casey@example.org>\r\n"


def test_a_boundary_that_ends_in_dashes_does_not_close_what_is_around_it() -> None:
    raw = FROM + (
        b'Content-Type: multipart/mixed; boundary="a--"\r\n\r\n--a--\r\n'
        b'Content-Type: multipart/mixed; boundary="a----"\r\n\r\n--a----\r\nContent-Type: text/plain\r\n\r\nfirst\r\n'
        b"--a----\r\nContent-Type: text/plain\r\n\r\nsecond\r\n--a------\r\n--a--\r\nContent-Type: text/plain\r\n\r\n"
        b"third\r\n--a----\r\nno part of it any more\r\n"
    )
    assert parse_here(raw, Envelope()).text == "first\nsecond\nthird"


def test_a_first_part_without_its_boundary_is_not_lost() -> None:
    raw = FROM + (
        b"Content-Type: multipart/alternative;\r\n boundary=alt\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe, in plain words\r\n\r\n"
        b"--alt\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--alt--\r\n"
    )
    parsed = parse_here(raw, Envelope())
    assert parsed.text == "Grüße, in plain words"
    assert parsed.html == "<p>Hello</p>"
