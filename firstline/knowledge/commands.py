"""`firstline articles …` and `firstline eval gaps`."""

import argparse
import dataclasses
import gzip
import json
from pathlib import Path
from typing import Any

from firstline.core.commands import DONE, NOT_SO, WRONG_USE, Commands, print_json, say


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "articles load-starter",
        run=load_starter,
        configure=_configure,
        help="publish the starter articles that this desk has not had yet",
        django=True,
    )
    commands.add(
        "eval gaps",
        run=eval_gaps,
        configure=_file_option,
        help="Measure how well questions that mean the same are grouped.",
        django=False,
    )


def load_starter(options: argparse.Namespace) -> int:
    """Load the starter set in the machine's name."""
    from firstline.events.recording import MACHINE
    from firstline.knowledge import actions

    loaded = actions.load_starter(MACHINE)
    if options.json:
        print_json({"loaded": loaded})
    else:
        print(f"{loaded} starter articles published.")
    return DONE


def eval_gaps(options: argparse.Namespace) -> int:
    """Print `{n, groups, noise, ari, v_measure, pair_precision, seconds}`."""
    from firstline.knowledge import evaluation
    from firstline.models_ai import embedder

    try:
        rows = _rows(Path(options.file))
        texts, labels = [str(row["text"]) for row in rows], [str(row["label"]) for row in rows]
        figures = dataclasses.asdict(evaluation.evaluate(texts, labels, embedder.load()))
    except embedder.ModelMissing as error:
        say(str(error))
        return NOT_SO
    except KeyError as error:
        say(f"Every row needs a text and a label; {error} is missing.")
        return WRONG_USE
    except (OSError, ValueError) as error:
        say(f"Cannot read what was given: {error}")
        return WRONG_USE
    if options.json:
        print_json(figures)
    else:
        print("\n".join(f"{name:15} {value}" for name, value in figures.items()))
    return DONE


def _rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file, plain or gzip. Raises OSError or ValueError."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
    rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("every line must be a JSON object")
    return rows


def _file_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="JSON Lines, plain or gzip: text, label")
    _configure(parser)


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")
