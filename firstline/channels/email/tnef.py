"""What Outlook packs into `winmail.dat`: the files and the text within a TNEF stream (MS-OXTNEF). Never raises."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from firstline.channels.email.charsets import decode

MAX_FILES = 50
_SIGNATURE = 0x223E9F78
_BODY, _PROPERTIES = 0x800C, 0x9003
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_PLAIN, _HTML, _LONG_NAME, _MIME_TYPE = 0x1000, 0x1013, 0x3707, 0x370E
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_TEXT, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102


@dataclass(slots=True)
class File:
    """One packed file; `content_type` is '' when the stream names none."""

    name: str = ""
    content_type: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Unpacked:
    """What was in the stream: plain text and HTML ('' for none), and files."""

    text: str = ""
    html: str = ""
    files: list[File] = field(default_factory=list)


def unpack(data: bytes) -> Unpacked | None:
    """Read a stream as far as it is whole; None for what is no TNEF."""
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    found = Unpacked()
    for number, value in _attributes(data):
        if number == _NEW_FILE:
            if len(found.files) >= MAX_FILES:
                break
            found.files.append(File())
        elif number == _BODY:
            found.text = _string(value)
        elif number == _PROPERTIES:
            _read_message(found, value)
        elif found.files:
            _read_file(found.files[-1], number, value)
    found.files = [one for one in found.files if one.content]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 9 <= len(data):
        _, number, length = struct.unpack_from("<BII", data, position)
        start = position + 9
        if start + length > len(data):
            return
        yield number & 0xFFFF, data[start : start + length]
        position = start + length + 2


def _read_message(found: Unpacked, value: bytes) -> None:
    for number, content in _properties(value):
        if number == _PLAIN:
            found.text = found.text or _string(content)
        elif number == _HTML:
            found.html = _string(content)


def _read_file(file: File, number: int, value: bytes) -> None:
    if number == _TITLE:
        file.name = file.name or _string(value)
    elif number == _DATA:
        file.content = value
    elif number == _FILE_PROPERTIES:
        for inner, content in _properties(value):
            if inner == _LONG_NAME:
                file.name = _string(content)
            elif inner == _MIME_TYPE:
                file.content_type = _string(content).lower()


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The MAPI properties of a block, each with its (first) value; stops at the first thing that is not understood."""
    try:
        position = 4
        for _ in range(min(struct.unpack_from("<I", data)[0], 2000)):
            kind, number = struct.unpack_from("<HH", data, position)
            position += 4
            if number >= 0x8000:
                position = _after_name(data, position)
            for value, after in _values(data, kind, position):
                yield number, value
                position = after
    except (struct.error, ValueError):
        return


def _after_name(data: bytes, position: int) -> int:
    """Past the GUID and the number or the name of a named property."""
    (kind,) = struct.unpack_from("<I", data, position + 16)
    if kind == 0:
        return position + 24
    (length,) = struct.unpack_from("<I", data, position + 20)
    return position + 24 + _padded(length)


def _values(data: bytes, kind: int, position: int) -> Iterator[tuple[bytes, int]]:
    """Each value of one property with the place after it. Raises ValueError for an unknown type or a broken length."""
    size = _FIXED.get(kind & 0x0FFF)
    counted = kind & 0x1000 or size is None
    count = 1
    if counted:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
    if count > 1000 or (size is None and kind & 0x0FFF not in (_TEXT, _UNICODE, _OBJECT, _BINARY)):
        raise ValueError("A property that can't be read.")
    for _ in range(count):
        length = size
        if length is None:
            (length,) = struct.unpack_from("<I", data, position)
            position += 4
        if position + length > len(data):
            raise ValueError("A value longer than its block.")
        value = data[position : position + length]
        position += _padded(length)
        yield (value.decode("utf-16-le", "replace").encode() if kind & 0x0FFF == _UNICODE else value), position


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4


def _string(value: bytes) -> str:
    return decode(value).rstrip("\x00").replace("\r\n", "\n")
