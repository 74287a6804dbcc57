"""Email. `parse` reads in a child process that can be killed (S-18); `parse_here` reads in this one."""

from __future__ import annotations

from functools import cache

from firstline.channels.base import Envelope, ParsedMessage
from firstline.core.killable import Killable, KillableError

_PARSE = "firstline.channels.email.parsing.parse"


def parse(raw: bytes, envelope: Envelope) -> ParsedMessage:
    """Read a mail within 5 s and 1 GB; one that takes more comes back as plain text with the flag `too_slow`."""
    try:
        parsed = _child().call(_PARSE, raw, envelope)
    except KillableError:
        from firstline.channels.email.parsing import parse_text_only

        return parse_text_only(raw, envelope)
    assert isinstance(parsed, ParsedMessage)
    return parsed


def parse_here(raw: bytes, envelope: Envelope) -> ParsedMessage:
    """The same without a child and without limits of time: for tests and command lines."""
    from firstline.channels.email.parsing import parse as read

    return read(raw, envelope)


@cache
def _child() -> Killable:
    return Killable(_PARSE)
