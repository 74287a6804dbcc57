"""`firstline eval drafts|thanks|audience`: need neither a database nor Django."""

import argparse
import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from firstline.core.commands import DONE, WRONG_USE, Commands, print_json, say

_Rows = Iterable[Mapping[str, Any]]


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    for name, help_text in (
        ("drafts", "Score the checks on drafts of a file."),
        ("thanks", "Score praise told from complaint of a file."),
        ("audience", "Score the audience guard on public drafts of a file."),
    ):
        commands.add(f"eval {name}", run=_runner(name), configure=_configure, help=help_text)


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="JSON Lines, gzip allowed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _runner(name: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        from firstline.wording import evaluation

        score: Callable[[_Rows], dict[str, Any]] = getattr(evaluation, f"score_{name}")
        try:
            result = score(_rows(options.file))
        except OSError as error:
            say(f"{options.file}: {error.strerror or error}")
            return WRONG_USE
        except (ValueError, KeyError, TypeError) as error:
            say(f"{options.file} has a line that does not fit: {type(error).__name__} {error}")
            return WRONG_USE
        if options.json:
            print_json(result)
        else:
            print("\n".join(f"{key:<16} {value}" for key, value in result.items()))
        return DONE

    return run


def _rows(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]
