"""Every channel's captured payloads, beside what its parser must make of them (`NAME.eml`, `NAME.json`).

Only the keys that an expectation names are compared; of attachments only the keys named in each.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from firstline.channels.commands import describe

CAPTURED = Path(__file__).parent / "captured"
CHANNELS = Path(__file__).parents[1]
MAILS = sorted((CAPTURED / "email").glob("*.eml"))


def test_every_channel_has_captured_payloads() -> None:
    channels = sorted(path.parent.name for path in CHANNELS.glob("*/channel.py"))
    assert channels
    assert [name for name in channels if not list((CAPTURED / name).glob("*.json"))] == []


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_email(mail: Path) -> None:
    expected: dict[str, Any] = json.loads(mail.with_suffix(".json").read_text(encoding="utf-8"))
    found = describe(mail.read_bytes())
    attachments = expected.pop("attachments", None)
    assert {key: found[key] for key in expected} == expected
    if attachments is not None:
        pairs = zip(found["attachments"], attachments, strict=True)
        assert [{key: one[key] for key in wanted} for one, wanted in pairs] == attachments
