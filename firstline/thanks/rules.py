"""What of somebody's praise is shown, and when a letter may go. Pure."""

import re
from datetime import datetime, timedelta

from firstline.knowledge.rules.distilling import People, neutral
from firstline.wording import thanks

LONGEST = 280
"""Characters of an excerpt."""
LONGEST_READ = 3_000
"""A text longer than this is no praise but a report that happens to be polite."""
BETWEEN_LETTERS = timedelta(days=6, hours=12)
"""An engineer gets at most one letter a week; half a day of grace lets Mondays stay Mondays."""
FRESH = timedelta(days=30)
SOMEBODY = "…"
_HANDLE = re.compile(r"(?<![\w@])@[\w.-]{2,40}(?:@[\w.-]{3,80})?")


def is_praise(text: str) -> bool:
    """Whether a message is worth a place on the wall."""
    return 0 < len(text) <= LONGEST_READ and thanks.is_thanks(text)


def excerpt(text: str, writer: str, *, ours: str = "") -> str:
    """The praising sentences without what would tell who wrote them; `ours` is the desk's address, which may stay."""
    said = " ".join(" ".join(one.split()) for one in thanks.praising(text))
    people = People(keep=(ours,) if ours else ())
    masked = _without(writer, _HANDLE.sub(SOMEBODY, neutral(said, people)))
    return masked if len(masked) <= LONGEST else masked[: LONGEST - 1].rsplit(" ", 1)[0] + SOMEBODY


def _without(name: str, text: str) -> str:
    """The text without a person's name, whole or in parts of three letters and more."""
    parts = sorted({name.strip(), *(one for one in name.split() if len(one) > 2)} - {""}, key=len, reverse=True)
    pattern = "|".join(re.escape(one) for one in parts)
    return re.sub(rf"(?i)(?<!\w)(?:{pattern})(?!\w)", SOMEBODY, text) if parts else text


def may_mail(last: datetime | None, now: datetime) -> bool:
    """Whether a week has gone by since the last letter."""
    return last is None or now - last >= BETWEEN_LETTERS
