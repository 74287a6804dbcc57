"""`firstline eval release`: needs neither a database nor Django."""

import argparse
from collections.abc import Mapping
from typing import Any

from firstline.core.commands import Commands
from firstline.core.rows import file_option, scored


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add("eval release", run=_release, configure=file_option, help="Score who is told of a fix, on histories.")
    commands.add(
        "eval engineers", run=_engineers, configure=file_option, help="Score which engineer is asked, beside chance."
    )


def _engineers(options: argparse.Namespace) -> int:
    from firstline.escalations.evaluation import score_engineers

    return scored(options, score_engineers, _asked)


def _asked(score: Mapping[str, Any]) -> str:
    figures = [f"{name:<12} {value}" for name, value in score.items() if name != "wrong"]
    wrong = [f"  wrong in {one['id']}: {', '.join(one['ranked'])}; label {one['label']}" for one in score["wrong"]]
    return "\n".join(figures + wrong)


def _release(options: argparse.Namespace) -> int:
    from firstline.escalations.evaluation import score_release

    return scored(options, score_release, _told)


def _told(score: Mapping[str, Any]) -> str:
    figures = [f"{name:<12} {value}" for name, value in score.items() if name != "wrong"]
    wrong = [f"  wrong in {one['id']}: sent {one['sent']}, label {one['label']}" for one in score["wrong"]]
    return "\n".join(figures + wrong)
