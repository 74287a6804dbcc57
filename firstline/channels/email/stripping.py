"""What a person wrote in a reply, apart from what they quoted: our own rules, in many languages, on plain text.

The rule of rules: when in doubt, cut too little. Nothing is lost either way; the desk shows the whole behind "…".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from firstline.channels.email.phrases import (
    ATTRIBUTION_START,
    ATTRIBUTIONS,
    BEGIN_FORWARDED,
    DATED,
    DELIMITER,
    FROM_LABEL,
    LONG_ATTRIBUTIONS,
    OTHER_LABEL,
    QUOTE,
    SENT_FROM,
    STARTS,
)

MARKER = "--- reply above this line ---"
"""Stands in the mail we send; what is below it in an answer is ours, whatever else is there."""

_MAX_LINES = 20_000
_MAX_ATTRIBUTION = 400
_MAX_ATTRIBUTIONS = 50


@dataclass(frozen=True, slots=True)
class Stripped:
    """The two parts of a text; together they hold each of its lines."""

    reply: str
    quoted: str


def strip(text: str) -> Stripped:
    """Part a plain-text body into what is new and what is quoted. Linear in time; never raises."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = _Cut(lines[:_MAX_LINES])
    if not cut.at_marker():
        cut.at_delimiter()
        cut.signature()
        cut.attributions()
        cut.trailing_quotes()
    rest = lines[_MAX_LINES:]
    reply = [line for line, kept in zip(cut.lines, cut.kept, strict=True) if kept]
    quoted = [line for line, kept in zip(cut.lines, cut.kept, strict=True) if not kept] + rest
    return Stripped("\n".join(reply).strip("\n").rstrip(), "\n".join(quoted).strip("\n").rstrip())


class _Cut:
    """The lines of a text and which of them are kept."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.kept = [True] * len(lines)
        self.introductions: set[int] = set()
        fenced = _fenced(lines)
        self.bare = [QUOTE.sub("", line).strip().strip("*").strip() for line in lines]
        self.code = [number in fenced for number in range(len(lines))]

    def at_marker(self) -> bool:
        """Our own mark beats every guess; the attribution line above it goes with it."""
        for index, line in enumerate(self.lines):
            if MARKER in line.lower():
                start = index
                for above in range(max(index - 8, 0), index):
                    if _attribution(self.bare, above):
                        start = above
                        break
                self._drop(self._back_over_rules(start), len(self.lines))
                return True
        return False

    def at_delimiter(self) -> None:
        """Cut at the first "Original message" line or block of header lines, if anything stands above it."""
        for index, bare in enumerate(self.bare):
            if (
                bare
                and not self.code[index]
                and (_is_delimiter(self.lines[index], bare) or self._is_header_block(index))
            ):
                start = self._back_over_rules(self._back_over_labels(index))
                if self._has_text(0, start):
                    self._drop(start, len(self.lines))
                return

    def signature(self) -> None:
        """What follows `-- `, or a line of underscores near the end, or "Sent from my …" as the last line."""
        kept = [index for index, kept in enumerate(self.kept) if kept]
        last = next((index for index in reversed(kept) if self.lines[index].strip()), -1)
        for index in reversed(kept):
            line = self.lines[index]
            below = sum(1 for other in self.lines[index + 1 : last + 1] if other.strip())
            if below > 15:
                return
            if self.code[index]:
                continue
            if line in ("--", "-- ") or (re.fullmatch(r"\s*(?:_{5,}|—)\s*", line) and below <= 6):
                if self._has_text(0, index) and not any(QUOTE.match(one) for one in self.lines[index + 1 : last + 1]):
                    self._drop(index, last + 1)
                    return
            elif SENT_FROM.match(line.strip()) and self._stands_alone(index) and self._has_text(0, index):
                self._drop(index, last + 1)

    def _stands_alone(self, index: int) -> bool:
        return all(not self.bare[near] for near in (index - 1, index + 1) if 0 <= near < len(self.lines))

    def attributions(self) -> None:
        """ "On … wrote:" and what follows it, unless the writer answered between the quoted lines."""
        spans = self._attribution_spans()
        self.introductions = {number for start, end in spans for number in range(start, end)}
        for start, end in spans:
            if not self.kept[start]:
                continue
            before = self._has_text(0, start)
            quoted = [number for number in range(end, len(self.lines)) if self._is_quote(number)]
            answers = [number for number in range(quoted[0], len(self.lines)) if self._is_own(number)] if quoted else []
            if before and not answers:
                self._drop(start, len(self.lines))
                return
            self._drop(start, end)
            if not before and quoted and not self._has_own(end, quoted[0]):
                self._bottom_posting(end, answers)

    def _attribution_spans(self) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        index = 0
        while index < len(self.lines) and len(spans) < _MAX_ATTRIBUTIONS:
            length = _attribution(self.bare, index) if self.kept[index] and not self.code[index] else 0
            if length:
                spans.append((index, index + length))
            index += length or 1
        return spans

    def _bottom_posting(self, start: int, answers: list[int]) -> None:
        """The quote stands on top: it goes if one block of answer follows it and no more quotes, or nothing at all."""
        if not answers:
            self._drop(start, len(self.lines))
        elif not any(self._is_quote(number) for number in range(answers[0], len(self.lines))):
            self._drop(start, answers[0])

    def trailing_quotes(self) -> None:
        """Quoted lines at the very end answer nothing below them."""
        index = len(self.lines)
        while index > 0 and (not self.kept[index - 1] or not self.bare[index - 1] or self._is_trailing(index - 1)):
            index -= 1
        if self._has_text(0, index) and any(self._is_trailing(number) for number in range(index, len(self.lines))):
            self._drop(index, len(self.lines))

    def _is_trailing(self, index: int) -> bool:
        return self.kept[index] and bool(re.match(r"\s*(?:[A-Za-z]{0,3}>|\|(?!.*\|\s*$))", self.lines[index]))

    def _is_quote(self, index: int) -> bool:
        return self.kept[index] and index not in self.introductions and bool(QUOTE.match(self.lines[index]))

    def _is_own(self, index: int) -> bool:
        if index in self.introductions or not self.kept[index] or not self.bare[index]:
            return False
        return not QUOTE.match(self.lines[index])

    def _has_own(self, start: int, end: int) -> bool:
        return any(self._is_own(number) for number in range(start, end))

    def _has_text(self, start: int, end: int) -> bool:
        return any(self.kept[number] and self.bare[number] for number in range(start, end))

    def _drop(self, start: int, end: int) -> None:
        self.kept[start:end] = [False] * (min(end, len(self.kept)) - start)

    def _back_over_labels(self, index: int) -> int:
        """A block of header lines may begin with the date or the subject."""
        while index > 0 and OTHER_LABEL.match(self.bare[index - 1]):
            index -= 1
        return index

    def _back_over_rules(self, index: int) -> int:
        while index > 0 and (not self.bare[index - 1] or re.fullmatch(r"[-_=*]{3,}", self.bare[index - 1])):
            index -= 1
        return index

    def _is_header_block(self, index: int) -> bool:
        """A "From:" line with two other header lines close below it, in any of the languages known here."""
        if not FROM_LABEL.match(self.bare[index]):
            return False
        following = [bare for bare in self.bare[index + 1 : index + 14] if bare][:7]
        return sum(1 for bare in following if OTHER_LABEL.match(bare)) >= 2


def _fenced(lines: list[str]) -> set[int]:
    """The lines within closed code fences: what stands there is shown, never read as a mail's own shape."""
    fences = [number for number, line in enumerate(lines) if line.lstrip().startswith("```")]
    return {number for start, end in zip(fences[::2], fences[1::2], strict=False) for number in range(start, end + 1)}


def _is_delimiter(line: str, bare: str) -> bool:
    if len(bare) > 200:
        return False
    return bool(BEGIN_FORWARDED.match(bare) or (DELIMITER.match(bare) and re.search(r"[-_—–=*]{2}", line)))


def _attribution(bare: list[str], index: int) -> int:
    """How many lines from `index` on make one "On … wrote:" line; 0 when they make none."""
    first = bare[index]
    if not first or len(first) > _MAX_ATTRIBUTION or not ATTRIBUTION_START.search(first):
        return 0
    joined = ""
    for length, line in enumerate(bare[index : index + 7], start=1):
        joined = f"{joined} {line}".strip()
        if len(joined) > _MAX_ATTRIBUTION:
            return 0
        if line and _is_attribution(joined.strip("-–—*_ "), length):
            return 0 if _begins_later(bare[index : index + length]) else length
    return 0


def _begins_later(lines: list[str]) -> bool:
    """Whether a later line begins the attribution: what stands above it is the writer's own last line."""
    head = lines[0]
    if len(lines) < 2 or "@" in head:
        return False
    wrapped = head.endswith((",", "，")) or (STARTS.match(head) and DATED.search(head))
    for start in range(1, len(lines)):
        rest = " ".join(line for line in lines[start:] if line).strip("-–—*_ ")
        if any(pattern.fullmatch(rest) for pattern in LONG_ATTRIBUTIONS):
            return True
        if not wrapped and DATED.search(rest) and any(pattern.fullmatch(rest) for pattern in ATTRIBUTIONS):
            return True
    return False


def _is_attribution(line: str, lines: int) -> bool:
    patterns = ATTRIBUTIONS if lines <= 2 else LONG_ATTRIBUTIONS
    return any(pattern.fullmatch(line) for pattern in patterns)
