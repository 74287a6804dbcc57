"""What a corpus says must come out of its files. One reader a format; a field that a corpus does not state is None.

The formats: Zammad's `.yml` beside a `.box`, Stalwart's `.json` beside an `.eml`, Discourse's `emails`/`trimmed` pairs,
talon's replies, our own `.expected.json`; Sisimai and flufl say by folder and file name what a mail is.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.entities import codepoint2name
from pathlib import Path
from typing import Any

import yaml

_SIDE_FILES = (".yml", ".json", ".md", ".rb", ".py")
_TALON_HTML = "Hi. I am fine. Thanks, Alex"


@dataclass(frozen=True, slots=True)
class Expected:
    """One file. `kind` is `plain` (a decoded body), `html` or `mail` (raw bytes); `outcome` one of `mail inspect`."""

    path: Path
    kind: str = "mail"
    subject: str | None = None
    address: str | None = None
    name: str | None = None
    body: str | None = None
    files: tuple[str, ...] | None = None
    reply: str | None = None
    outcome: str | None = None


def read(root: Path) -> Iterator[Expected]:
    """Every file below `root` (or the one file) with what is known of it; texts without a stated reply are left out."""
    paths = sorted(root.rglob("*")) if root.is_dir() else [root]
    for path in paths:
        if path.is_file() and path.suffix not in _SIDE_FILES and not path.name.endswith("_reply_text"):
            found = _expected(path)
            if found is not None:
                yield found


def _expected(path: Path) -> Expected | None:
    places = path.parts
    if path.suffix == ".box" and path.with_suffix(".yml").exists():
        return _zammad(path)
    if path.suffix == ".eml" and path.with_suffix(".json").exists() and "stalwart" in places:
        return _stalwart(path)
    if path.suffix == ".eml" and path.with_suffix(".expected.json").exists():
        return _own(path)
    if "email_reply_trimmer" in places:
        return _trimmed(path)
    if path.parent.name == "standard_replies":
        stated = path.with_name(f"{path.stem}_reply_text")
        return Expected(path, reply=stated.read_text(encoding="utf-8") if stated.exists() else "Hello")
    if path.parent.name == "html_replies":
        return Expected(path, "html", reply=_TALON_HTML)
    if path.suffix == ".html" or {"crisp", "github_erp", "mail-parser-reply", "quotequail"} & set(places):
        return None
    return Expected(path, outcome=_outcome(path))


def _outcome(path: Path) -> str | None:
    if "sisimai" in path.parts:
        if path.parent.name == "not" or "is-not-bounce" in path.name:
            return "message"
        named = {"arf-": "complaint", "rfc3834-": "auto_reply"}
        return next((kind for start, kind in named.items() if path.name.startswith(start)), "bounce")
    if "flufl" in path.parts:
        return "bounce"
    return "message" if {"rspamd", "stalwart", "zammad", "rt"} & set(path.parts) else None


def _trimmed(path: Path) -> Expected | None:
    if path.parent.name != "emails":
        return None
    trimmed = path.parent.with_name("trimmed") / path.name
    return Expected(path, "plain", reply=trimmed.read_text(encoding="utf-8") if trimmed.exists() else "")


def _own(path: Path) -> Expected:
    stated = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    fields = {name: stated.get(name) for name in ("subject", "address", "name", "body", "reply", "outcome")}
    return Expected(path, files=tuple(stated["files"]) if "files" in stated else None, **fields)


_CHARSET = re.compile(rb"(?i)(?:charset\s*=\s*(?:3D)?[\"']?|=\?)([a-z][a-z0-9_.:-]+)")
_UTF7 = re.compile(r"\+[A-Za-z0-9/]{2,6}-")


class _RubyLoader(yaml.SafeLoader):
    """Reads Ruby's tagged mappings as plain ones; makes no objects."""


def _untagged(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_RubyLoader.add_multi_constructor("!", _untagged)


def _zammad(path: Path) -> Expected:
    stated = yaml.load(path.with_suffix(".yml").read_text(encoding="utf-8"), _RubyLoader)  # noqa: S506 (a safe loader)
    files = [
        str(one.get("filename") or "")
        for one in stated.get("attachments") or []
        if not (one.get("preferences") or {}).get("original-format") and one.get("filename") != "message.html"
    ]
    raw = path.read_bytes()
    return Expected(
        path,
        subject=_decoded(str(stated.get("subject") or "").strip(), raw),
        address=_mailbox(str(stated.get("from_email") or "").lower()),
        name=str(stated.get("from_display_name") or "").strip(),
        body=_decoded(_said(without_tags(str(stated.get("body") or ""))), raw),
        files=tuple(files),
    )


def _stalwart(path: Path) -> Expected:
    stated = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    parts = stated["parts"]
    top = {one["name"]: one["value"] for one in reversed(parts[0]["headers"]) if isinstance(one["name"], str)}
    senders = _addresses(top.get("from"))
    bodies = [_text(parts[number]) for number in stated["text_body"]]
    return Expected(
        path,
        subject=_whole(" ".join(str((top.get("subject") or {}).get("Text") or "").split())),
        address=_whole(str(senders[0].get("address") or "").lower()) if senders else None,
        body=_whole("\n".join(bodies)),
        files=_all_named([_file_name(parts[number]) for number in stated["attachments"]]),
        outcome="message",
    )


def _all_named(names: list[str]) -> tuple[str, ...] | None:
    """The names; None where a part has none: Stalwart counts every leaf of a broken tree as an attachment."""
    return tuple(names) if all(names) else None


def _mailbox(address: str) -> str | None:
    """The address, None for what is none (a name alone, words before an address)."""
    return address if re.fullmatch(r"\S+@\S+", address) else None


def _said(body: str) -> str | None:
    """The body, None for the sentence that Zammad puts where it shows nothing."""
    return None if body.strip() == "no visible content" else body


def _decoded(text: str | None, raw: bytes) -> str | None:
    """The text, None when the corpus read it in another charset than the mail names: UTF-7 that still stands there, and
    letters that no charset of the mail has.
    """
    named = {one.decode("ascii").lower() for one in _CHARSET.findall(raw)}
    if text is None or (any("utf-7" in one for one in named) and _UTF7.search(text)):
        return None
    known = [one for one in named if _is_charset(one)]
    foreign = {sign for sign in text if sign.isalpha() and not any(_has(one, sign) for one in known)}
    return None if known and any(_as_entity(sign) not in raw for sign in foreign) else text


def _is_charset(name: str) -> bool:
    try:
        return bool(codecs.lookup(name))
    except LookupError:
        return False


def _has(charset: str, letter: str) -> bool:
    try:
        return bool(letter.encode(charset))
    except UnicodeEncodeError:
        return False


def _as_entity(letter: str) -> bytes:
    return f"&{codepoint2name.get(ord(letter), '#' + str(ord(letter)))};".encode()


def _addresses(value: Any) -> list[dict[str, Any]]:
    found = (value or {}).get("Address") if isinstance(value, dict) else None
    return list(found.get("List") or []) if isinstance(found, dict) else []


def _text(part: dict[str, Any]) -> str:
    body = part["body"]
    return without_tags(str(body.get("Html"))) if "Html" in body else str(body.get("Text") or "")


def _file_name(part: dict[str, Any]) -> str:
    named: dict[str, str] = {}
    for header in part["headers"]:
        content = header["value"].get("ContentType") if isinstance(header["value"], dict) else None
        for one in (content or {}).get("attributes") or []:
            named[str(one["name"]).lower()] = str(one["value"])
    return named.get("filename") or named.get("name") or ""


def _whole(text: str) -> str | None:
    """The text, None when the corpus itself could not decode it."""
    return None if "�" in text else text


def without_tags(text: str) -> str:
    """The words of HTML."""
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?is)<(style|script|title)\b.*?</\1>", " ", text)))
