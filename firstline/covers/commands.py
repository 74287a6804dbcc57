"""`firstline cover` and `firstline eval cover`: need neither a database nor Django."""

import argparse
import gzip
import json
import sys
from dataclasses import asdict
from pathlib import Path

from firstline.core.commands import DONE, NOT_SO, WRONG_USE, Commands, print_json, say


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add("cover", run=_cover, configure=_configure, help="Say whether a text would be covered, and why.")
    commands.add("eval cover", run=_eval, configure=_configure, help="Score the text cover on labelled rows.")


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a file (gzip allowed), or - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _read(name: str) -> str | None:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        say(f"{name}: {error.strerror or error}")
        return None
    return (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8", "replace")


def _cover(options: argparse.Namespace) -> int:
    from firstline.covers.judging import judge

    text = _read(options.file)
    if text is None:
        return WRONG_USE
    judgement = judge(text)
    if options.json:
        print_json(asdict(judgement))
    else:
        why = ", ".join(judgement.reasons or judgement.terms) or "nothing found"
        print(f"{'covered' if judgement.is_covered else 'not covered'} ({judgement.score:.2f}): {why}")
        if judgement.needs_care:
            print("Somebody may be in danger: a person should look now.")
    return DONE if judgement.is_covered else NOT_SO


def _eval(options: argparse.Namespace) -> int:
    from firstline.covers.evaluation import score_cover

    text = _read(options.file)
    if text is None:
        return WRONG_USE
    try:
        result = score_cover(json.loads(line) for line in text.splitlines() if line.strip())
    except (ValueError, KeyError, TypeError) as error:
        say(f"{options.file} has a line that does not fit: {type(error).__name__} {error}")
        return WRONG_USE
    if options.json:
        print_json(result)
    else:
        print("\n".join(f"{key:<20} {value}" for key, value in result.items()))
    return DONE
