"""Header fields of messages and parts, read leniently (RFC 5322, 2045, 2047, 2231); every input gives a result."""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from firstline.channels.email.charsets import decode, encode

MAX_HEADER = 64 * 1024
MAX_FIELD = 16 * 1024
_MAX_SCANNED = 1024 * 1024

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_NAMED = re.compile(rb"[\w.\-/#]+[ \t]*:")
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r(?!\n)")
_LINES = re.compile(rb"\r\n|\n|\r")
_WORD = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
_PARAMETER = re.compile(r""";\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)""")
_NOT_BASE64 = bytes(set(range(256)) - set(string.ascii_letters.encode() + string.digits.encode() + b"+/="))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Headers:
    """The fields of one header, in order. Values are unfolded text in which encoded words still stand as written."""

    def __init__(self, fields: list[tuple[str, str]], *, cut: bool = False) -> None:
        self.fields = fields
        self.cut = cut

    def all(self, name: str) -> list[str]:
        """Every value of the field `name` (lower case), top first."""
        return [value for found, value in self.fields if found == name]

    def first(self, name: str) -> str:
        """The topmost value of the field, '' when there is none."""
        return next((value for found, value in self.fields if found == name), "")

    def words(self, name: str) -> str:
        """The topmost value with its encoded words read and its white space folded: what a person reads."""
        return " ".join(_CONTROL.sub("", decode_words(self.first(name))).split())

    def value_and_parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """A structured field such as Content-Type: its lower-case value and its parameters (RFC 2231 read)."""
        field = self.first(name)
        return field.partition(";")[0].strip().lower(), _parameters(field)


def split(raw: bytes) -> tuple[Headers, bytes]:
    """Separate a header from what follows it. At most `MAX_HEADER` bytes of fields are kept; `cut` says so."""
    start = re.match(rb"(?:\s*\n)?(?:>?From [^\n]*\n)*", raw)
    begin = start.end() if start else 0
    if raw[begin : begin + 2] in (b"\r\n", b"\n\n") or raw[begin : begin + 1] == b"\n":
        return Headers([]), raw[begin:].lstrip(b"\r\n")
    blank = _BLANK.search(raw, max(begin - 1, 0), begin + _MAX_SCANNED)
    end = blank.start() if blank else min(len(raw), begin + _MAX_SCANNED)
    rest = blank.end() if blank else end
    fields: list[tuple[str, str]] = []
    used, cut = 0, False
    for line in _unfolded(raw[begin:end]):
        match = _FIELD.match(line)
        if not match:
            if not fields and not re.match(rb"[^\n]*\n(?:[!-9;-~]+:[^\n]*\n){2}", raw[begin : begin + 20_000]):
                return Headers([]), raw[begin:]
            continue
        value = match[2][:MAX_FIELD]
        used += len(value)
        cut = cut or len(match[2]) > MAX_FIELD or used > MAX_HEADER
        if used <= MAX_HEADER:
            fields.append((match[1].decode("ascii").lower(), decode(value).strip()))
    return Headers(fields, cut=cut), raw[rest:]


def _unfolded(block: bytes) -> Iterator[bytes]:
    """The fields of a header, each on one line. A line that begins no field goes on with the one above, as it does
    where a relay has lost the white space of folded lines.
    """
    parts: list[bytes] = []
    for line in _LINES.split(block):
        if parts and (line[:1] in (b" ", b"\t") or (line and not _NAMED.match(line))):
            parts.append(b" " + line.lstrip(b" \t"))
        else:
            if parts:
                yield b"".join(parts)
            parts = [line]
    if parts:
        yield b"".join(parts)


def decode_words(value: str) -> str:
    """Read RFC 2047 encoded words, wherever they stand; neighbours of one charset are joined before decoding."""
    if "=?" not in value:
        return value
    out: list[str] = []
    charset, held, position = "", list[tuple[str, str]](), 0
    for match in _WORD.finditer(value):
        between = value[position : match.start()]
        label = match[1].partition("*")[0].lower()
        if held and (between.strip() or label != charset):
            out.append(decode(_words_bytes(held, charset), charset))
            held = []
        if between.strip() or (between and position == 0):
            out.append(between)
        charset, position = label, match.end()
        held.append((match[2].lower(), match[3]))
    if held:
        out.append(decode(_words_bytes(held, charset), charset))
    return "".join(out) + value[position:]


def _words_bytes(words: list[tuple[str, str]], charset: str) -> bytes:
    """The bytes of neighbouring words; base64 that was cut within a group of four is joined first."""
    data, cut = b"", ""
    for encoding, text in words:
        if encoding != "b":
            data += base64_bytes(cut.encode("utf-8", "replace"))
            data += binascii.a2b_qp(encode(text, charset), header=True)
            cut = ""
            continue
        cut += text
        if len(cut) % 4 == 0 or "=" in cut:
            data += base64_bytes(cut.encode("utf-8", "replace"))
            cut = ""
    return data + base64_bytes(cut.encode("utf-8", "replace"))


def base64_bytes(data: bytes) -> bytes:
    """Base64 that may be broken: foreign characters are skipped, missing padding is added, a lone last one dropped."""
    plain = data.translate(None, _NOT_BASE64)
    for candidate in (plain, plain.rstrip(b"=") + b"=" * (-len(plain.rstrip(b"=")) % 4), plain[:-1]):
        try:
            return binascii.a2b_base64(candidate)
        except binascii.Error:
            continue
    kept = plain.replace(b"=", b"")
    return binascii.a2b_base64(kept[: len(kept) // 4 * 4])


def _parameters(field: str) -> dict[str, str]:
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(field):
        name, value = match[1].lower(), match[2].strip()
        if value.startswith('"'):
            value = re.sub(r'\\(["\\])', r"\1", value[1:].removesuffix('"'))
        base, star, index = name.partition("*")
        if not star:
            found.setdefault(name, decode_words(value))
            continue
        number = index.rstrip("*")
        encoded = index.endswith("*") or not index
        pieces.setdefault(base, {})[int(number) if number.isdecimal() and len(number) < 4 else 0] = (value, encoded)
    found.update({base: _joined(parts) for base, parts in pieces.items()})
    return found


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: `charset'language'%41…` in the first piece, further pieces encoded or not."""
    ordered = [parts[index] for index in sorted(parts)]
    charset = ""
    data = b""
    for index, (value, encoded) in enumerate(ordered):
        if index == 0 and encoded and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        data += unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
    return decode(data, charset)
