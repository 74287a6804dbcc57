"""The inbound decision table of trust-and-safety.md 4.1, row by row (S-03 to S-06)."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstline.conversations import rules
from firstline.conversations.rules import Inbound, Join

CASEY, STRANGER = 1, 2
STRAND = 10
BASE = Inbound(sender_auth="none", sender_identity=CASEY)

ROWS = [
    (
        "pass, own token",
        replace(BASE, sender_auth="pass", token_strand=STRAND, token_identity=CASEY),
        Join.APPEND,
        "",
        True,
    ),
    ("none, own token", replace(BASE, token_strand=STRAND, token_identity=CASEY), Join.APPEND, "", True),
    (
        "pass, other's token",
        replace(BASE, sender_auth="pass", token_strand=STRAND, token_identity=STRANGER),
        Join.GUEST_NOTE,
        "token_of_another",
        False,
    ),
    (
        "none, other's token",
        replace(BASE, token_strand=STRAND, token_identity=STRANGER),
        Join.QUARANTINE,
        "failed_email_authentication",
        False,
    ),
    (
        "fail, own token",
        replace(BASE, sender_auth="fail", token_strand=STRAND, token_identity=CASEY),
        Join.QUARANTINE,
        "failed_email_authentication",
        False,
    ),
    ("fail, no token", replace(BASE, sender_auth="fail"), Join.QUARANTINE, "failed_email_authentication", False),
    (
        "a list rewrote From",
        replace(BASE, sender_auth="pass", listed=True, referenced=(STRAND,), participations=frozenset({STRAND})),
        Join.NEW,
        "through_list",
        False,
    ),
    (
        "fail with another's token, through a list",
        replace(BASE, sender_auth="fail", listed=True, token_strand=STRAND, token_identity=STRANGER),
        Join.QUARANTINE,
        "failed_email_authentication",
        False,
    ),
    (
        "a service's code to somebody's token",
        replace(BASE, sender_auth="pass", verification_mail=True, token_strand=STRAND, token_identity=STRANGER),
        Join.QUARANTINE,
        "verification_mail",
        False,
    ),
    (
        "a service's code to a made-up token",
        replace(BASE, sender_auth="pass", verification_mail=True, token_invalid=True),
        Join.QUARANTINE,
        "verification_mail",
        False,
    ),
    ("a service's code to the inbox", replace(BASE, sender_auth="pass", verification_mail=True), Join.NEW, "", False),
    (
        "a participant who quotes a code",
        replace(BASE, verification_mail=True, token_strand=STRAND, token_identity=CASEY),
        Join.APPEND,
        "",
        True,
    ),
    ("spam of nobody known", replace(BASE, spam=True), Join.QUARANTINE, "spam", False),
    (
        "spam's words from a participant",
        replace(BASE, spam=True, token_strand=STRAND, token_identity=CASEY),
        Join.APPEND,
        "",
        True,
    ),
    ("fail, through a list", replace(BASE, sender_auth="fail", listed=True), Join.NEW, "through_list", False),
    (
        "invalid token",
        replace(BASE, token_invalid=True, referenced=(STRAND,), participations=frozenset({STRAND})),
        Join.NEW,
        "",
        False,
    ),
    (
        "participant's reference, none",
        replace(BASE, referenced=(STRAND,), participations=frozenset({STRAND})),
        Join.APPEND,
        "",
        True,
    ),
    (
        "stranger's reference",
        replace(BASE, sender_identity=STRANGER, sender_auth="pass", referenced=(STRAND,)),
        Join.NEW,
        "",
        False,
    ),
    ("an agent, not pass", replace(BASE, from_agent=True), Join.QUARANTINE, "from_support_address", False),
    (
        "our own address, even pass",
        replace(BASE, sender_auth="pass", from_us=True),
        Join.QUARANTINE,
        "from_support_address",
        False,
    ),
    (
        "ambiguous From",
        replace(BASE, sender_auth="pass", ambiguous=True, token_strand=STRAND, token_identity=CASEY),
        Join.QUARANTINE,
        "ambiguous_sender",
        False,
    ),
    (
        "automatic, known",
        replace(BASE, automatic=True, token_strand=STRAND, token_identity=CASEY),
        Join.QUIET,
        "",
        False,
    ),
    ("first contact", BASE, Join.NEW, "", False),
]


@pytest.mark.parametrize(
    ("mail", "join", "cause", "may_reopen"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_inbound_decision_table(mail: Inbound, join: Join, cause: str, may_reopen: bool) -> None:
    verdict = rules.match(mail)
    assert (verdict.join, verdict.cause, verdict.may_reopen) == (join, cause, may_reopen)


def test_a_stranger_who_names_our_message_gets_a_hint_for_agents_only() -> None:
    verdict = rules.match(replace(BASE, sender_identity=STRANGER, referenced=(STRAND,)))
    assert verdict.strand is None
    assert verdict.related == STRAND


def test_s03_nobody_joins_without_token_or_reference_of_their_own() -> None:
    for auth, agent, automatic, listed in product(("pass", "none", "fail"), *[(False, True)] * 3):
        mail = Inbound(sender_auth=auth, sender_identity=STRANGER, from_agent=agent, automatic=automatic, listed=listed,  # type: ignore[arg-type]  # product() gives str
                       referenced=(STRAND,), token_strand=STRAND, token_identity=CASEY)  # fmt: skip
        verdict = rules.match(mail)
        assert verdict.join is not Join.APPEND
        assert not verdict.may_reopen


def test_s03_a_failed_sender_never_joins_whatever_they_hold() -> None:
    held = replace(
        BASE, sender_auth="fail", token_identity=CASEY, referenced=(STRAND,), participations=frozenset({STRAND})
    )
    for automatic, listed, token in product((False, True), (False, True), (None, STRAND)):
        mail = replace(held, automatic=automatic, listed=listed, token_strand=token)
        assert rules.match(mail).strand is None


@given(st.text(max_size=2000))
def test_preview_is_one_short_line(text: str) -> None:
    shown = rules.preview(text)
    assert len(shown) <= rules.PREVIEW_LENGTH
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("404 on publish", "Re: 404 on publish"),
        ("Re: hello", "Re: hello"),
        ("AW: Hallo", "AW: Hallo"),
        ("a\r\nBcc: x@y", "Re: a Bcc: x@y"),
        ("", "Re: Your message"),
    ],
)
def test_reply_subject(subject: str, expected: str) -> None:
    assert rules.reply_subject(subject) == expected


def test_a_draft_that_speaks_of_an_attachment_wants_one() -> None:
    assert rules.wants_attachment("The log is attached.", [])
    assert not rules.wants_attachment("The log is attached.", ["file"])
    assert not rules.wants_attachment("> see attached", [])
