"""`firstline audit verify`."""

import argparse
from dataclasses import asdict

from firstline.core.commands import DONE, NOT_SO, Commands, print_json


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "audit verify",
        run=_verify,
        configure=_configure,
        help="Recompute the audit's chain; exit status 1 on a gap, an edit, or a missing link.",
        django=True,
    )


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _verify(options: argparse.Namespace) -> int:
    from firstline.events.verifying import verify

    verdict = verify()
    whole = not verdict.problems
    if options.json:
        print_json({"ok": whole, **asdict(verdict)})
    else:
        for problem in verdict.problems:
            print(problem.sentence)
        state = "whole" if whole else "NOT whole"
        print(f"The audit is {state}: {verdict.entries} entries, {verdict.links} links, {verdict.anchors} anchors.")
    return DONE if whole else NOT_SO
