"""`firstline eval mail` and `firstline eval spam`: figures over folders of real mail, without a database."""

from __future__ import annotations

import argparse
from pathlib import Path

from firstline.core.commands import DONE, NOT_SO, Commands, print_json, say


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add("eval mail", run=_mail, configure=_configure, help="Score the reading of mails against their corpora.")
    commands.add("eval spam", run=_spam, configure=_configure_spam, help="Score the spam rules over a folder of mails.")


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--misses", action="store_true", help="also name each file and field that was missed")


def _configure_spam(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--spam", metavar="NAME", action="append", default=[], help="part of a spam’s file name; may repeat"
    )
    parser.add_argument("--held", action="store_true", help="also name each mail that is held, with the reasons")


def _mail(options: argparse.Namespace) -> int:
    from firstline.channels.email.evaluation import expectations, scoring

    missing = [path for path in options.paths if not path.exists()]
    if missing:
        say(f"There is no {missing[0]}.")
        return NOT_SO
    scores = scoring.score(found for path in options.paths for found in expectations.read(path))
    summary = scores.summary() | ({"misses": scores.misses} if options.misses else {})
    if options.json:
        print_json(summary)
    else:
        for name, value in summary.items():
            shown = "{right} of {n}".format(**value) if isinstance(value, dict) else value
            print(f"{name:18} {shown}")
    return DONE


def _spam(options: argparse.Namespace) -> int:
    from firstline.channels.email.evaluation import spam

    missing = [path for path in options.paths if not path.exists()]
    if missing:
        say(f"There is no {missing[0]}.")
        return NOT_SO
    found = spam.score(options.paths, options.spam)
    if not options.held:
        found.pop("held")
    if options.json:
        print_json(found)
    else:
        for name, value in found.items():
            print(f"{name:18} {value}")
    return DONE
