"""A raw mail to a ParsedMessage. Never raises for what a sender may write: what is wrong is a flag (S-02, S-18)."""

from __future__ import annotations

import email.utils
import re
from datetime import UTC, datetime

from firstline.channels.base import Envelope, ParsedMessage
from firstline.channels.email import addresses, bodies, headers, spam, stripping, structure, verification
from firstline.channels.email.bodies import Bodies
from firstline.channels.email.charsets import decode
from firstline.channels.email.classify import Kind, classify
from firstline.channels.email.headers import Headers
from firstline.core import html

MAX_MESSAGE = 25 * 1024 * 1024
MAX_TEXT = 1_000_000
MAX_FILES = 100
_MAX_IDS = 60
_ID = re.compile(r"<[^<>\s]{1,990}>")


def parse(raw: bytes, envelope: Envelope) -> ParsedMessage:
    """Read a whole mail. Limits of S-18: 25 MB, 100 parts, depth 20, 64 KB of header, 1 MB of HTML."""
    flags = ["too_big"] if len(raw) > MAX_MESSAGE else []
    root, broken = structure.read(raw[:MAX_MESSAGE])
    found = bodies.collect(root)
    flags += broken
    text, markup = _texts(found, flags)
    return _message(root.headers, classify(root, text, envelope), found, text, markup, flags)


def parse_text_only(raw: bytes, envelope: Envelope) -> ParsedMessage:
    """What is left to do for a mail that took too long: its header, and no body but the start as it stands."""
    fields, body = headers.split(raw[:MAX_MESSAGE])
    text = decode(body[:100_000]).replace("\r\n", "\n")
    return _message(fields, Kind("message", list_or_bulk=True), Bodies(), text, "", ["too_slow"])


def _texts(found: Bodies, flags: list[str]) -> tuple[str, str]:
    """The plain text of a message and its HTML as it came ('' for a message without HTML)."""
    text = "\n".join(piece for piece in found.plain if piece.strip())
    if len(text) > MAX_TEXT or found.is_cut:
        flags.append("text_cut")
    if found.has_html and not found.has_plain:
        flags.append("html_only")
    if not text.strip() and not found.files:
        flags.append("empty")
    return text[:MAX_TEXT].strip("\n"), "\n".join(found.html) if found.has_html else ""


def _message(fields: Headers, kind: Kind, found: Bodies, text: str, markup: str, flags: list[str]) -> ParsedMessage:
    sender = addresses.sender(fields)
    cleaned = html.clean(markup, places=True)
    flags += [f"html_{cleaned.cut}"] if cleaned.cut else []
    flags += ["remote_content"] if cleaned.blocked else []
    problem = "" if kind.kind in ("bounce", "complaint") else sender.problem
    parted = _part(text, markup)
    subject = fields.words("subject")[:998]
    points, reasons = spam.judge(fields, sender.shown, subject, text, markup, found.files)
    address = sender.address.email if sender.address else ""
    asked = verification.forward_verification(address, subject, text)
    flags += found.flags
    flags += ["asks_for_silence"] if kind.kind == "message" and kind.list_or_bulk else []
    flags += ["spam"] if kind.kind == "message" and points >= spam.SURE else []
    flags += ["verification_mail"] if not asked and verification.is_sign_up(fields, address, subject, text) else []
    references = _ids(fields.all("references"))
    return ParsedMessage(
        external_id=next(iter(_ids(fields.all("message-id"))), ""),
        sender=sender.address,
        shown_sender=sender.shown,
        sender_problem=problem,
        reply_to=addresses.listed(fields.all("reply-to")),
        to=addresses.listed(fields.all("to")),
        cc=addresses.listed(fields.all("cc")),
        in_reply_to=next(iter(_ids(fields.all("in-reply-to"))), ""),
        references=references if len(references) <= _MAX_IDS else references[:1] + references[1 - _MAX_IDS :],
        subject=subject,
        date=_date(fields.first("date")),
        text=text,
        reply_text=parted.reply,
        quoted_text=parted.quoted,
        html=cleaned.html.strip(),
        remote_pictures=cleaned.pictures,
        attachments=tuple(found.files[:MAX_FILES]),
        kind=kind.kind,
        auto_reason=kind.reason,
        bounce=kind.bounce,
        list_or_bulk=kind.list_or_bulk,
        flags=tuple(dict.fromkeys([*sender.flags, *flags])),
        spam_reasons=reasons if points >= spam.SURE else (),
        forward_verification=asked,
    )


def _part(text: str, markup: str) -> stripping.Stripped:
    """Reply and quote: by the marks that mail programs leave in HTML first, else by the plain text."""
    if markup and html.has_quote_marks(markup):
        by_marks = stripping.strip(html.to_text(markup, mark_quotes=True))
        if by_marks.quoted and by_marks.reply:
            return by_marks
    return stripping.strip(text)


def _ids(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ID.findall(" ".join(values))))


def _date(value: str) -> datetime | None:
    """The moment of a Date field in UTC, None when it is missing or none."""
    try:
        found = email.utils.parsedate_to_datetime(re.sub(r"\([^)]*\)", "", value))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (IndexError, OverflowError, TypeError, ValueError):
        return None
