"""Who is told what, and when: the loop is closed by a release that holds the fix, not by the state of an issue.

A person who waits gets one letter: `fixed` when a final release that holds a live fix can be installed, `wont_fix` a
day after the issue was closed as not planned, `duplicate` a day after it was closed as one and was not linked onward. A
day, because such states are often taken back. Nobody is told who has said that it works.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

LetterKind = Literal["fixed", "wont_fix", "duplicate"]

WAIT = timedelta(hours=24)
_WORKS = re.compile(
    r"\b(?:works?|working|fine|fixed|solved|resolved|gone|ok(?:ay)?)\b(?:[^.!?]{0,30}\b(?:now|again|for me"
    r"|here|thanks?|finally|today)\b)?|\bno longer (?:happens|see|fails)",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:still|not|n't|no(?! longer)|never|doesn't|does not|isn't|again (?:broken|fails)|same (?:error|problem|issue)"
    r"|when|will|if|until|would|hope|is it|any)\b|\?",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"\bstill (?:broken|happens|there|fails|failing|the same|not|no|doesn.t|does not|get|see|have|having)\b"
    r"|\bsame (?:error|problem|issue|thing)\b|\bnot (?:fixed|solved|working|gone)\b"
    r"|\b(?:doesn.t|does not|didn.t|did not|isn.t|is not) (?:work|help|fix|solve|working|fixed|solved|gone)\w*\b"
    r"|\bno (?:change|luck|difference)\b|\bimmer noch\b|\bnicht (?:behoben|gelöst)\b",
    re.IGNORECASE,
)
_READ = 4000
"""How much of a message is read for a yes or no."""
_SOMEBODY = "somebody"
_PRERELEASE = re.compile(
    r"\d[-.]?(?:a|b|rc|alpha|beta|pre|preview|dev|canary|next|nightly|snapshot|insiders)(?:[.\d-]|\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person; `version` is what holds the fix, "" for the other kinds."""

    person: str
    kind: LetterKind
    at: datetime
    version: str = ""


@dataclass(slots=True)
class _Problem:
    """One issue upstream: its commits that fix it, and how it stands."""

    fixes: set[str] = field(default_factory=set)
    reverted: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)
    pending: LetterKind | None = None
    due: datetime | None = None

    @property
    def live(self) -> set[str]:
        """Commits that fix it and were neither reverted nor proved wrong by a reopening."""
        return self.fixes - self.reverted - self.doubted


@dataclass(slots=True)
class _Release:
    version: str
    shas: frozenset[str]
    is_final: bool
    is_out: bool


class Tracker:
    """Follows one problem through its events, in the order of their times; `publishes` says that releases count only
    once they are published. Feed it by `see`, and by `pass_time` when nothing happens.
    """

    def __init__(self, waiting: Iterable[str], *, publishes: bool) -> None:
        self._publishes = publishes
        self._waiting = list(dict.fromkeys(waiting))
        self._issue_of: dict[str, str] = {}
        self._problems: dict[str, _Problem] = {"": _Problem()}
        self._releases: list[_Release] = []
        self._published: set[str] = set()
        self._content: set[str] = set()
        self.letters: list[Letter] = []
        self._handlers: dict[str, Callable[[Mapping[str, Any], datetime], None]] = {
            "linked": self._link,
            "closed": self._close,
            "reopened": self._reopen,
            "merged": self._merge,
            "reverted": self._revert,
            "released": self._release,
            "published": self._publish,
            "said": self._hear,
        }

    def see(self, event: Mapping[str, Any], at: datetime) -> None:
        """Take in one event; unknown kinds are passed over."""
        self.pass_time(at)
        handler = self._handlers.get(str(event["kind"]))
        if handler is not None:
            handler(event, at)
        self._tell_fixed(at)

    def pass_time(self, now: datetime) -> None:
        """Send the letters whose day of waiting is over at `now`."""
        for person in self._still_waiting():
            problem = self._problem_of(person)
            if problem.pending and problem.due and problem.due <= now:
                self.letters.append(Letter(person, problem.pending, problem.due))

    def wait_again(self, person: str, since: datetime) -> None:
        """Somebody waits from that moment on, whom nothing helped that was out by then."""
        self.pass_time(since)
        self._releases = [one for one in self._releases if not (one.is_final and one.is_out)]
        self.see({"kind": "linked", "people": [person]}, since)

    def stands(self, letter: Letter) -> bool:
        """Whether what a letter says is still so: its release holds a live fix, or the issue is still closed so."""
        problem = self._problem_of(letter.person)
        if letter.kind != "fixed":
            return problem.pending == letter.kind
        return any(one.shas & problem.live for one in self._releases if one.version == letter.version)

    def is_reverted(self, person: str) -> bool:
        """Whether a fix was taken back and none is left."""
        problem = self._problem_of(person)
        return bool(problem.fixes & problem.reverted) and not problem.fixes - problem.reverted

    def _still_waiting(self) -> list[str]:
        told = {letter.person for letter in self.letters} | self._content
        return [person for person in self._waiting if person not in told]

    def _problem_of(self, person: str) -> _Problem:
        return self._problems[self._issue_of.get(person, "")]

    def _concerned(self, event: Mapping[str, Any]) -> list[_Problem]:
        """The problems an event is about: the one of its issue, or all when it names none. An issue that nobody here
        waits for concerns nobody.
        """
        issue = _name(event.get("issue"))
        if not issue:
            return list(self._problems.values())
        if issue in self._problems:
            return [self._problems[issue]]
        return [] if len(self._problems) > 1 else [self._problems[""]]

    def _link(self, event: Mapping[str, Any], _at: datetime) -> None:
        """People wait for this issue from now on; a second link without names moves everybody, and what is known of
        the problem goes with them.
        """
        issue = _name(event.get("issue"))
        people = [_person(one) for one in event.get("people") or ()]
        self._waiting += [one for one in people if one not in self._waiting]
        moved = people or self._waiting
        before = [self._problem_of(person) for person in moved]
        if issue and issue not in self._problems:
            self._problems[issue] = _Problem()
        problem = self._problems[issue]
        for old in before:
            if old is not problem:
                problem.fixes |= old.fixes
                problem.reverted |= old.reverted
                problem.doubted |= old.doubted
        problem.pending = problem.due = None
        self._issue_of.update(dict.fromkeys(moved, issue))

    def _close(self, event: Mapping[str, Any], at: datetime) -> None:
        reason = str(event.get("state_reason") or "completed")
        for problem in self._concerned(event):
            if reason in {"not_planned", "wontfix", "wont_fix"}:
                problem.pending, problem.due = "wont_fix", at + WAIT
            elif reason == "duplicate":
                problem.pending, problem.due = "duplicate", at + WAIT
            else:
                problem.pending = problem.due = None
                problem.doubted.clear()

    def _reopen(self, event: Mapping[str, Any], _at: datetime) -> None:
        """What was thought to fix it did not, until it is closed again or something new is merged."""
        for problem in self._concerned(event):
            problem.pending = problem.due = None
            problem.doubted |= problem.fixes

    def _merge(self, event: Mapping[str, Any], _at: datetime) -> None:
        for problem in self._concerned(event):
            original = event.get("backport_of")
            if original and original in problem.doubted | problem.reverted and original in problem.fixes:
                problem.doubted.add(str(event["sha"]))
            problem.fixes.add(str(event["sha"]))
            problem.reverted.discard(str(event["sha"]))
            problem.pending = problem.due = None

    def _revert(self, event: Mapping[str, Any], _at: datetime) -> None:
        for problem in self._problems.values():
            if event["sha"] in problem.fixes:
                problem.reverted.add(str(event["sha"]))

    def _release(self, event: Mapping[str, Any], _at: datetime) -> None:
        version = _version(event.get("tag"))
        is_final = not event.get("prerelease") and not _PRERELEASE.search(version)
        earlier = (one.shas for one in self._releases if not one.is_final and one.version.startswith(version))
        shas = frozenset(map(str, event.get("shas") or ())).union(*earlier)
        is_out = not self._publishes or version in self._published
        reverted = {sha for problem in self._problems.values() for sha in problem.reverted}
        self._releases.append(_Release(version, shas - reverted, is_final, is_out))

    def _publish(self, event: Mapping[str, Any], _at: datetime) -> None:
        version = _version(event.get("version"))
        self._published.add(version)
        for release in self._releases:
            release.is_out = release.is_out or release.version == version

    def _hear(self, event: Mapping[str, Any], _at: datetime) -> None:
        if says_it_works(str(event.get("text") or "")):
            self._content.add(_person(event.get("person")))

    def _tell_fixed(self, at: datetime) -> None:
        for person in self._still_waiting():
            live = self._problem_of(person).live
            release = next((one for one in self._releases if one.is_final and one.is_out and one.shas & live), None)
            if release:
                self.letters.append(Letter(person, "fixed", at, release.version))


def letters(waiting: Sequence[Mapping[str, Any] | str], events: Sequence[Mapping[str, Any]]) -> list[Letter]:
    """Every letter of one history, with a day passed after its last event.

    Raises KeyError or ValueError for an event without a kind or a time.
    """
    ordered = sorted(events, key=lambda event: _time(event["at"]))
    publishes = any(event["kind"] == "published" for event in ordered)
    tracker = Tracker((_person(one) for one in waiting), publishes=publishes)
    for event in ordered:
        tracker.see(event, _time(event["at"]))
    if ordered:
        tracker.pass_time(_time(ordered[-1]["at"]) + WAIT)
    return tracker.letters


@dataclass(frozen=True, slots=True)
class Owed:
    """What somebody who waits is to be told now, if anything; `is_reverted` when no fix is left of those there were."""

    letter: Letter | None
    is_reverted: bool


def owed(events: Sequence[Mapping[str, Any]], *, now: datetime, publishes: bool, since: datetime | None = None) -> Owed:
    """What one person is owed at `now`, who has waited from the beginning, or again since a moment. Only what is still
    true counts: a fix that was released and taken back before anybody was told is none.
    """
    ordered = sorted(events, key=lambda event: _time(event["at"]))
    tracker = Tracker([] if since else [_SOMEBODY], publishes=publishes)
    for event in ordered:
        at = _time(event["at"])
        if since is not None and at > since:
            tracker.wait_again(_SOMEBODY, since)
            since = None
        tracker.see(event, at)
    if since is not None:
        tracker.wait_again(_SOMEBODY, since)
    tracker.pass_time(now)
    letter = next((one for one in tracker.letters if tracker.stands(one)), None)
    return Owed(letter, tracker.is_reverted(_SOMEBODY))


def says_it_is_broken(text: str) -> bool:
    """Whether somebody who was told of a fix says that it is none."""
    return bool(_BROKEN.search(text[:_READ])) and not says_it_works(text)


def says_it_works(text: str) -> bool:
    """Whether somebody says that the problem is gone for them."""
    return bool(_WORKS.search(text)) and not _NOT_YET.search(text)


def _name(issue: object) -> str:
    return "" if issue is None else str(issue)


def _person(one: object) -> str:
    return str(one.get("person", "")) if isinstance(one, Mapping) else str(one)


def _version(tag: object) -> str:
    """`v1.2.3`, `pkg@1.2.3` and `release-1.2.3` name the same version."""
    text = str(tag or "")
    found = re.search(r"\d+(?:\.\d+)*.*$", text.rpartition("@")[2])
    return found.group() if found else text


def _time(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
