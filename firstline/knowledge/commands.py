"""`firstline articles …`"""

import argparse

from firstline.core.commands import DONE, Commands, print_json


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "articles load-starter",
        run=load_starter,
        configure=_configure,
        help="publish the starter articles that this desk has not had yet",
        django=True,
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


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")
