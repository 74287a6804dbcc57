"""Real mail that nobody here wrote (../shared/data/mail): never an exception, never slow, and how well it is read.

The floors are a little below what was measured when they were set; they are there to notice when something breaks.
"""

import html
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from firstline.channels.base import Envelope, ParsedMessage
from firstline.channels.commands import describe
from firstline.channels.email import parse_here
from firstline.channels.email.stripping import strip
from tests import shared

pytestmark = pytest.mark.corpus

NO_RAW_MAIL = ("email_reply_trimmer", "github_erp", "mail-parser-reply", "crisp", "quotequail", "README.md")
NO_BOUNCE = re.compile(r"arf-|rfc3834-|is-not-bounce|/maildir/not/")


def _parse(path: Path) -> ParsedMessage:
    return parse_here(path.read_bytes(), Envelope())


def _raw_mails(*sources: str) -> Iterator[Path]:
    folder = shared.data("mail")
    for path in sorted(folder.rglob("*")):
        source = path.relative_to(folder).parts[0]
        if not path.is_file() or source in NO_RAW_MAIL or (sources and source not in sources):
            continue
        if path.suffix not in (".yml", ".json", ".html") and not path.name.endswith("_reply_text"):
            yield path


def test_no_mail_raises_and_none_is_slow() -> None:
    count = 0
    for path in _raw_mails():
        started = time.process_time()
        described = describe(path.read_bytes())
        assert time.process_time() - started < 2, path
        assert described["outcome"] in ("message", "bounce", "auto_reply", "complaint", "quarantine"), path
        assert "\x00" not in described["text"] + described["html"] + described["subject"], path
        count += 1
    assert count > 600


def test_nothing_harmful_is_left_of_any_html() -> None:
    for path in _raw_mails():
        shown = _parse(path).html
        assert not re.search(r"<(?:script|iframe|form|style|meta|link|object|svg)\b", shown, re.IGNORECASE), path
        assert not re.search(r"<[^>]+\s(?:on\w+|style|background|srcset)\s*=", shown, re.IGNORECASE), path
        assert not re.search(r"<img[^>]+src=\"(?!cid:)", shown), path
        assert not re.search(r"href=\"\s*(?!https?:|mailto:)", shown, re.IGNORECASE), path


def test_bounces_of_sisimai_and_none_elsewhere() -> None:
    paths = list(_raw_mails("sisimai"))
    bounces = [path for path in paths if not NO_BOUNCE.search(str(path))]
    found = [path for path in bounces if _parse(path).kind == "bounce"]
    assert len(found) >= 0.97 * len(bounces), f"{len(found)} of {len(bounces)}"
    named = [path for path in bounces if (bounce := _parse(path).bounce) and bounce.recipient]
    assert len(named) >= 0.9 * len(bounces), f"{len(named)} of {len(bounces)}"
    for path in paths:
        if "arf-" in path.name:
            assert _parse(path).kind == "complaint", path
        if "rfc3834-" in path.name:
            assert _parse(path).kind == "auto_reply", path
    assert [path for path in _raw_mails("rspamd", "stalwart", "freescout") if _parse(path).kind == "bounce"] == []


class _RubyLoader(yaml.SafeLoader):
    """Reads Ruby's tagged mappings as plain ones."""


def _plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_RubyLoader.add_multi_constructor("!", _plain)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _without_tags(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def test_decoding_of_zammad() -> None:
    """Subject, sender, words of the body and number of files, as another desk expects them."""
    scores = dict.fromkeys(["subject", "address", "name", "body", "files"], 0)
    count = 0
    for path in _raw_mails("zammad"):
        wanted = yaml.load(path.with_suffix(".yml").read_text(encoding="utf-8"), _RubyLoader)
        parsed = _parse(path)
        shown = parsed.shown_sender
        words = _words(_without_tags(str(wanted.get("body") or "")))
        files = [
            one
            for one in wanted.get("attachments") or []
            if not (one.get("preferences") or {}).get("original-format") and one.get("filename") != "message.html"
        ]
        count += 1
        scores["subject"] += (wanted.get("subject") or "").strip() == parsed.subject
        scores["address"] += (wanted.get("from_email") or "").lower() == (shown.email.lower() if shown else "")
        scores["name"] += (wanted.get("from_display_name") or "").strip() == (shown.name if shown else "")
        scores["body"] += len(words & _words(parsed.text + " " + _without_tags(parsed.html))) >= 0.95 * len(words)
        scores["files"] += len(files) == len(parsed.attachments)
    assert count == 49
    assert scores["subject"] >= 47, scores
    assert scores["address"] >= 45, scores
    assert scores["name"] >= 45, scores
    assert scores["body"] >= 39, scores
    assert scores["files"] >= 46, scores


def _folded(text: str) -> str:
    return " ".join(text.split())


def test_replies_of_email_reply_trimmer() -> None:
    folder = shared.data("mail", "email_reply_trimmer", "test")
    right = wrong = 0
    for path in sorted((folder / "emails").glob("*.txt")):
        trimmed = folder / "trimmed" / path.name
        wanted = _folded(trimmed.read_text(encoding="utf-8")) if trimmed.exists() else ""
        if _folded(strip(path.read_text(encoding="utf-8")).reply) == wanted:
            right += 1
        else:
            wrong += 1
    assert right >= 35, f"{right} right, {wrong} wrong"


def test_replies_of_talon() -> None:
    folder = shared.data("mail", "talon", "tests", "fixtures", "standard_replies")
    paths = [path for path in folder.glob("*.eml") if not path.with_name(f"{path.stem}_reply_text").exists()]
    assert paths
    assert [path.name for path in paths if _parse(path).reply_text.strip() != "Hello"] == []
