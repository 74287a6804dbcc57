"""`firstline bench …`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from firstline.core.commands import DONE, NOT_SO, Commands, print_json, say

ROWS = {
    "intake": (
        "mail in: SMTP DATA → durable row → 250",
        "the lower of a raw INSERT a transaction and the same listener, discarding",
    ),
    "process": (
        "a mail's way: parse, identify, thread, store, record, enqueue",
        "a psycopg transaction with the same rows",
    ),
    "inbox": ("a view's page of 50 rows with the sidebar's counts", "the page's own SQL by psycopg"),
    "conversation": ("a conversation's page: 20 messages, all panels", "the page's own SQL by psycopg"),
    "search": ("a search: two words, a very common word, operators", "newest 2,000, then rank, by psycopg"),
    "suggest": ("a suggestion: message → diagnosis and answer stored", "the embedder alone"),
    "live": ("live updates: message stored → event read on 100 open streams", "NOTIFY → a psycopg listener"),
    "helpcenter": (
        "an article of the help centre for 50 readers at once, first read and read before",
        "an empty Django view in the same granian",
    ),
    "gaps": ("the grouping of 1,000, 10,000 and 100,000 questions into gaps", "growth as n log n"),
    "up": ("the start of the desk, first and warm, to the first page", "none"),
    "memory": ("memory of all processes, idle and after work", "none"),
}
"""Each row: what is measured, and the floor it is held against."""


def add(commands: Commands) -> None:
    """Register `bench seed`, one command a row, and `bench all`."""
    commands.add(
        "bench seed",
        run=seed,
        configure=_seed_options,
        help="Fill an empty desk with made-up conversations of three messages.",
        django=True,
    )
    for name, (text, floor) in ROWS.items():
        commands.add(
            f"bench {name}", run=_runner(name), configure=_row_options(floor), help=f"Measure {text}.", django=True
        )
    commands.add(
        "bench all",
        run=measure_all,
        configure=_all_options,
        help="Measure every row and write docs/reference/measured.md.",
        django=True,
    )


def seed(options: argparse.Namespace) -> int:
    """Print `{conversations, seconds}`."""
    from firstline.operations.bench import seeding

    try:
        seconds = seeding.seed(options.conversations, say)
    except seeding.NotEmpty as refusal:
        say(str(refusal))
        return NOT_SO
    if options.json:
        print_json({"conversations": options.conversations, "seconds": round(seconds, 1)})
    else:
        say(f"{options.conversations:,} conversations in {seconds:.0f} s")
    return DONE


def measure_all(options: argparse.Namespace) -> int:
    """Measure row after row, write the page, print the table and one JSON object a row; 1 when a target is missed."""
    from firstline.conversations.models import Conversation
    from firstline.core import clock
    from firstline.operations.bench import report, rows

    measured = []
    for name in ROWS:
        say(f"measuring {name} …")
        measured.append(rows.measure(name))
    count = Conversation.objects.count()
    seeded = count // 10_000 * 10_000 or count  # the rows themselves add some
    report.write_page(options.page, measured, conversations=seeded, now=clock.now())
    if not options.json:
        print(report.table(measured))
    for row in measured:
        print(row.as_json())
    return DONE if all(row.ok for row in measured) else NOT_SO


def _runner(name: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        from firstline.operations.bench import report, rows

        row = rows.measure(name)
        if not options.json:
            print(report.table([row]))
        print(row.as_json())
        return NOT_SO if row.ok is False else DONE

    return run


def _row_options(floor: str) -> Callable[[argparse.ArgumentParser], None]:
    def configure(parser: argparse.ArgumentParser) -> None:
        parser.epilog = f"Floor, taken in the same run: {floor}."
        _json_option(parser)

    return configure


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def _seed_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--conversations", type=int, required=True, metavar="N")
    _json_option(parser)


def _all_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--page", type=Path, default=Path("docs/reference/measured.md"), help="where the table is written"
    )
    _json_option(parser)
