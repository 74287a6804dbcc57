"""`firstline articles …` and `firstline eval gaps`."""

import argparse

from firstline.core.commands import DONE, NOT_SO, Commands, print_json, say
from firstline.core.rows import file_option, scored


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
        configure=file_option,
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
    parser.add_argument("--json", action="store_true", help="print one JSON object")
