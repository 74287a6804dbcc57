"""Our reading of a corpus beside what it expects: right of stated, field by field, with the files that were missed."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from firstline.channels.base import Envelope, ParsedMessage
from firstline.channels.email import parse_here, stripping
from firstline.channels.email.charsets import decode
from firstline.channels.email.evaluation.expectations import Expected, without_tags
from firstline.channels.email.structure import clean_file_name

WORDS_NEEDED = 0.95
SLOW_SECONDS = 2.0
_MADE_NAMES = ("Delivery report.txt", "file", "document.html", "message.eml")
"""What Zammad calls parts that have no name; ours are others."""

_STATED_RECIPIENT = re.compile(
    r"(?im)^[> \t]*(?:final-recipient|original-recipient|x-failed-recipients|x-actual-recipient|to)\s*:\s*"
    r"(.*(?:\n[ \t].*)*)"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"'=]+@[A-Za-z0-9.-]+")


@dataclass(slots=True)
class Scores:
    """Counts of right and stated, and what was missed."""

    n: int = 0
    raised: int = 0
    slow: int = 0
    right: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    stated: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    misses: list[dict[str, str]] = field(default_factory=list)

    def note(self, what: str, expected: Expected, *, right: bool) -> None:
        """Count one statement of the corpus."""
        self.stated[what] += 1
        self.right[what] += right
        if not right:
            self.misses.append({"file": "/".join(expected.path.parts[-3:]), "field": what})

    def summary(self) -> dict[str, Any]:
        """As `eval mail --json` prints it: per field the number stated, right, and the share."""
        fields = {
            name: {"n": n, "right": self.right[name], "share": round(self.right[name] / n, 4)}
            for name, n in sorted(self.stated.items())
        }
        return {"n": self.n, "raised": self.raised, "slow": self.slow, **fields}


def score(files: Iterable[Expected]) -> Scores:
    """Read every file and compare. A file that raises counts, and the rest goes on."""
    scores = Scores()
    for expected in files:
        scores.n += 1
        started = time.process_time()
        try:
            _compare(scores, expected)
        except Exception:  # noqa: BLE001 (whatever it is, it is what is counted here)
            scores.raised += 1
            scores.misses.append({"file": "/".join(expected.path.parts[-3:]), "field": "raised"})
        scores.slow += time.process_time() - started > SLOW_SECONDS
    return scores


def _compare(scores: Scores, expected: Expected) -> None:
    data = expected.path.read_bytes()
    if expected.kind == "plain":
        scores.note("reply", expected, right=_same(stripping.strip(decode(data)).reply, expected.reply))
        return
    if expected.kind == "html":
        data = b"From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n" + data
    parsed = parse_here(data, Envelope())
    shown = parsed.shown_sender
    if expected.reply is not None:
        scores.note("reply", expected, right=_same(parsed.reply_text, expected.reply))
    if expected.subject is not None:
        scores.note("subject", expected, right=_folded(expected.subject) == _folded(parsed.subject))
    if expected.address is not None:
        scores.note("address", expected, right=expected.address == (shown.email.lower() if shown else ""))
    if expected.name is not None:
        scores.note("name", expected, right=expected.name == (shown.name if shown else ""))
    if expected.body is not None:
        scores.note("body", expected, right=_has_words(parsed, expected.body))
    if expected.files is not None:
        _compare_files(scores, expected, parsed)
    if expected.outcome is not None:
        _compare_outcome(scores, expected, parsed, data)


def _has_words(parsed: ParsedMessage, body: str) -> bool:
    wanted = _words(body)
    found = _words(parsed.text + " " + without_tags(parsed.html))
    return len(wanted & found) >= WORDS_NEEDED * len(wanted)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _compare_files(scores: Scores, expected: Expected, parsed: ParsedMessage) -> None:
    wanted = list(expected.files or ())
    scores.note("files", expected, right=len(wanted) == len(parsed.attachments))
    named = [clean_file_name(one) for one in wanted if one not in _MADE_NAMES and "�" not in one]
    if named:
        got = {one.name for one in parsed.attachments}
        scores.note("file_names", expected, right=all(name in got for name in named))


def _compare_outcome(scores: Scores, expected: Expected, parsed: ParsedMessage, data: bytes) -> None:
    if expected.outcome == "message":
        scores.note("not_bounce", expected, right=parsed.kind != "bounce")
        return
    scores.note(str(expected.outcome), expected, right=parsed.kind == expected.outcome)
    if expected.outcome != "bounce" or parsed.kind != "bounce" or parsed.bounce is None:
        return
    text = decode(data)
    stated = {one.lower() for value in _STATED_RECIPIENT.findall(text) for one in _ADDRESS.findall(value)}
    if stated or parsed.bounce.recipient:
        found = parsed.bounce.recipient.lower()
        scores.note("bounce_recipient", expected, right=bool(found) and (found in stated or found in text.lower()))
    action = re.search(r"(?im)^[> \t]*action\s*:\s*(failed|delayed)", text)
    code = re.search(r"(?im)^[> \t]*status\s*:\s*([45])\.\d", text)
    if action or code:
        permanent = code[1] == "5" if code else bool(action and action[1].lower() == "failed")
        scores.note("bounce_permanent", expected, right=parsed.bounce.permanent == permanent)


def _same(got: str, wanted: str | None) -> bool:
    return _folded(got) == _folded(wanted or "")


def _folded(text: str) -> str:
    return " ".join(text.split())
