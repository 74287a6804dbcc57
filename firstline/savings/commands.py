"""`firstline eval deflection`: whether the interval of what an article saved is honest."""

import argparse
import dataclasses

from firstline.core.commands import DONE, NOT_SO, WRONG_USE, Commands, print_json, say

LEAST, MOST = 0.90, 0.98
DESKS, SEED, MOST_DESKS = 200, 1, 100_000


def add(commands: Commands) -> None:
    """Register the command."""
    commands.add(
        "eval deflection",
        run=run,
        configure=_configure,
        help="Measure on simulated desks how often the interval of what an article saved holds the truth.",
        django=False,
    )


def run(options: argparse.Namespace) -> int:
    """Print the figures; exit status 1 when a coverage lies outside 90 to 98 %."""
    from firstline.savings import evaluation

    if not 1 <= options.desks <= MOST_DESKS:
        say(f"Simulate 1 to {MOST_DESKS:,} desks.")
        return WRONG_USE
    found = evaluation.evaluate(options.desks, options.seed)
    if options.json:
        print_json(dataclasses.asdict(found))
    else:
        print(f"Before and after: the 95 % interval held the truth on {found.covered} of {found.said} desks.")
        print(f"Hold-out: on {found.holdout_covered} of {found.desks}.")
    honest = all(LEAST <= share <= MOST for share in (found.coverage, found.holdout_coverage))
    return DONE if honest else NOT_SO


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--desks", type=int, default=DESKS, metavar="N", help=f"simulated desks ({DESKS})")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"the same seed, the same desks ({SEED})")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
