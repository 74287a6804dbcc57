"""Recorded webhook payloads, sent through the code path of the door with a signature of our own."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from firstline.channels import registry
from firstline.channels.port import HookRefused
from firstline.inboxes.models import Inbox
from firstline.intake import actions, hooks
from firstline.intake.models import InboundItem

KEPT, UNREADABLE = 202, 0


def send(inbox: Inbox, path: Path, event: str = "") -> dict[str, Any]:
    """What `firstline intake webhook --json` says of one file: status, outcome, cause, conversation."""
    said: dict[str, Any] = {"file": str(path), "status": UNREADABLE, "outcome": "", "cause": "", "conversation": None}
    try:
        body = path.read_bytes()
    except OSError as error:
        return {**said, "cause": str(error.strerror)}
    channel = registry.get(inbox.channel)
    request = channel.sign_hook(body, event or event_of(path, channel.events), inbox.open_settings())
    try:
        accepted = hooks.take(inbox, request)
    except HookRefused as refused:
        return {**said, "status": refused.status, "cause": refused.reason}
    said["status"] = KEPT
    for one in accepted:
        said |= _processed(one.item_id)
    return said


def event_of(path: Path, events: Collection[str]) -> str:
    """The event that a file holds, by its name (`EVENT.ACTION.json`) or its folder's (`EVENT/ACTION.json`)."""
    named = [event for event in events if re.match(rf"{re.escape(event)}(?![a-z0-9])", path.name)]
    if named:
        return max(named, key=len)
    return path.parent.name if path.parent.name in events else path.name.split(".")[0]


def _processed(item_id: int) -> dict[str, Any]:
    try:
        outcome = actions.process(item_id)
    except Exception as error:  # noqa: BLE001 (one payload that breaks must not keep the others out)
        actions.note_failure(item_id, type(error).__name__)
        return {"outcome": "pending", "cause": type(error).__name__}
    item = InboundItem.objects.get(pk=item_id)
    cause = outcome.partition(":")[2]
    return {"outcome": outcome, "cause": cause, "conversation": item.conversation_id, "item": item_id}
