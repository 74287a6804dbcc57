"""`firstline ledger check`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from firstline.core.commands import DONE, NOT_SO, Commands, print_json

if TYPE_CHECKING:
    from firstline.intake.reconciling import Compared
    from firstline.ledger.proof import Proof

_SOURCES = {"mailbox": "the mailbox's own list", "journal": "the listener's journal", "list": "the network's own list"}


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "ledger check",
        run=check,
        configure=_configure,
        help="Prove of each inbox that nothing was dropped: sums, sources, ends of conversations.",
        django=True,
    )


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="DATE", type=_moment, help="ISO date or time; UTC unless it says otherwise")
    parser.add_argument("--json", action="store_true")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def check(options: argparse.Namespace) -> int:
    """Print the proof; 1 when something is missing, was until now, has waited too long, or could not be asked for."""
    from firstline.core import clock
    from firstline.ledger.proof import prove

    found = prove(since=options.since, now=clock.now())
    if options.json:
        print_json(found.as_json())
    else:
        _print(found)
    return DONE if found.ok else NOT_SO


def _print(found: Proof) -> None:
    from firstline.ledger import letters

    for one in found.books.inboxes:
        counted = ", ".join(f"{count} {outcome}" for outcome, count in one.outcomes.items())
        print(f"{one.name}: {one.received} received, {one.missing} missing, {one.duplicated} repeated ({counted})")
    for source in found.sources:
        print(f"  {source.inbox}: {_compared(source)}")
    print("Conversations: " + (", ".join(f"{count} {end}" for end, count in found.ends.counts.items()) or "none"))
    if found.sample.share is not None:
        interval = f"{found.sample.low:.1%} to {found.sample.high:.1%}"
        print(f"Wrongly left out: {found.sample.share:.1%} ({interval}; {found.sample.read} read)")
    for gap in found.gaps():
        print(f"GAP {letters.said(gap)}{''.join(f'{chr(10)}    {name}' for name in gap.ids)}")
    print("Everything is accounted for." if found.ok else "Not everything is accounted for.")


def _compared(source: Compared) -> str:
    if source.source == "none":
        return "keeps no list to compare with"
    if source.unreached:
        return f"{_SOURCES[source.source]} could not be read: {source.unreached}"
    named = (
        f"{source.listed} in {_SOURCES[source.source]}, {len(source.gone)} missing, {len(source.healed)} taken in late"
    )
    return f"{named}, {source.taken} on the way" if source.taken else named
