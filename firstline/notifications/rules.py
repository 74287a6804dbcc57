"""What people are told of, and how unless they say otherwise."""

from dataclasses import dataclass
from datetime import timedelta

MAIL_AFTER = timedelta(minutes=5)
"""A mail waits so long for its reader to see the news at the desk first (freescout#1170)."""
MOST_LINES = 40
"""News in one letter; the page has the rest."""


@dataclass(frozen=True, slots=True)
class Default:
    """Whether the bell shows it, how mail does (soon, digest or never), and whether the person's browsers ring."""

    bell: bool
    mail: str
    push: bool = True


REASONS: dict[str, Default] = {
    "assigned": Default(bell=True, mail="soon"),
    "mentioned": Default(bell=True, mail="soon"),
    "answered": Default(bell=True, mail="digest", push=False),
    "noted": Default(bell=True, mail="digest", push=False),
    "failed": Default(bell=True, mail="soon"),
    "due": Default(bell=True, mail="never"),
    "missed": Default(bell=True, mail="soon"),
    "eyes": Default(bell=True, mail="never"),
    "seen": Default(bell=True, mail="soon", push=False),
    "incident": Default(bell=True, mail="soon"),
    "update_due": Default(bell=True, mail="never"),
}

SEND = "/send"
"""A line of its own that makes an answer to a notification leave to the contact; without it, it is a note."""


def split_answer(text: str) -> tuple[bool, str]:
    """Whether the first line asks to send it to the contact, and the words without that line.

    >>> split_answer("/send\\nTry it again.")
    (True, 'Try it again.')
    """
    first, _, rest = text.strip().partition("\n")
    if first.strip().lower() == SEND:
        return True, rest.strip()
    return False, text.strip()
