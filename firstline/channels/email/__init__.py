"""Email. `parse` reads in a child process that can be killed (S-18); `parse_here` reads in this one.

There are two children, so that no mail waits behind one that was made to be slow: the quick one gives up soon, and what
it gives up on is read by the patient one, in a lane of its own.
"""

from __future__ import annotations

from functools import cache

from firstline.channels.base import Envelope, ParsedMessage, TakesLong
from firstline.core.killable import Killable, KillableError

QUICK_SECONDS, QUICK_CPU_SECONDS = 1.4, 0.25
"""Ordinary mails take a few hundredths of it; the clock alone would send every mail of a busy machine aside."""
PATIENT_SECONDS = 4.5
"""With the quick try before it, less than the six seconds of S-18."""
_PARSE = "firstline.channels.email.parsing.parse"


def parse(raw: bytes, envelope: Envelope) -> ParsedMessage:
    """Read a mail within 4.5 s and 1 GB; one that takes more comes back as plain text with the flag `too_slow`."""
    try:
        return _read(_patient_child(), raw, envelope, PATIENT_SECONDS, 0.0)
    except KillableError:
        from firstline.channels.email.parsing import parse_text_only

        return parse_text_only(raw, envelope)


def parse_quickly(raw: bytes, envelope: Envelope) -> ParsedMessage:
    """Read a mail within a quarter of a second of work. Raises TakesLong: `parse` is for where nothing waits."""
    try:
        return _read(_quick_child(), raw, envelope, QUICK_SECONDS, QUICK_CPU_SECONDS)
    except KillableError as error:
        raise TakesLong(str(error)) from error


def parse_here(raw: bytes, envelope: Envelope) -> ParsedMessage:
    """The same without a child and without limits of time: for tests and command lines."""
    from firstline.channels.email.parsing import parse as read

    return read(raw, envelope)


def _read(child: Killable, raw: bytes, envelope: Envelope, seconds: float, cpu_seconds: float) -> ParsedMessage:
    parsed = child.call(_PARSE, raw, envelope, seconds=seconds, cpu_seconds=cpu_seconds)
    assert isinstance(parsed, ParsedMessage)
    return parsed


@cache
def _quick_child() -> Killable:
    return Killable(_PARSE)


@cache
def _patient_child() -> Killable:
    return Killable(_PARSE)
