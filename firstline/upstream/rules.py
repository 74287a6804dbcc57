"""Pure decisions about threads that others read and answer as well."""

import re
from datetime import datetime

NOISE = re.compile(
    r"(?:\s|[+\-*.,!:;?'’]|1|👍|🎉|❤️|👀|🚀|:\w+:"
    r"|\bme too\b|\bsame(?: here| issue| problem)?\b|\bthis\b|\bplus one\b|\bfollowing\b|\bsubscribed?\b|\bbump\b)*",
    re.IGNORECASE,
)
NOISE_LENGTH = 60
CLOSE_REASONS = {"duplicate": "duplicate", "answered": "completed", "sanctioned": "not_planned"}
RESOLUTIONS = {"duplicate": "duplicate", "not_planned": "no_answer_needed", "outdated": "no_answer_needed"}


def is_noise(text: str, *, by_opener: bool) -> bool:
    """Whether a comment only counts itself in: "+1", "same here". From the one who asked, "bump" is a question."""
    if len(text) > NOISE_LENGTH or NOISE.fullmatch(text) is None:
        return False
    return not (by_opener and re.search(r"(?i)\bbump\b|\?", text))


def resolution(state_reason: str) -> str:
    """Why a conversation is resolved whose thread was closed at its source."""
    return RESOLUTIONS.get(state_reason, "answered")


def close_reason(resolution: str) -> str:
    """The reason with which a thread is closed when its conversation was resolved so."""
    return CLOSE_REASONS.get(resolution, "not_planned")


def label_of(tag: str, labels: list[str]) -> str:
    """The label that a tag stands for, as the thread writes it; '' when the thread has none like it."""
    return next((label for label in labels if " ".join(label.lower().split())[:60] == tag), "")


def short_name(address: str) -> str:
    """`npm/cli#12` for the address `npm/cli/issues/12`."""
    place, _, number = address.rpartition("/")
    return f"{place.rpartition('/')[0]}#{number}"


def is_later(at: datetime | None, than: datetime | None) -> bool:
    """Whether what is dated `at` may overrule what is dated `than`; without dates the newcomer may."""
    return at is None or than is None or at >= than
