"""Labelled rows (JSON Lines, plain or gzip), and the one way in which `firstline eval …` scores a file of them."""

import argparse
import dataclasses
import gzip
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from firstline.core.commands import DONE, WRONG_USE, print_json, say

Row = dict[str, Any]
Told = Callable[[Mapping[str, Any]], str]

_GZIP = b"\x1f\x8b"


def read_bytes(name: str | Path) -> bytes:
    """A file's bytes, out of gzip when they are in it; `-` is standard input. Raises OSError."""
    data = sys.stdin.buffer.read() if str(name) == "-" else Path(name).read_bytes()
    return gzip.decompress(data) if data.startswith(_GZIP) else data


def read_rows(paths: Iterable[str | Path]) -> list[Row]:
    """All rows of the files, in order. Raises OSError, or ValueError that names the file and the line."""
    return [
        _row(line, f"{path}, line {number}")
        for path in paths
        for number, line in enumerate(read_bytes(path).decode().split("\n"), start=1)
        if line.strip()
    ]


def _row(line: str, place: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    if isinstance(row, dict):
        return row
    raise ValueError(f"{place}: not a JSON object")


def file_option(parser: argparse.ArgumentParser) -> None:
    """What such a command takes: one file, and `--json`."""
    parser.add_argument("file", metavar="FILE", help="JSON Lines, plain or gzip; - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def scored(options: argparse.Namespace, score: Callable[[list[Row]], Any], told: Told | None = None) -> int:
    """Print what `score` (a dataclass or a mapping) says of the rows in `options.file`; 2 when they do not fit."""
    try:
        result = score(read_rows([options.file]))
    except KeyError as error:
        say(f"{options.file}: every row needs {error}.")
        return WRONG_USE
    except (OSError, ValueError, TypeError) as error:
        say(f"{options.file} can't be read: {error}")
        return WRONG_USE
    figures = result if isinstance(result, Mapping) else dataclasses.asdict(result)
    if options.json:
        print_json(figures)
    else:
        print(told(figures) if told else "\n".join(f"{name:<26} {value}" for name, value in figures.items()))
    return DONE
