"""Every text of a parsed message, masked before any of it is stored (P-10)."""

import re
from dataclasses import dataclass, replace

from firstline.channels.base import Address, ParsedAttachment, ParsedMessage, StateChange, Thread
from firstline.conversations.actions.storing import FoundSecret, NewFile
from firstline.core import html
from firstline.evidence import scan_bytes, secrets

ENCODED_LINE = 40
ENCODED = re.compile(r"[A-Za-z0-9+/]+={0,2}")


@dataclass(frozen=True, slots=True)
class MaskedMessage:
    """The message without secrets, its files, and what was taken out."""

    parsed: ParsedMessage
    files: tuple[NewFile, ...]
    secrets: tuple[FoundSecret, ...]


def mask_message(parsed: ParsedMessage) -> MaskedMessage:
    """Mask subject, names, text, quotation, HTML and attachments; each distinct secret is reported once."""
    found: dict[str, FoundSecret] = {}
    subject = _mask(parsed.subject, found)
    text = _mask(parsed.text, found)
    reply = text if parsed.reply_text == parsed.text else _mask(parsed.reply_text, found)
    quoted = _mask(parsed.quoted_text, found)
    shown, flags = _mask_html(parsed.html, found), parsed.flags
    if parsed.html and not shown:
        flags = (*flags, "html_withheld")
    files = tuple(_mask_file(one, found) for one in parsed.attachments)
    masked = replace(
        parsed,
        subject=subject,
        text=text,
        reply_text=reply,
        quoted_text=quoted,
        html=shown,
        remote_pictures=tuple("" if secrets.find(one) else one for one in parsed.remote_pictures) if shown else (),
        sender=_mask_address(parsed.sender, found) if parsed.sender else None,
        to=tuple(_mask_address(one, found) for one in parsed.to),
        cc=tuple(_mask_address(one, found) for one in parsed.cc),
        flags=flags,
        attachments=(),
    )
    return MaskedMessage(masked, files, tuple(found.values()))


def mask_thread(parsed: ParsedMessage | StateChange) -> tuple[ParsedMessage | StateChange, tuple[FoundSecret, ...]]:
    """The same for what is said in an outside thread: its title and first message are masked with it."""
    found: dict[str, FoundSecret] = {}
    if isinstance(parsed, ParsedMessage):
        return _mask_said(parsed, found), tuple(found.values())
    message = _mask_said(parsed.message, found) if parsed.message else None
    masked = replace(
        parsed,
        message=message,
        thread=_mask_described(parsed.thread, found),
        moved_to=_mask_described(parsed.moved_to, found),
    )
    return masked, tuple(found.values())


def _mask_said(parsed: ParsedMessage, found: dict[str, FoundSecret]) -> ParsedMessage:
    masked = mask_message(parsed)
    found.update({one.original: one for one in masked.secrets})
    return replace(masked.parsed, thread=_mask_described(parsed.thread, found))


def _mask_described(thread: Thread | None, found: dict[str, FoundSecret]) -> Thread | None:
    if thread is None:
        return None
    first = _mask_said(thread.first, found) if thread.first else None
    return replace(thread, title=_mask(thread.title, found), first=first)


def _mask(text: str, found: dict[str, FoundSecret]) -> str:
    # PostgreSQL has no NUL in text.
    text = text.replace("\x00", "")
    masked = secrets.mask(text)
    for secret in masked.secrets:
        original = text[secret.start : secret.end]
        found.setdefault(original, FoundSecret(secret.kind, secret.mask, original))
    return masked.text


def _mask_html(source: str, found: dict[str, FoundSecret]) -> str:
    """Masked HTML, or "" when tags could still hide a secret in it: the plain text is shown then."""
    if not source:
        return ""
    masked = _mask(source, found)
    seen = html.to_text(masked)
    if secrets.find(seen) or any(original in seen for original in found):
        return ""
    return masked


def _mask_file(file: ParsedAttachment, found: dict[str, FoundSecret]) -> NewFile:
    masked = scan_bytes.mask_attachment(file.name, file.content_type, file.content)
    if masked.is_masked:
        text, _encoding = scan_bytes.decode(file.content)
        for secret in masked.secrets:
            original = text[secret.start : secret.end]
            found.setdefault(original, FoundSecret(secret.kind, secret.mask, original))
    return NewFile(
        _mask(file.name, found),
        file.content_type,
        masked.data,
        file.content_id,
        masked.is_masked,
        holds_secret=masked.must_seal,
    )


def _mask_address(address: Address, found: dict[str, FoundSecret]) -> Address:
    return Address(_mask(address.name, found), address.email.replace("\x00", ""), address.key)


def mask_source(raw: bytes) -> str:
    """A raw mail as text, fit to be shown: known secrets are masked, and encoded bodies are left out, since base64
    hides what it holds.
    """
    text = raw.decode("utf-8", "replace").replace("\x00", "�")
    return secrets.mask(_without_encoded_bodies(text)).text


def _without_encoded_bodies(text: str) -> str:
    lines: list[str] = []
    dropped = 0
    for line in text.splitlines():
        if len(line) >= ENCODED_LINE and ENCODED.fullmatch(line):
            dropped += 1
            continue
        if dropped:
            lines.append(f"[{dropped} encoded lines]")
            dropped = 0
        lines.append(line)
    return "\n".join([*lines, f"[{dropped} encoded lines]"] if dropped else lines)
