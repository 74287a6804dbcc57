"""The MIME tree of a message, cut out of its bytes by our own hand (RFC 2046), with the limits of S-18.

The standard library's parser recurses once a level and reads every line in every level; this one finds boundaries in
one pass a level, to a fixed depth and a fixed number of parts, so that no message can make it slow.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from firstline.channels.email import headers
from firstline.channels.email.charsets import decode
from firstline.channels.email.headers import Headers

MAX_PARTS = 100
MAX_DEPTH = 20
_CONTAINERS = ("message/rfc822", "message/global", "message/news")
_BOUNDARY_END = re.compile(rb"(--)?[ \t]*(?:\r\n|\n|\r|\Z)")
_NAME_NOISE = re.compile('[\x00-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff/\\\\:*?"<>|]')


@dataclass(slots=True)
class Part:
    """One node. `body` is as transferred; `data` decodes it. `parts` are the children of a multipart."""

    headers: Headers
    body: bytes
    content_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    parts: list[Part] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        """Whether it was split into children."""
        return bool(self.parts)

    @property
    def content_id(self) -> str:
        """The Content-ID without its angle brackets, '' when there is none."""
        return self.headers.first("content-id").strip().strip("<>")[:250]

    def data(self) -> bytes:
        """The body with its transfer encoding undone; what is broken is read as far as it goes."""
        encoding = self.headers.first("content-transfer-encoding").partition(";")[0].strip().strip("\"'").lower()
        if encoding == "base64":
            return headers.base64_bytes(self.body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(self.body)
        if encoding in ("uuencode", "x-uuencode", "uue", "x-uue"):
            found = uuencoded(self.body)
            return found[0][1] if found else self.body
        return self.body

    def text(self) -> str:
        """The body as text with "\\n" line ends."""
        return decode(self.data(), self.parameters.get("charset", "")).replace("\r\n", "\n").replace("\r", "\n")

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in order."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(slots=True)
class _Count:
    parts: int = 0
    flags: list[str] = field(default_factory=list)

    def flag(self, flag: str) -> None:
        if flag not in self.flags:
            self.flags.append(flag)


def read(raw: bytes) -> tuple[Part, list[str]]:
    """The tree of a whole message and the limits it broke (`too_many_parts`, `too_deep`, `header_too_long`)."""
    count = _Count()
    root = _part(raw, count, depth=0, default="text/plain")
    return root, count.flags


def _part(raw: bytes, count: _Count, *, depth: int, default: str) -> Part:
    count.parts += 1
    fields, body = headers.split(raw)
    if fields.cut:
        count.flag("header_too_long")
    content_type, parameters = fields.value_and_parameters("content-type")
    if not re.fullmatch(r"[a-z]+/[\w.+-]+", content_type):
        content_type = {"text": "text/plain", "html": "text/html"}.get(content_type, default)
    disposition, more = fields.value_and_parameters("content-disposition")
    part = Part(fields, body, content_type, parameters, disposition, "")
    part.name = clean_file_name(more.get("filename") or parameters.get("name") or "")
    boundary = parameters.get("boundary", "")
    if content_type.startswith("multipart/"):
        if depth >= MAX_DEPTH:
            count.flag("too_deep")
        elif boundary:
            below = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
            for piece in (*_swallowed(fields, body, boundary), *_pieces(body, boundary)):
                if count.parts >= MAX_PARTS:
                    count.flag("too_many_parts")
                    break
                part.parts.append(_part(piece, count, depth=depth + 1, default=below))
    return part


def _swallowed(fields: Headers, body: bytes, boundary: str) -> Iterator[bytes]:
    """A first part that lost its boundary line: its fields then stand in the multipart's own header, so that there are
    two Content-Types, and its text in the preamble, which nobody is shown (RFC 2046 section 5.1.1).
    """
    types = fields.all("content-type")
    if len(types) > 1 and types[1].lstrip().lower().startswith("text/"):
        encoding = fields.first("content-transfer-encoding")
        preamble = body.partition(b"--" + boundary.encode("utf-8", "replace"))[0]
        head = f"Content-Type: {types[1]}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
        yield head.encode("utf-8", "replace") + preamble


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    """The bytes between boundary lines; a missing last boundary ends at the end."""
    mark = b"--" + boundary.encode("utf-8", "replace")
    start: int | None = None
    position = 0
    while (found := body.find(mark, position)) >= 0:
        position = found + len(mark)
        line = _BOUNDARY_END.match(body, position)
        if line is None or (found > 0 and body[found - 1] not in b"\r\n"):
            continue
        if line[1] and start is not None and _is_inner(body[start:found], boundary + "--"):
            continue
        if start is not None:
            end = found - 2 if body[found - 2 : found] == b"\r\n" else found - 1
            yield body[start : max(end, start)]
        if line[1]:
            return
        start = position = line.end()
    if start is not None and body[start:].strip():
        yield body[start:]


def _is_inner(piece: bytes, boundary: str) -> bool:
    """Whether a line that would end a multipart begins a part within its last one, whose boundary is the longer by two
    dashes, and which has not ended yet.
    """
    fields, body = headers.split(piece)
    inner = fields.value_and_parameters("content-type")[1].get("boundary", "")
    return inner == boundary and b"--" + inner.encode("utf-8", "replace") + b"--" not in body


def is_container(part: Part) -> bool:
    """Whether the part is a whole message of its own, which is kept as a file."""
    return part.content_type in _CONTAINERS


def clean_file_name(name: str) -> str:
    """A name for showing: NFKC, no path, no control, zero-width or direction marks, ≤ 200 characters (S-22)."""
    plain = unicodedata.normalize("NFKC", name)
    plain = plain.replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = " ".join(_NAME_NOISE.sub("", plain).split()).strip(" ")
    stem, dot, extension = plain.rpartition(".")
    if len(plain) > 200:
        plain = f"{stem[:180]}{dot}{extension[:19]}" if dot else plain[:200]
    return "" if plain.strip(".") == "" else plain


_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)


def uuencoded(body: bytes) -> list[tuple[str, bytes, int, int]]:
    """Files that stand uuencoded in a text: (name, content, start, end) with offsets into `body`."""
    found: list[tuple[str, bytes, int, int]] = []
    position = 0
    while len(found) < MAX_PARTS and (begin := _BEGIN.search(body, position)):
        end = _END.search(body, begin.end())
        if not end:
            break
        content = _uudecode(body[begin.end() : end.start()])
        if content is not None:
            found.append((decode(begin[1]), content, begin.start(), end.end()))
        position = end.end()
    return found


def _uudecode(lines: bytes) -> bytes | None:
    out = []
    for line in lines.splitlines():
        if not line or line == b"`":
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                return None
    return b"".join(out)
