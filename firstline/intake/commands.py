"""`firstline intake load`, `intake webhook`, `replay`, `mail outbox`, `inbox create` and `inbox list`."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from firstline.core.commands import DONE, NOT_SO, WRONG_USE, Commands, print_json, say

_BATCH = 64
_MBOX = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\d{4}[^\r\n]*\r?\n")


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "intake load",
        run=load,
        configure=_configure_load,
        help="Take in raw mails from files, folders and mboxes, and process them.",
        django=True,
    )
    commands.add(
        "intake webhook",
        run=webhook,
        configure=_configure_webhook,
        help="Send recorded webhook payloads through the door, with a valid signature (one JSON object a file).",
        django=True,
    )
    commands.add("replay", run=replay, configure=_configure_replay, help="Process one item once more.", django=True)
    commands.add(
        "mail outbox",
        run=outbox,
        configure=_configure_outbox,
        help="Show the mails that were kept because no outgoing server is set.",
        django=True,
    )
    commands.add(
        "inbox create",
        run=create_inbox,
        configure=_configure_create,
        help="Add an inbox: --channel email --name NAME --set address=ADDRESS.",
        django=True,
    )
    commands.add("inbox list", run=list_inboxes, configure=_configure_json, help="List the inboxes.", django=True)


def _configure_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")


def _configure_load(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path)
    parser.add_argument("--inbox", required=True, metavar="NAME")
    _configure_json(parser)


def _configure_webhook(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument("--channel", required=True, metavar="KIND")
    parser.add_argument("--inbox", required=True, metavar="NAME")
    parser.add_argument("--event", default="", metavar="NAME", help="else the file's name or its folder's says it")
    _configure_json(parser)


def _configure_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", type=int)
    _configure_json(parser)


def _configure_outbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="the newest N (default 100)")
    _configure_json(parser)


def _configure_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--channel", required=True, metavar="KIND")
    parser.add_argument("--name", required=True)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="values")
    _configure_json(parser)


def webhook(options: argparse.Namespace) -> int:
    """Print what became of each payload; 1 when one could not be read, believed or processed."""
    from firstline.inboxes.models import Inbox
    from firstline.intake import recorded

    inbox = Inbox.objects.filter(name=options.inbox, channel=options.channel).first()
    if inbox is None:
        say(f"There is no {options.channel} inbox {options.inbox}.")
        return NOT_SO
    status = DONE
    for path in options.files:
        found = recorded.send(inbox, path, options.event)
        status = status if found["status"] == recorded.KEPT else NOT_SO
        if options.json:
            print_json(found)
        else:
            print(f"{found['file']}: {found['status']} {found['outcome'] or found['cause']}")
    return status


def load(options: argparse.Namespace) -> int:
    """Take in everything below the paths and print the outcomes; 1 when something could not be processed."""
    from firstline.inboxes.models import Inbox
    from firstline.intake.queries import outcomes_of

    inbox = Inbox.objects.filter(name=options.inbox).first()
    if inbox is None:
        say(f"There is no inbox {options.inbox}.")
        return NOT_SO
    missing = [str(path) for path in options.paths if not path.exists()]
    if missing:
        say(f"Not found: {', '.join(missing)}")
        return NOT_SO
    started = time.monotonic()
    offers, items = _take_in(inbox.pk, options.paths)
    failed = sum(not _process(item_id) for item_id in items)
    outcomes = outcomes_of(items)
    result = {
        "received": len(items),
        "duplicated": offers - len(items),
        "outcomes": outcomes,
        "failed": failed,
        "seconds": round(time.monotonic() - started, 2),
    }
    if options.json:
        print_json(result)
    else:
        counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        print(f"{len(items)} mails in {result['seconds']} s: {counted or 'nothing'}")
    return NOT_SO if failed else DONE


def _take_in(inbox_id: int, paths: list[Path]) -> tuple[int, list[int]]:
    """Offer everything in batches; how many were offered, and the items that hold them, each once, in order."""
    from firstline.intake.actions import Offered, accept_many

    offers = 0
    items: dict[int, None] = {}
    batch: list[Offered] = []
    for raw in _raw_mails(paths):
        batch.append(Offered(inbox_id, raw))
        offers += 1
        if len(batch) == _BATCH:
            items.update((one.item_id, None) for one in accept_many(batch))
            batch = []
    if batch:
        items.update((one.item_id, None) for one in accept_many(batch))
    return offers, list(items)


def _raw_mails(paths: list[Path]) -> Iterator[bytes]:
    """The raw mails in files, in all files below folders, and in mboxes, in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from _raw_mails(sorted(one for one in path.iterdir() if not one.name.startswith(".")))
        elif path.is_file():
            yield from split_mbox(path.read_bytes())


def split_mbox(data: bytes) -> Iterator[bytes]:
    """The mails of an mbox; a file that does not begin like one is one mail, as it stands."""
    starts = list(_MBOX.finditer(data))
    if not starts or starts[0].start() > 0:
        yield data
        return
    ends = [match.start() for match in starts[1:]] + [len(data)]
    for match, end in zip(starts, ends, strict=True):
        yield re.sub(rb"(?m)^>(>*From )", rb"\1", data[match.end() : end])


def _process(item_id: int) -> bool:
    """Process one item; a failure is noted with the item, where the worker will find it, and told."""
    from firstline.intake import actions

    try:
        actions.process(item_id)
    except Exception as error:  # noqa: BLE001 (one mail that breaks must not keep the others out)
        actions.note_failure(item_id, type(error).__name__)
        say(f"Item {item_id} could not be processed: {type(error).__name__}")
        return False
    return True


def replay(options: argparse.Namespace) -> int:
    """Process the item anew and print what it became; 1 when there is no such item, or its raw mail is gone."""
    from firstline.intake import actions
    from firstline.intake.models import InboundItem

    try:
        outcome = actions.replay(options.id)
    except InboundItem.DoesNotExist:
        say(f"There is no item {options.id}.")
        return NOT_SO
    except FileNotFoundError as error:
        say(str(error))
        return NOT_SO
    if options.json:
        print_json({"id": options.id, "outcome": outcome})
    else:
        print(f"Item {options.id}: {outcome}")
    return DONE


def outbox(options: argparse.Namespace) -> int:
    """Print the kept mails, newest last."""
    from firstline.inboxes import reading
    from firstline.inboxes.models import KeptMail

    kept = list(KeptMail.objects.order_by("-pk")[: max(options.limit, 0)])[::-1]
    mails: list[dict[str, Any]] = []
    for mail in kept:
        opened = reading.opened(mail)
        headers = {name.lower().replace("-", "_"): value for name, value in opened.headers}
        mails.append(
            {
                "id": mail.pk,
                "created_at": mail.created_at.isoformat(),
                "recipient": mail.recipient,
                **headers,
                "text": opened.text,
                "attachments": [{"name": name, "size": size} for name, size in opened.attachments],
            }
        )
    if options.json:
        print_json({"mails": mails})
        return DONE
    for one in mails:
        print(f"#{one['id']} {one['created_at'][:16]} to {one['recipient']}: {one.get('subject', '')}")
        print("\n".join(f"    {line}" for line in str(one["text"]).splitlines()) + "\n")
    return DONE


def create_inbox(options: argparse.Namespace) -> int:
    """Add an inbox with the settings its channel asks for; 2 for settings it does not know or that are missing."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_slug
    from django.db import IntegrityError

    from firstline.channels import registry
    from firstline.inboxes import actions

    values = dict(value.partition("=")[::2] for value in options.values)
    try:
        wanted = {setting.name: setting for setting in registry.get(options.channel).settings}
        validate_slug(options.name)
    except (KeyError, ValidationError) as error:
        say(error.messages[0] if isinstance(error, ValidationError) else str(error.args[0]))
        return WRONG_USE
    unknown = sorted(set(values) - set(wanted))
    missing = [name for name, setting in wanted.items() if setting.required and not values.get(name)]
    if unknown or missing:
        say(
            "; ".join(
                [*(f"unknown setting {name}" for name in unknown), *(f"missing: --set {name}=…" for name in missing)]
            )
        )
        return WRONG_USE
    address = values.pop("address", "") or registry.get(options.channel).address(values)
    try:
        inbox = actions.create_inbox(channel=options.channel, name=options.name, address=address, options=values)
    except actions.SettingsRefused as refused:
        say(f"{refused.name}: {refused}")
        return WRONG_USE
    except IntegrityError:
        say(f"There is an inbox {options.name} or one for {address} already.")
        return NOT_SO
    _show_inboxes([_described(inbox)], as_json=options.json)
    return DONE


def list_inboxes(options: argparse.Namespace) -> int:
    """Print all inboxes."""
    from firstline.inboxes.models import Inbox

    _show_inboxes([_described(inbox) for inbox in Inbox.objects.order_by("name")], as_json=options.json, many=True)
    return DONE


def _described(inbox: Any) -> dict[str, Any]:
    return {"name": inbox.name, "channel": inbox.channel, "address": inbox.address, "active": inbox.is_active}


def _show_inboxes(inboxes: list[dict[str, Any]], *, as_json: bool, many: bool = False) -> None:
    if as_json:
        print_json({"inboxes": inboxes} if many else inboxes[0])
        return
    for one in inboxes:
        print(f"{one['name']}  {one['channel']}  {one['address']}{'' if one['active'] else '  (off)'}")
