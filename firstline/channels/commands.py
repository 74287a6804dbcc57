"""`firstline mail inspect` and `firstline mail strip`: what the parser makes of a mail, without a database."""

from __future__ import annotations

import argparse
import hashlib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from firstline.channels.base import Address, Envelope, ParsedAttachment
from firstline.core.commands import DONE, NOT_SO, Commands, print_json, say


def add(commands: Commands) -> None:
    """Register the commands of this slice."""
    commands.add(
        "mail inspect",
        run=inspect,
        configure=_configure_inspect,
        help="Show what the parser makes of raw mails (one JSON object a file with --json).",
    )
    commands.add(
        "mail strip",
        run=strip,
        configure=_configure_strip,
        help="Part a plain-text mail body into the reply and what it quotes.",
    )


def _configure_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", action="store_true", help="parse in the killable child, as the desk does")


def _configure_strip(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE|-")
    parser.add_argument("--json", action="store_true")


def inspect(options: argparse.Namespace) -> int:
    """Print one object a file; 1 when a file can't be read."""
    status = DONE
    for path in options.files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            say(f"{path}: {error.strerror}")
            status = NOT_SO
            continue
        described = {"file": str(path), **describe(raw, in_child=options.child)}
        if options.json:
            print_json(described)
        else:
            _print(described)
    return status


def describe(raw: bytes, *, in_child: bool = False) -> dict[str, Any]:
    """What `mail inspect --json` says of a raw mail, but for its file name. Never raises for any bytes."""
    from firstline.channels import email
    from firstline.channels.base import Trust
    from firstline.channels.email.authentication import verify

    envelope = Envelope()
    parsed = (email.parse if in_child else email.parse_here)(raw, envelope)
    auth = verify(raw, parsed, envelope, Trust())
    quarantined = bool(parsed.sender_problem)
    bounce = parsed.bounce
    return {
        "ok": True,
        "outcome": "quarantine" if quarantined and parsed.kind == "message" else parsed.kind,
        "cause": parsed.sender_problem if quarantined else "",
        "from": _address(parsed.sender or parsed.shown_sender),
        "to": [_address(one) for one in parsed.to],
        "cc": [_address(one) for one in parsed.cc],
        "reply_to": [_address(one) for one in parsed.reply_to],
        "subject": parsed.subject,
        "date": parsed.date.isoformat() if parsed.date else None,
        "message_id": parsed.external_id,
        "in_reply_to": parsed.in_reply_to,
        "references": list(parsed.references),
        "text": parsed.text,
        "reply_text": parsed.reply_text,
        "html": parsed.html,
        "attachments": [_attachment(one) for one in parsed.attachments],
        "auto_reason": parsed.auto_reason,
        "list_or_bulk": parsed.list_or_bulk,
        "bounce": bounce
        and {
            "recipient": bounce.recipient,
            "status": bounce.status,
            "permanent": bounce.permanent,
            "original_message_id": bounce.original_message_id,
        },
        "sender_auth": auth.result,
        "flags": list(parsed.flags),
        "spam_reasons": list(parsed.spam_reasons),
        "forward_verification": parsed.forward_verification and asdict(parsed.forward_verification),
    }


def _address(address: Address | None) -> dict[str, str] | None:
    return None if address is None else {"name": address.name, "address": address.email}


def _attachment(attachment: ParsedAttachment) -> dict[str, Any]:
    return {
        "name": attachment.name,
        "type": attachment.content_type,
        "size": len(attachment.content),
        "sha256": hashlib.sha256(attachment.content).hexdigest(),
        "content_id": attachment.content_id,
        "inline": attachment.inline,
    }


def _print(described: dict[str, Any]) -> None:
    sender = described["from"] or {"name": "", "address": "(none)"}
    print(f"{described['file']}: {described['outcome']}{' (' + described['cause'] + ')' if described['cause'] else ''}")
    print(f"  From     {sender['name']} <{sender['address']}>")
    print(f"  Subject  {described['subject']}")
    print(f"  Date     {described['date'] or 'unknown'}")
    for one in described["attachments"]:
        print(f"  File     {one['name']} ({one['type']}, {one['size']} bytes)")
    if described["flags"]:
        print(f"  Flags    {', '.join(described['flags'])}")
    print("\n" + "\n".join(f"    {line}" for line in described["reply_text"].splitlines()) + "\n")


def strip(options: argparse.Namespace) -> int:
    """Print the reply, or with `--json` both parts; 1 when the file can't be read."""
    from firstline.channels.email import stripping
    from firstline.channels.email.charsets import decode

    try:
        data = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    except OSError as error:
        say(f"{options.file}: {error.strerror}")
        return NOT_SO
    parted = stripping.strip(decode(data))
    if options.json:
        print_json({"reply": parted.reply, "quoted": parted.quoted})
    else:
        print(parted.reply)
    return DONE
