"""`firstline cover` and `firstline eval cover`: need neither a database nor Django."""

import argparse
from dataclasses import asdict

from firstline.core.commands import DONE, NOT_SO, WRONG_USE, Commands, print_json, say
from firstline.core.rows import file_option, read_bytes, scored


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add("cover", run=_cover, configure=_text_option, help="Say whether a text would be covered, and why.")
    commands.add("eval cover", run=_eval, configure=file_option, help="Score the text cover on labelled rows.")


def _text_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a text, plain or gzip; - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _cover(options: argparse.Namespace) -> int:
    from firstline.covers.judging import judge

    try:
        text = read_bytes(options.file).decode("utf-8", "replace")
    except OSError as error:
        say(f"{options.file}: {error.strerror or error}")
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

    return scored(options, score_cover)
