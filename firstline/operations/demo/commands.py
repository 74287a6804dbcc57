"""`firstline seed`: the demo desk."""

import argparse
from dataclasses import asdict

from firstline.core.commands import DONE, NOT_SO, Commands, print_json, say


def add(commands: Commands) -> None:
    """Register the command."""
    commands.add(
        "seed", run=seed, configure=_options, help="Load the demo desk “Orbit” into an empty database.", django=True
    )


def seed(options: argparse.Namespace) -> int:
    """Print what was loaded and the ways in; status 1 when the desk is not empty (0 with `--if-empty`)."""
    from django.conf import settings

    from firstline.operations import demo
    from firstline.operations.demo.runner import MailWouldLeave, NotEmpty

    try:
        loaded = demo.load()
    except NotEmpty as refusal:
        if not options.if_empty:
            say(str(refusal))
        return DONE if options.if_empty else NOT_SO
    except MailWouldLeave as refusal:
        say(str(refusal))
        return NOT_SO
    if options.json:
        print_json(asdict(loaded))
        return DONE
    print(
        f"The demo desk is loaded: {loaded.conversations} conversations, {loaded.messages} messages, "
        f"{loaded.articles} articles in {loaded.seconds:.0f} s."
    )
    for name, path in loaded.links.items():
        print(f"  Sign in as {name} (once)  {settings.BASE_URL}{path}")
    return DONE


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--if-empty", action="store_true", help="do nothing, and say nothing, when it is not empty")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
