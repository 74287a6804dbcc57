"""What is held as spam, and what developers write that only sounds like it."""

from pathlib import Path

import pytest
import yaml

from firstline.channels.base import Envelope, ParsedMessage
from firstline.channels.email import parse_here

SAMPLES = yaml.safe_load(Path(__file__).with_name("spam_samples.yaml").read_text(encoding="utf-8"))


def _parse(sample: dict[str, str]) -> ParsedMessage:
    sender = sample.get("from", "Somebody <somebody@open.example>")
    kind = "html" if sample.get("html") else "plain"
    head = f"From: {sender}\nSubject: {sample['subject']}\nMessage-ID: <s@open.example>\n"
    head += f"Content-Type: text/{kind}; charset=utf-8\n"
    return parse_here((head + "\n" + (sample.get("html") or sample["text"])).encode(), Envelope())


@pytest.mark.parametrize("sample", SAMPLES["spam"], ids=lambda one: one["subject"])
def test_sure_spam_is_marked_with_its_reasons(sample: dict[str, str]) -> None:
    parsed = _parse(sample)
    assert "spam" in parsed.flags
    assert parsed.spam_reasons


@pytest.mark.parametrize("sample", SAMPLES["ordinary"], ids=lambda one: one["subject"])
def test_what_only_sounds_like_it_is_not(sample: dict[str, str]) -> None:
    assert "spam" not in _parse(sample).flags


def test_a_program_that_calls_itself_a_document_is_enough() -> None:
    raw = (
        b"From: a@open.example\nMessage-ID: <m@open.example>\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: application/octet-stream; name=invoice.pdf.exe\n\nMZ\n--b--\n"
    )
    assert "spam" in parse_here(raw, Envelope()).flags
