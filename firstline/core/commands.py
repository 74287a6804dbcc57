"""The command line's registry: slices add their commands, `firstline.config.cli` finds and runs one of them."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

DONE, NOT_SO, WRONG_USE = 0, 1, 2
"""Exit statuses: done; the thing asked about is not so; wrong use."""

Run = Callable[[argparse.Namespace], int]
Configure = Callable[[argparse.ArgumentParser], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its words ("mail inspect"), what it runs, and whether that needs Django."""

    name: str
    run: Run
    help: str
    configure: Configure | None = None
    django: bool = False

    def parser(self, program: str = "firstline") -> argparse.ArgumentParser:
        """The parser of what stands behind the command's words."""
        parser = argparse.ArgumentParser(prog=f"{program} {self.name}", description=self.help)
        if self.configure:
            self.configure(parser)
        return parser


class Commands:
    """What `firstline` can do, by name. A name may also begin other names ("intake", "intake load")."""

    def __init__(self) -> None:
        self._by_name: dict[str, Command] = {}

    def add(self, name: str, *, run: Run, help: str, configure: Configure | None = None, django: bool = False) -> None:
        """Register a command; `run` takes the parsed options, returns 0, 1 or 2. Raises ValueError for a name twice."""
        if name in self._by_name:
            raise ValueError(f"The command “{name}” is registered twice.")
        self._by_name[name] = Command(name, run, help, configure, django)

    def find(self, words: Sequence[str]) -> tuple[Command, list[str]] | None:
        """The command with the longest name that begins `words`, and the words left over; None if there is none."""
        for length in range(len(words), 0, -1):
            command = self._by_name.get(" ".join(words[:length]))
            if command:
                return command, list(words[length:])
        return None

    def below(self, prefix: str = "") -> list[Command]:
        """The commands whose name is `prefix` or begins with it as whole words, in the order they were added."""
        return [c for c in self._by_name.values() if not prefix or f"{c.name} ".startswith(f"{prefix} ")]


def listing(commands: Sequence[Command]) -> str:
    """The commands one a line with their help, for `--help` of a group."""
    width = max((len(command.name) for command in commands), default=0)
    return "\n".join(f"  {command.name:<{width}}  {command.help}" for command in commands)


def print_json(value: Any) -> None:
    """Write one JSON object as one line of standard output; dates and paths become strings."""
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def say(sentence: str) -> None:
    """Write a diagnostic to standard error, where `--json` may not put it."""
    print(sentence, file=sys.stderr, flush=True)
