"""The chain's anchors: once a day its length and last hash, signed, in a file outside the database.

Whoever cuts off the newest entries with all their links leaves a shorter chain that fits; the anchor remembers it.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from firstline.core import clock, environment, sealing
from firstline.events.models import AuditLink


class AnchorBroken(Exception):
    """A line of the file is not as the desk wrote it; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """At `at` the chain had `count` links, the last with the hash `hash` (hex)."""

    at: datetime
    count: int
    hash: str

    def signature(self) -> str:
        """HMAC-SHA-256 under a key of its own, 64 hex digits."""
        text = json.dumps([self.at.isoformat(), self.count, self.hash]).encode()
        return hmac.digest(sealing.derived("audit anchor"), text, hashlib.sha256).hex()


def anchor_file() -> Path:
    """One JSON object a line, oldest first."""
    return environment.home() / "audit" / "anchors.jsonl"


def drop_anchor() -> Anchor | None:
    """Append an anchor for the chain as it stands and flush it to disk; None while the chain is empty."""
    last = AuditLink.objects.order_by("-seq").first()
    if last is None:
        return None
    anchor = Anchor(clock.now(), last.seq, bytes(last.hash).hex())
    line = {"at": anchor.at.isoformat(), "count": anchor.count, "hash": anchor.hash, "signature": anchor.signature()}
    anchor_file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(anchor_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return anchor


def read_anchors() -> list[Anchor]:
    """All anchors, oldest first; none when there is no file. Raises AnchorBroken."""
    try:
        lines = anchor_file().read_text().splitlines()
    except FileNotFoundError:
        return []
    return [_read(number, line) for number, line in enumerate(lines, 1)]


def _read(number: int, line: str) -> Anchor:
    try:
        values = json.loads(line)
        anchor = Anchor(datetime.fromisoformat(values["at"]), int(values["count"]), str(values["hash"]))
        signature = str(values["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorBroken(f"Line {number} of {anchor_file()} cannot be read.") from error
    if not hmac.compare_digest(anchor.signature(), signature):
        raise AnchorBroken(f"Line {number} of {anchor_file()} was changed, or signed with another desk key.")
    return anchor
