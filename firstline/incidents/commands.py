"""`firstline eval incidents`: needs neither a database nor Django."""

import argparse
import gzip
import json
from pathlib import Path

from firstline.core.commands import DONE, WRONG_USE, Commands, print_json, say


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "eval incidents", run=_incidents, configure=_configure, help="Score noticing incidents, on arrivals in order."
    )


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="JSON Lines, one arrival a line in order; gzip allowed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _incidents(options: argparse.Namespace) -> int:
    from firstline.incidents.evaluation import score_incidents

    try:
        data = options.file.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
        result = score_incidents(json.loads(line) for line in text.splitlines() if line.strip())
    except OSError as error:
        say(f"{options.file}: {error.strerror or error}")
        return WRONG_USE
    except (ValueError, KeyError, TypeError) as error:
        say(f"{options.file} has a line that does not fit: {type(error).__name__} {error}")
        return WRONG_USE
    if options.json:
        print_json(result)
    else:
        print("\n".join(f"{key:<28} {value}" for key, value in result.items()))
    return DONE
