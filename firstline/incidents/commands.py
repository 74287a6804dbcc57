"""`firstline eval incidents`: needs neither a database nor Django."""

import argparse

from firstline.core.commands import Commands
from firstline.core.rows import file_option, scored


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "eval incidents", run=_incidents, configure=file_option, help="Score noticing incidents, on arrivals in order."
    )


def _incidents(options: argparse.Namespace) -> int:
    from firstline.incidents.evaluation import score_incidents

    return scored(options, score_incidents)
