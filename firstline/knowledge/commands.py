"""`firstline packs …` and `firstline eval gaps`."""

import argparse
import dataclasses

from firstline.core.commands import DONE, NOT_SO, Commands, print_json, say
from firstline.core.rows import file_option, scored


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "packs install",
        run=install,
        configure=_configure,
        help="Publish a pack's articles, and bring those up to date that nobody has edited.",
        django=True,
    )
    commands.add(
        "eval gaps",
        run=eval_gaps,
        configure=file_option,
        help="Measure how well questions that mean the same are grouped.",
        django=False,
    )


def install(options: argparse.Namespace) -> int:
    """Install the pack in the machine's name."""
    from firstline.events.recording import MACHINE
    from firstline.knowledge import actions

    try:
        done = actions.install_pack(options.name, MACHINE)
    except actions.UnknownPack as error:
        say(f"There is no pack {error}. There are: {', '.join(actions.PACKS)}.")
        return NOT_SO
    if options.json:
        print_json(dataclasses.asdict(done))
    else:
        print(f"{done.added} articles added, {done.updated} brought up to date, {done.kept} left as edited here.")
    return DONE


def eval_gaps(options: argparse.Namespace) -> int:
    """Print `{n, groups, noise, ari, v_measure, pair_precision, seconds}`."""
    from firstline.knowledge import evaluation
    from firstline.models_ai import embedder

    try:
        model = embedder.load()
    except embedder.ModelMissing as error:
        say(str(error))
        return NOT_SO
    return scored(
        options,
        lambda rows: evaluation.evaluate(
            [str(row["text"]) for row in rows], [str(row["label"]) for row in rows], model
        ),
    )


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="the pack: npm")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
