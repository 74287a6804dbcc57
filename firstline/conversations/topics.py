"""Whether a mail in an old thread is about something else: its writer has edited the subject. Pure."""

import re
import unicodedata

CHANGED = "topic_changed"
"""The flag of a message whose subject says so, until somebody splits it out or keeps it."""
LIKE = 0.5
"""Share of the shorter subject's words that both must have to be about one thing."""
_PREFIX = re.compile(
    r"(?:re|fwd?|aw|wg|sv|vs|vb|antw|doorst|odp|pd|tr|rv|res|enc|i|r|ynt|ilt|ha|atb|nov|回复|回覆|答复|答覆|转发|轉寄|返信)"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*",
    re.IGNORECASE,
)
_LIST_TAG = re.compile(r"\[[^\]]{1,40}\]\s*")
_WAS = re.compile(r"[(\[]\s*(?:was|war|previously|formerly)\b.{0,300}[)\]]\s*$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


def topic(subject: str) -> str:
    """The subject without what mail programs and lists put before it, and without `(was: …)` behind it."""
    rest = " ".join(subject.split())
    while found := (_PREFIX.match(rest) or _LIST_TAG.match(rest)):
        rest = rest[found.end() :]
    return _WAS.sub("", rest).strip()


def is_another(subject: str, before: str) -> bool:
    """Whether two subjects are about different things. An empty one, or one that only lost or gained words, is not."""
    new, old = _words(topic(subject)), _words(topic(before))
    if not new or not old:
        return False
    return len(new & old) < LIKE * min(len(new), len(old))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
