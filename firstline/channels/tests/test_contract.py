"""Every channel's captured payloads, beside what its parser must make of them (`NAME.eml` or `.payload`, `NAME.json`).

Only the keys that an expectation names are compared; of attachments only the keys named in each.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from firstline.channels import registry
from firstline.channels.base import Envelope
from firstline.channels.commands import describe

CAPTURED = Path(__file__).parent / "captured"
PAYLOADS = sorted(CAPTURED.glob("*/*.payload"))
MAILS = sorted((CAPTURED / "email").glob("*.eml"))


def test_every_channel_has_captured_payloads() -> None:
    assert [kind for kind in registry.kinds() if not list((CAPTURED / kind).glob("*.json"))] == []


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_email(mail: Path) -> None:
    expected: dict[str, Any] = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))
    found = describe(mail.read_bytes())
    attachments = expected.pop("attachments", None)
    assert {key: found[key] for key in expected} == expected
    if attachments is not None:
        pairs = zip(found["attachments"], attachments, strict=True)
        assert [{key: one[key] for key in wanted} for one, wanted in pairs] == attachments


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_webhook(payload: Path) -> None:
    expected: dict[str, Any] = json.loads(payload.with_suffix(".json").read_text(encoding="utf-8"))
    channel = registry.get(payload.parent.name)
    found = channel.parse(payload.read_bytes(), Envelope(event=expected.pop("event")))
    assert type(found).__name__ == expected.pop("is")
    assert {path: _at(found, path) for path in expected} == expected


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = getattr(value, name)
    return value
