"""A message of the desk to the bytes of a mail (RFC 5322, 2045 to 2047, 2231, 3834). No value can add a header."""

from __future__ import annotations

import email.encoders
import email.header
import email.utils
import re
from email import charset
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32

from firstline.channels.base import Address, OutgoingAttachment, OutgoingMessage

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_ID = re.compile(r"<[^<>\s\x00-\x20\x7f]{1,990}>")
_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_MAX_REFERENCES = 30
_WIRE = compat32.clone(linesep="\r\n", max_line_length=None)


def build(outgoing: OutgoingMessage) -> bytes:
    """The whole mail with CRLF line ends. Raises ValueError for a Message-ID or an address that is none."""
    body = _body(outgoing)
    lines = [f"{name}: {value}" for name, value in header_fields(outgoing) if value]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n" + body.as_bytes(policy=_WIRE)


def header_fields(outgoing: OutgoingMessage) -> list[tuple[str, str]]:
    """The header in order, folded and encoded as it goes over the wire; empty values are left out by the caller."""
    references = _references(outgoing)
    fields = [
        ("From", mailbox(outgoing.sender)),
        ("To", _mailboxes(outgoing.to)),
        ("Cc", _mailboxes(outgoing.cc)),
        ("Reply-To", mailbox(Address("", outgoing.reply_to)) if outgoing.reply_to else ""),
        ("Subject", _words(outgoing.subject, "Subject")),
        ("Date", email.utils.format_datetime(outgoing.date)),
        ("Message-ID", _one_id(outgoing.message_id)),
        ("In-Reply-To", _one_id(outgoing.in_reply_to) if outgoing.in_reply_to else ""),
        ("References", "\r\n ".join(references)),
    ]
    if outgoing.automatic:
        fields += [("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "bulk")]
    return fields


def _references(outgoing: OutgoingMessage) -> list[str]:
    found = [one for one in outgoing.references if _ID.fullmatch(one)]
    if outgoing.in_reply_to and outgoing.in_reply_to not in found:
        found.append(outgoing.in_reply_to)
    return found if len(found) <= _MAX_REFERENCES else found[:1] + found[1 - _MAX_REFERENCES :]


def _one_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(f"Not a Message-ID: {value[:80]!r}")
    return value


def _mailboxes(addresses: tuple[Address, ...]) -> str:
    return ",\r\n ".join(mailbox(address) for address in addresses)


def mailbox(address: Address) -> str:
    """One address as a header value. Raises ValueError when it is none."""
    spec = wire_address(address.email)
    name = " ".join(_CONTROL.sub(" ", address.name).split())
    if not name:
        return spec
    if name.isascii():
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        return f'"{quoted}" <{spec}>' if re.search(r"[^\w\s!#$%&\'*+/=?^`{|}~-]|=\?", name) else f"{name} <{spec}>"
    return f"{_words(name, 'From')} <{spec}>"


def wire_address(address: str) -> str:
    """The address as it goes over the wire: its domain in ASCII (IDNA). Raises ValueError when it is no address."""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>(),;:\\\"\x00-\x20\x7f]", address):
        raise ValueError("Not an address that mail can be sent to.")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise ValueError("Not a domain that mail can be sent to.") from error


def _words(text: str, name: str) -> str:
    plain = " ".join(_CONTROL.sub(" ", text).split())[:900]
    if plain.isascii() and "=?" not in plain:
        return plain
    return email.header.Header(plain, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _body(outgoing: OutgoingMessage) -> Message:
    content: Message = _text(outgoing.text, "plain")
    if outgoing.html:
        rich: Message = _text(outgoing.html, "html")
        images = [one for one in outgoing.attachments if one.content_id]
        if images:
            rich = _multipart("related", [rich, *map(_file, images)])
        content = _multipart("alternative", [content, rich])
    files = [one for one in outgoing.attachments if not (one.content_id and outgoing.html)]
    return _multipart("mixed", [content, *map(_file, files)]) if files else content


def _multipart(kind: str, parts: list[Message]) -> Message:
    whole = MIMEMultipart(kind)
    for part in parts:
        if "MIME-Version" in part:
            del part["MIME-Version"]
        whole.attach(part)
    return whole


def _text(text: str, kind: str) -> Message:
    utf8 = charset.Charset("utf-8")
    utf8.body_encoding = charset.QP
    part = MIMENonMultipart("text", kind, charset="utf-8")
    part.set_payload(text.replace("\r\n", "\n").replace("\r", "\n") + ("" if text.endswith("\n") else "\n"), utf8)
    return part


def _file(attachment: OutgoingAttachment) -> Message:
    kind = attachment.content_type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    part = MIMEBase(*kind.split("/"))
    part.set_payload(attachment.content)
    email.encoders.encode_base64(part)
    name = _CONTROL.sub("", attachment.name)[:200] or "file"
    shown = name if name.isascii() and not re.search(r'["\\]', name) else ("utf-8", "", name)
    part.add_header("Content-Disposition", "inline" if attachment.content_id else "attachment", filename=shown)
    if attachment.content_id:
        part["Content-ID"] = _one_id(f"<{attachment.content_id}>")
    return part
