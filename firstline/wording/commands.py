"""`firstline eval drafts|thanks|audience`: need neither a database nor Django."""

import argparse

from firstline.core.commands import Commands
from firstline.core.rows import file_option, scored


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add("eval drafts", run=_drafts, configure=file_option, help="Score the checks on drafts of a file.")
    commands.add("eval thanks", run=_thanks, configure=file_option, help="Score praise told from complaint of a file.")
    commands.add(
        "eval audience",
        run=_audience,
        configure=file_option,
        help="Score the audience guard on public drafts of a file.",
    )


def _drafts(options: argparse.Namespace) -> int:
    from firstline.wording.evaluation import score_drafts

    return scored(options, score_drafts)


def _thanks(options: argparse.Namespace) -> int:
    from firstline.wording.evaluation import score_thanks

    return scored(options, score_thanks)


def _audience(options: argparse.Namespace) -> int:
    from firstline.wording.evaluation import score_audience

    return scored(options, score_audience)
