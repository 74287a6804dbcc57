"""`firstline person export|erase`, `firstline retention run`."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from firstline.core.commands import DONE, NOT_SO, WRONG_USE, Commands, print_json, say


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "person export",
        run=_export,
        configure=_configure_export,
        help="Write a zip of everything that a person may ask for: their data, nobody else's.",
        django=True,
    )
    commands.add(
        "person erase",
        run=_erase,
        configure=_configure_erase,
        help="Erase a person everywhere, after a preview; prints the receipt.",
        django=True,
    )
    commands.add(
        "retention run",
        run=_retain,
        configure=_configure_retain,
        help="Let go of what was kept long enough; --dry-run counts only.",
        django=True,
    )


def _configure_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", help="an address or handle; channel:handle for one channel's")
    parser.add_argument("--to", type=Path, default=None, help="the file to write (default: person-<id>.zip)")
    parser.add_argument("--without-moderation", action="store_true", help="leave out decisions about them")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _configure_erase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", help="an address or handle; channel:handle for one channel's")
    parser.add_argument("--dry-run", action="store_true", help="count only")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--hold", default="", help="why evidence must be kept by law")
    parser.add_argument("--hold-until", default="", help="until when: YYYY-MM-DD, within two years")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _configure_retain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="count only")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _export(options: argparse.Namespace) -> int:
    from firstline.privacy.actions import exporting, finding

    person = finding.find(options.address)
    if person is None:
        say(f"Nobody is known by {options.address}.")
        return NOT_SO
    file = options.to or Path(f"person-{person.contacts[0].pk}.zip")
    content = exporting.export(person, with_moderation=not options.without_moderation)
    file.touch(mode=0o600)
    file.write_bytes(content)
    if options.json:
        print_json({"file": file, "bytes": len(content), "identities": len(person.identities)})
    else:
        print(f"{file}: {len(content)} bytes. Hand it to the person themselves, then delete it.")
    return DONE


def _erase(options: argparse.Namespace) -> int:
    from firstline.privacy.actions import erasing, finding

    person = finding.find(options.address)
    if person is None:
        say(f"Nobody is known by {options.address}.")
        return NOT_SO
    counts = erasing.preview(person)
    if options.dry_run:
        print_json({"dry_run": True, **counts}) if options.json else _show(counts)
        return DONE
    if not options.json:
        _show(counts)
    if not options.yes and not _is_sure(options.address):
        say("Nothing was erased.")
        return NOT_SO
    try:
        day = datetime.fromisoformat(options.hold_until) if options.hold_until else None
        until = day.replace(tzinfo=UTC) if day else None
        receipt = erasing.erase(person, hold_because=options.hold, hold_until=until)
    except (ValueError, erasing.HoldRefused) as error:
        say(str(error))
        return WRONG_USE
    if options.json:
        print_json({"receipt": receipt.pk, "at": receipt.at, **receipt.counts})
    else:
        print(f"Erased. Receipt {receipt.pk} of {receipt.at:%Y-%m-%d %H:%M} UTC.")
    return DONE


def _is_sure(address: str) -> bool:
    """The second step: the address typed once more."""
    if not sys.stdin.isatty():
        say("Say --yes to erase without a question.")
        return False
    return input(f"This cannot be undone. Type {address} to erase: ").strip() == address


def _retain(options: argparse.Namespace) -> int:
    from firstline.core import clock
    from firstline.privacy.actions import retaining

    counts = retaining.run(clock.now(), dry_run=options.dry_run)
    if options.json:
        print_json({"dry_run": options.dry_run, **counts})
    else:
        _show(counts)
        print("Nothing was changed." if options.dry_run else "Done.")
    return DONE


def _show(counts: dict[str, int]) -> None:
    for name, number in counts.items():
        print(f"{number:>8}  {name.replace('_', ' ')}")
