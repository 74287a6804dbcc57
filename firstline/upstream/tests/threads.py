"""Threads as they go on GitHub: who answered, whether the contact came back, what was only noise. Each is made by a
shape that says by itself whose turn it is at its end, so that the desk's rules are measured and not repeated.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.fakes.github.world import World

QUESTIONS = ("It stops with EACCES.", "npm ci fails since 11.2.", "The lock file changes on each run.")
ANSWERS = ("Please set a prefix in your home.", "Fixed on main; use npm 11.3.", "That is expected: see the docs.")
RETURNS = (
    "That does not help.",
    "Now it says ENOENT instead.",
    "And on Windows? How?",
    "Still the same with 11.3, see log.",
)
NOISE = ("+1", "same here", "👍", "me too", "following")
STRANGERS = ("noor", "grim")
HELPERS = ("maya", "Codertocat", "helpful")
"""A member, the owner, and an account that the inbox lists as a helper."""


@dataclass(frozen=True)
class Told:
    """One thread's number and whether somebody of the desk has to answer at its end."""

    number: int
    shape: str
    is_ours: bool


@dataclass
class Threads:
    """Makes threads in a world; the same seed makes the same ones."""

    world: World
    seed: int = 7
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def make(self, count: int) -> list[Told]:
        """So many threads, of every shape in turn."""
        shapes = [
            self.asked,
            self.answered,
            self.returned,
            self.answered_again,
            self.community,
            self.closed,
            self.reopened,
        ]
        return [shapes[index % len(shapes)](self._opened()) for index in range(count)]

    def asked(self, number: int) -> Told:
        """Nobody answered."""
        self._noise(number)
        return Told(number, "asked", is_ours=True)

    def answered(self, number: int) -> Told:
        """A maintainer or helper answered; since then there was only noise."""
        self._answer(number)
        self._noise(number)
        return Told(number, "answered", is_ours=False)

    def returned(self, number: int) -> Told:
        """Answered, and the contact came back."""
        self._answer(number)
        self._noise(number)
        self._return(number)
        self._noise(number)
        return Told(number, "returned", is_ours=True)

    def answered_again(self, number: int) -> Told:
        """Answered, come back, answered once more."""
        self._answer(number)
        self._return(number)
        self._answer(number)
        self._noise(number)
        return Told(number, "answered_again", is_ours=False)

    def community(self, number: int) -> Told:
        """Somebody who answers for nothing has said something: nobody has answered."""
        self.world.says(self.random.choice(STRANGERS), number, self.random.choice(ANSWERS))
        self._noise(number)
        return Told(number, "community", is_ours=True)

    def closed(self, number: int) -> Told:
        """Closed there, with or without a word."""
        if self.random.random() < 0.5:
            self._answer(number)
        self.world.closes(number, reason=self.random.choice(["completed", "not_planned", "duplicate"]))
        self._noise(number)
        return Told(number, "closed", is_ours=False)

    def reopened(self, number: int) -> Told:
        """Closed there, and the contact came back."""
        self._answer(number)
        self.world.closes(number)
        self._return(number)
        if self.random.random() < 0.5:
            self.world.reopens(number)
        return Told(number, "reopened", is_ours=True)

    def _opened(self) -> int:
        kind = self.random.choice(["issue", "issue", "discussion"])
        return self.world.opens("casey", self.random.choice(QUESTIONS), self.random.choice(QUESTIONS), kind=kind)

    def _answer(self, number: int) -> None:
        self.world.says(self.random.choice(HELPERS), number, self.random.choice(ANSWERS))

    def _return(self, number: int) -> None:
        self.world.says("casey", number, self.random.choice(RETURNS))

    def _noise(self, number: int) -> None:
        """Up to three of: somebody counts themselves in, a program writes, a label comes."""
        for _time in range(self.random.randrange(4)):
            match self.random.randrange(3):
                case 0:
                    self.world.says(self.random.choice(STRANGERS), number, self.random.choice(NOISE))
                case 1:
                    self.world.says("triage[bot]", number, "This issue is stale because nobody wrote for 30 days.")
                case _:
                    self.world.labels_it(number, self.random.choice(["bug", "docs", "question"]))
