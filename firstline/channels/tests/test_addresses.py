"""Whose mail it is (S-02): certain, or not at all."""

import pytest

from firstline.channels.base import Address
from firstline.channels.email.addresses import MAX_ADDRESSES, clean_name, listed, sender
from firstline.channels.email.headers import Headers, decode_words


def _from(*values: str) -> Headers:
    return Headers([("from", value) for value in values])


@pytest.mark.parametrize(
    "value",
    [
        "=?utf-8?q?admin?=@example.com",
        "<a@b.example>c@d.example",
        "a@b.example, c@d.example",
        "v@c.example\0 <e@x.example>",
        '"A" <v@c.example> <e@x.example>',
        "v@c.example (x) <e@x.example>",
        "v@c.example <e@x.example>",
        "Team: a@b.example;",
        "Team: a@b.example, c@d.example;",
        "<a@b.example",
        "a@b.example>",
        "a@b@c.example",
        "a b@c.example",
        "a@b.example\r\nBcc: x@y.example",
        "a@\u200bb.example",
        "=?utf-8?q?v=40c=2Eexample_=3C?= <e@x.example> <v@c.example>",
        "<>",
        "",
        "MAILER-DAEMON",
        "(" * 300 + "a@b.example",
        "a" * 3000 + "@b.example",
    ],
)
def test_s02_a_sender_in_doubt_is_none(value: str) -> None:
    found = sender(_from(value))
    assert (found.address, found.problem) == (None, "ambiguous_sender")


def test_s02_two_from_fields_or_none_at_all() -> None:
    assert sender(_from("a@b.example", "a@b.example")).flags == ("several_from",)
    assert sender(_from()).flags == ("no_from",)


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("casey@example.org", "", "casey@example.org"),
        ("<casey@example.org>", "", "casey@example.org"),
        ("Casey Doe <casey@Example.ORG>", "Casey Doe", "casey@example.org"),
        ('"Doe, Casey" <casey@example.org>', "Doe, Casey", "casey@example.org"),
        ("Doe, Casey <casey@example.org>", "Doe, Casey", "casey@example.org"),
        ("casey@example.org (Casey Doe)", "Casey Doe", "casey@example.org"),
        ("=?utf-8?q?Zo=C3=AB?= <zoe@example.org>", "Zoë", "zoe@example.org"),
        ('"=?utf-8?b?Wm/Dqw==?=" <zoe@example.org>', "Zoë", "zoe@example.org"),
        ("Zoë <zoë@bücher.example>", "Zoë", "zoë@bücher.example"),
        ("O'Brien <o'brien+npm@example.org>", "O'Brien", "o'brien+npm@example.org"),
        ("root <root@localhost>", "root", "root@localhost"),
    ],
)
def test_s02_a_certain_sender(value: str, name: str, address: str) -> None:
    assert sender(_from(value)).address == Address(name, address)


def test_s02_an_address_as_a_name_is_shown_with_a_warning() -> None:
    found = sender(_from('"support@npmjs.example" <evil@x.example>'))
    assert found.address == Address("support@npmjs.example", "evil@x.example")
    assert found.flags == ("address_in_name",)


def test_names_hold_nothing_invisible() -> None:
    assert clean_name("\u202eexe\u202c\u200b Casey\t\x00") == "exe Casey"
    assert len(clean_name("x" * 500)) == 200


def test_lists_are_read_leniently_and_have_an_end() -> None:
    found = listed(
        ['"Doe, C" <c@d.example>, e@f.example (E), broken, Team: g@h.example, C@d.example;', "<i@j.example>"]
    )
    assert [(one.name, one.email) for one in found] == [
        ("Doe, C", "c@d.example"),
        ("E", "e@f.example"),
        ("", "g@h.example"),
        ("", "i@j.example"),
    ]
    assert len(listed([", ".join(f"p{number}@x.example" for number in range(2000))])) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?q?a_b=C3=BC?=", "a bü"),
        ("=?utf-8?b?w7w=?= =?utf-8?b?w7w=?=", "üü"),
        ("=?utf-8?b?w7?= =?utf-8?b?w=?=", "ü"),
        ("x =?iso-8859-1?q?=FC?= y", "x ü y"),
        ("=?utf-8*en?q?caf=C3=A9?=", "café"),
        ("=?unknown?q?x?=", "x"),
        ("=?utf-8?x?y?=", "=?utf-8?x?y?="),
        ("=? broken", "=? broken"),
    ],
)
def test_encoded_words(value: str, expected: str) -> None:
    assert decode_words(value) == expected
