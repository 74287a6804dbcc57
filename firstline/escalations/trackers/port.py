"""What the desk asks of a tracker. Another one is a file beside `github` and a line in `__init__`.

All calls raise ChannelError; `settings` are those of the inbox that has a way into the place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ref:
    """Which issue: the place in lower case (`orbit/cli`) and its number there."""

    place: str
    number: int


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to an issue, in the words of `releases`; `key` is the same whenever it is read."""

    key: str
    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An issue as it stands, and everything that matters of its history, in any order."""

    title: str
    url: str
    state: str
    state_reason: str
    happened: Sequence[Happened]


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said at an issue; `author` is their login in lower case."""

    author: str
    text: str
    at: datetime
    url: str


class Tracker(Protocol):
    """A tracker."""

    def ref(self, url: str) -> Ref | None:
        """The issue at an address, None for an address that is not this tracker's."""

    def url(self, ref: Ref) -> str:
        """The address of an issue."""

    def read(self, ref: Ref, settings: Settings, known: Mapping[str, Sequence[str]]) -> Snapshot:
        """The issue and its history. `known` are releases that were looked at: tag → commits asked about."""

    def open(self, place: str, title: str, body: str, settings: Settings) -> Ref:
        """A new issue."""

    def reopen(self, ref: Ref, settings: Settings) -> None:
        """Open it again; nothing when it is open."""

    def say(self, ref: Ref, text: str, settings: Settings, *, known: str, mark: str) -> str:
        """Put a comment there, or bring the `known` one up to date; returns its id. `mark` finds one of ours."""

    def comments(self, ref: Ref, since: datetime, settings: Settings) -> Sequence[Comment]:
        """What was said there since a moment."""

    def codeowners(self, place: str, settings: Settings) -> str:
        """The place's CODEOWNERS, '' when it has none."""
