"""Which parts of a message are what a person reads, and which are files beside it."""

from __future__ import annotations

import html
import mimetypes
import re
from dataclasses import dataclass, field

from firstline.channels.base import ParsedAttachment
from firstline.channels.email import headers, tnef
from firstline.channels.email.charsets import decode
from firstline.channels.email.structure import Part, clean_file_name, is_container, uuencoded
from firstline.core.html import to_text

MAX_TEXT_BYTES = 2_000_000
"""What one text part may have to be shown; all of a longer one is a file beside its beginning."""

_DATA_IMAGE = re.compile(
    r"""(src\s*=\s*["']?)data:image/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s%]{40,})""", re.IGNORECASE
)
_SHOWN = ("text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html", "text/markdown")
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_FILES = {
    "text/calendar": "invite.ics",
    "text/csv": "table.csv",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "message/delivery-status": "delivery-status.txt",
    "message/feedback-report": "feedback-report.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "text/rfc822-headers": "headers.txt",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "encrypted.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/ms-tnef": "winmail.dat",
    "application/pdf": "document.pdf",
    "application/zip": "archive.zip",
    "image/jpeg": "image.jpg",
    "image/png": "image.png",
    "image/gif": "image.gif",
}


@dataclass(slots=True)
class Bodies:
    """What was found: pieces of plain text, pieces of HTML (either may stand in for the other), and files."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    files: list[ParsedAttachment] = field(default_factory=list)
    has_html: bool = False
    has_plain: bool = False
    is_cut: bool = False
    flags: list[str] = field(default_factory=list)

    def flag(self, flag: str) -> None:
        """Note something that a reader is told."""
        if flag not in self.flags:
            self.flags.append(flag)

    def both(self, plain: str, markup: str) -> None:
        """Add one piece in its two forms."""
        self.plain.append(plain)
        self.html.append(markup)


def collect(root: Part) -> Bodies:
    """Read the tree. Never raises; every part that is not shown as text ends among the files."""
    bodies = Bodies()
    _collect(root, bodies)
    return bodies


def _collect(part: Part, bodies: Bodies) -> None:
    if part.content_type == "multipart/alternative" and part.is_multipart:
        _alternative(part, bodies)
    elif part.is_multipart:
        for child in part.parts:
            _collect(child, bodies)
    elif _is_text(part) or part.content_type.startswith("multipart/"):
        _text(part, bodies)
    elif part.content_type in _TNEF or part.name.lower() == "winmail.dat":
        _unpack(part, bodies)
    else:
        _note(part, bodies)
        bodies.files.append(_file(part, len(bodies.files)))


def _note(part: Part, bodies: Bodies) -> None:
    """Mark what a reader is told of: an invitation, a shell that only its addressee can open, a signature."""
    if part.content_type == "text/calendar":
        bodies.flag("calendar")
    elif part.content_type == "application/pgp-encrypted":
        bodies.flag("encrypted")
    elif part.content_type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        bodies.flag("signed" if part.parameters.get("smime-type", "").lower() == "signed-data" else "encrypted")
    elif part.content_type in _SIGNATURES:
        bodies.flag("signed")


def _unpack(part: Part, bodies: Bodies) -> None:
    """The files within a `winmail.dat` stand beside the others, its text where there is no other; it is kept too."""
    bodies.files.append(_file(part, len(bodies.files)))
    unpacked = tnef.unpack(part.data())
    if unpacked is None:
        return
    bodies.flag("tnef")
    for file in unpacked.files:
        name = clean_file_name(file.name) or f"file-{len(bodies.files) + 1}"
        kind = file.content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        bodies.files.append(ParsedAttachment(name, kind, file.content))
    if not any(piece.strip() for piece in bodies.plain) and (unpacked.text or unpacked.html):
        text = unpacked.text or to_text(unpacked.html)
        bodies.both(text, unpacked.html or f"<div>{html.escape(text).replace(chr(10), '<br>')}</div>")


def _alternative(part: Part, bodies: Bodies) -> None:
    """The plain and the HTML form of one text; what is no text of its own (a calendar, an image) is a file."""
    plain, rich = Bodies(), Bodies()
    for child in part.parts:
        chosen = rich if _holds_html(child) else plain
        _collect(child, chosen)
    bodies.files += plain.files + rich.files
    for flag in (*plain.flags, *rich.flags):
        bodies.flag(flag)
    text = "\n".join(plain.plain)
    bodies.has_html |= rich.has_html
    bodies.has_plain |= plain.has_plain
    bodies.is_cut |= plain.is_cut or rich.is_cut
    bodies.plain += [text] if text.strip() else rich.plain
    bodies.html += rich.html or plain.html


def _holds_html(part: Part) -> bool:
    return any(one.content_type == "text/html" for one in part.walk())


def _is_text(part: Part) -> bool:
    if part.content_type not in (
        "text/plain",
        "text/html",
        "text/enriched",
        "text/richtext",
        "text/x-amp-html",
        "text/markdown",
    ):
        return False
    return part.disposition != "attachment" and not part.name


def _text(part: Part, bodies: Bodies) -> None:
    if part.content_type == "text/html":
        _markup(part, bodies)
    elif part.content_type != "text/x-amp-html":
        _plain(part, bodies)


def _markup(part: Part, bodies: Bodies) -> None:
    markup = _without_data_images(part.text(), bodies)
    if len(markup) > MAX_TEXT_BYTES:
        _keep_whole(part, "message.html", bodies)
        markup = markup[:MAX_TEXT_BYTES]
    bodies.both(to_text(markup), markup)
    bodies.has_html = True


def _plain(part: Part, bodies: Bodies) -> None:
    if len(part.body) > MAX_TEXT_BYTES:
        _keep_whole(part, "message.txt", bodies)
        part.body = part.body[:MAX_TEXT_BYTES]
    text = _without_uuencoded(part, bodies)
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    bodies.has_plain |= bool(text.strip())
    bodies.both(text, f"<div>{html.escape(text).replace(chr(10), '<br>')}</div>" if text.strip() else "")


def _keep_whole(part: Part, name: str, bodies: Bodies) -> None:
    bodies.files.append(ParsedAttachment(name, part.content_type, part.data()))
    bodies.is_cut = True


def _without_uuencoded(part: Part, bodies: Bodies) -> str:
    data = part.data()
    if b"begin" not in data:
        return part.text()
    kept, position = b"", 0
    for name, content, start, end in uuencoded(data):
        kept += data[position:start]
        position = end
        bodies.files.append(ParsedAttachment(clean_file_name(name) or "file", "application/octet-stream", content))
    text = decode(kept + data[position:], part.parameters.get("charset", ""))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_data_images(markup: str, bodies: Bodies) -> str:
    """Images that stand in the HTML itself become inline files, shown through their content id like any other."""

    def taken(match: re.Match[str]) -> str:
        number = sum(one.content_id.startswith("data-image-") for one in bodies.files) + 1
        if number > 20:
            return match[1]
        kind = match[2].lower().replace("jpg", "jpeg")
        content = headers.base64_bytes(match[3].encode("ascii"))
        content_id = f"data-image-{number}"
        bodies.files.append(ParsedAttachment(f"image-{number}.{kind}", f"image/{kind}", content, content_id, True))
        return f"{match[1]}cid:{content_id}"

    return _DATA_IMAGE.sub(taken, markup) if "data:image/" in markup else markup


def _file(part: Part, index: int) -> ParsedAttachment:
    data = part.body if is_container(part) and not _is_encoded(part) else part.data()
    name = part.name or _default_name(part, data, index)
    inline = bool(part.content_id) and part.disposition != "attachment" and part.content_type.startswith("image/")
    return ParsedAttachment(name, part.content_type, data, part.content_id, inline)


def _is_encoded(part: Part) -> bool:
    return part.headers.first("content-transfer-encoding").strip().lower() in ("base64", "quoted-printable")


def _default_name(part: Part, data: bytes, index: int) -> str:
    if is_container(part):
        subject = headers.split(data)[0].words("subject")
        return clean_file_name(f"{subject[:100]}.eml") if subject else "message.eml"
    return _FILES.get(part.content_type, f"file-{index + 1}")


def unflow(text: str, *, delete_space: bool) -> str:
    """Join the soft line breaks of `format=flowed` text (RFC 3676); quoted lines join only lines of their own depth."""
    out: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        if flows and delete_space:
            words = words[:-1]
        if open_depth == depth and words != "-- ":
            out[-1].append(words)
        else:
            out.append([">" * depth + " " if depth else "", words])
        open_depth = depth if flows else -1
    return "\n".join(line if line == "-- " else line.rstrip(" ") for line in map("".join, out))
