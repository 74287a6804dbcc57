"""What a draft says, read without knowing anything else: its blanks, and what it promises. Pure."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date as date_type
from datetime import datetime, timedelta

BLANK = re.compile(r"(?<!\$)\{\{\s*((?:contact|conversation|agent)\.[\w.]{1,40})\s*\}\}")
"""A macro's blank; `${{ secrets.TOKEN }}` and other templates that people paste are none."""
PROMISE = re.compile(
    r"(?i)\b(?:I|we)(?:['’]ll| will| am going to| are going to) "
    r"(?:get back|come back|let you know|follow up|update you|write again|look into|have an answer|send you|reply)"
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def digest(text: str) -> str:
    """What a translation is of: the same for the same words, however a browser ends its lines."""
    return hashlib.sha256(text.replace("\r\n", "\n").strip().encode()).hexdigest()[:32]


def forward_subject(subject: str) -> str:
    """`Fwd: ` before a subject; one line, as headers need it."""
    return f"Fwd: {' '.join(subject.split()) or 'a message'}"


def fill(text: str, values: Mapping[str, str]) -> str:
    """A macro's text with its blanks filled; a blank without a value stays, so that it can be seen and holds the
    reply back.
    """
    return BLANK.sub(lambda found: values.get(found.group(1).lower(), "") or found.group(0), text)


def blanks_in_draft(text: str, _audience: str) -> list[str]:
    """One sentence for each blank that nobody filled."""
    names = dict.fromkeys(found.group(1) for found in BLANK.finditer(text))
    return [f"Held back: {{{{{name}}}}} has no value. Write it yourself, or take it out." for name in names]


def promised(text: str, now: datetime) -> datetime | None:
    """When the writer says they come back: "by Friday", "tomorrow", "in two days", a date; two days for a bare "I'll
    get back to you". None when nothing is promised. Mornings are at nine, in `now`'s zone.
    """
    own = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    promise = PROMISE.search(own)
    if promise is None:
        return None
    sentence = re.split(r"(?<=[.!?])\s|\n\n", own[promise.start() :], maxsplit=1)[0].lower()
    ahead = _days_ahead(sentence, now)
    if ahead == 0:
        return max(now.replace(hour=17, minute=0, second=0, microsecond=0), now + timedelta(hours=1))
    return (now + timedelta(days=ahead)).replace(hour=9, minute=0, second=0, microsecond=0)


def _days_ahead(sentence: str, now: datetime) -> int:
    date = re.search(r"\b(20\d\d)-(\d\d)-(\d\d)\b", sentence)
    if date:
        try:
            return max((date_type(*map(int, date.groups())) - now.date()).days, 0)
        except ValueError:
            return 2
    if "today" in sentence or "later this afternoon" in sentence:
        return 0
    if "tomorrow" in sentence:
        return 1
    counted = re.search(r"\b(\d{1,2}|a|one|two|three|four|five) (day|week)s?\b", sentence)
    if counted:
        number = int(counted[1]) if counted[1].isdigit() else COUNTS[counted[1]]
        return number * (7 if counted[2] == "week" else 1)
    day = next((at for at, name in enumerate(WEEKDAYS) if name in sentence), None)
    if day is not None:
        return (day - now.weekday()) % 7 or 7
    return 7 - now.weekday() if "next week" in sentence else 2
