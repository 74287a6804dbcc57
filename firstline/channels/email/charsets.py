"""Bytes to text when the label may lie: declared, then 7-bit Japanese, then strict UTF-8, then a guess, then cp1252."""

from __future__ import annotations

import codecs
import re

_ALIASES = {
    "gb2312": "gb18030",
    "iso-gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ansi_x3.110-1983": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "cp-850": "cp850",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
}
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_GUESSED_BYTES = 20_000


def decode(data: bytes, declared: str = "") -> str:
    """Text of `data`, whatever it is; never raises. NUL and lone surrogates are gone, line ends stay as they are."""
    return _NOT_TEXT.sub("", _decode(data, declared))


def encode(text: str, declared: str) -> bytes:
    """Bytes of `text` in the charset declared, in UTF-8 where that lacks the characters or is unknown; ASCII stays."""
    try:
        return text.encode("ascii" if text.isascii() else _codec(declared) or "utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _decode(data: bytes, declared: str) -> str:
    name = _codec(declared)
    if name and name != "ascii":
        try:
            return data.decode(name)
        except (UnicodeDecodeError, ValueError):
            pass
    if b"\x1b$" in data:
        try:
            return data.decode("iso2022_jp_2")
        except UnicodeDecodeError:
            return _japanese(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if name and name != "ascii" and _few_faults(data, name):
        return data.decode(name, "replace")
    return data.decode(_guess(data), "replace")


def _codec(declared: str) -> str:
    """Python's name of a charset label, '' for one that is unknown or is no text encoding."""
    words = declared.replace("\x00", "").strip().strip("\"'").split()
    label = words[0].partition("*")[0].lower().rstrip(";") if words else ""
    try:
        found = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return ""
    return found.name if found._is_text_encoding and found.name not in ("idna", "punycode", "undefined") else ""


_SWITCH = re.compile(rb"\x1b(\$[@B]|\([BJHI])")


def _japanese(data: bytes) -> str:
    """ISO-2022-JP with the vendors' extra characters, which no codec here knows: each pair moved to Shift JIS."""
    out: list[str] = []
    double, position = False, 0
    for match in [*_SWITCH.finditer(data), None]:
        piece = data[position : match.start() if match else len(data)]
        out.append(_shift_jis(piece) if double else piece.decode("ascii", "replace"))
        if match:
            double, position = match[1].startswith(b"$"), match.end()
    return "".join(out)


def _shift_jis(pairs: bytes) -> str:
    moved = bytearray()
    for high, low in zip(pairs[::2], pairs[1::2], strict=False):
        if not (0x21 <= high <= 0x7E and 0x21 <= low <= 0x7E):
            moved += b"?"
            continue
        row = (high - 0x21) // 2 + 0x81
        moved.append(row if row < 0xA0 else row + 0x40)
        moved.append(low + (0x1F if low < 0x60 else 0x20) if high % 2 else low + 0x7E)
    return moved.decode("cp932", "replace")


def _few_faults(data: bytes, name: str) -> bool:
    """Whether the declared charset fits but for a few damaged bytes (at most one in a hundred)."""
    return data.decode(name, "replace").count("�") * 100 <= len(data)


def _guess(data: bytes) -> str:
    import chardet

    name = _codec(str(chardet.detect(data[:_GUESSED_BYTES]).get("encoding") or ""))
    return name if name and name not in ("ascii", "utf-8") else "cp1252"
