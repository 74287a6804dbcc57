"""Secrets in attachments: text kinds are masked, archives are looked into one level deep and only reported.

Caps (trust-and-safety P-10): 5 MB per text, 200 members and 20 MB unpacked per archive, depth 1.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from firstline.evidence.secrets import Secret, find, replace

LARGEST_TEXT = 5_000_000
LARGEST_ARCHIVE = 20_000_000
MOST_MEMBERS = 200

_TEXT_TYPE = re.compile(
    r"text/.*|message/rfc822|.*\+(?:json|xml|yaml)"
    r"|application/(?:json|xml|x?-?yaml|toml|(?:x-)?javascript|x-sh|x-shellscript|x-ndjson|sql|x-pem-file)"
)
_TEXT_NAME = re.compile(
    r".*\.(?:npmrc|yarnrc|pypirc|netrc|env|log|txt|json|jsonl|ndjson|ya?ml|toml|ini|cfg|conf|md|csv|xml|har|sh|pem|key"
    r"|patch|diff|out|lock)"
)
_ARCHIVE_TYPES = frozenset({"application/zip", "application/x-zip-compressed", "application/java-archive"})


@dataclass(frozen=True, slots=True)
class MaskedAttachment:
    """What may be stored in place of an attachment, and what was found in it.

    `data` is the masked bytes for text and the untouched bytes otherwise; `is_masked` says that `data` differs from
    what arrived. For an archive with secrets `data` is untouched and `must_seal` is true: the bytes can't be masked in
    place, so they may only be kept encrypted. `unscanned` is true when size or damage kept us from looking.
    """

    data: bytes
    secrets: tuple[Secret, ...] = ()
    is_masked: bool = False
    must_seal: bool = False
    unscanned: bool = False


def mask_attachment(name: str, content_type: str, data: bytes) -> MaskedAttachment:
    """The attachment with secrets masked; never raises on damaged input (spans: code points of its text)."""
    if is_archive(name, content_type, data):
        return _look_into(data)
    if not is_text(name, content_type, data):
        return MaskedAttachment(data)
    if len(data) > LARGEST_TEXT:
        return MaskedAttachment(data, unscanned=True)
    text, encoding = decode(data)
    secrets = find(text)
    if not secrets:
        return MaskedAttachment(data)
    masked = replace(text, secrets).encode(_able_to_mask(encoding), "replace")
    return MaskedAttachment(masked, tuple(secrets), is_masked=True)


def is_text(name: str, content_type: str, data: bytes) -> bool:
    """Whether the attachment is text by its declared type, its name or, when both are silent, its first bytes."""
    kind = content_type.partition(";")[0].strip().lower()
    if _TEXT_TYPE.fullmatch(kind) or _TEXT_NAME.fullmatch(name.lower()):
        return True
    if kind.startswith(("image/", "audio/", "video/", "font/")) or kind == "application/pdf":
        return False
    head = data[:2000]
    return bool(head) and b"\0" not in head and sum(byte < 9 or 13 < byte < 27 for byte in head) == 0


def is_archive(name: str, content_type: str, data: bytes) -> bool:
    """Whether the bytes are a zip file, whatever the name claims."""
    kind = content_type.partition(";")[0].strip().lower()
    return data[:4] == b"PK\x03\x04" or (
        data[:2] == b"PK" and (kind in _ARCHIVE_TYPES or name.lower().endswith(".zip"))
    )


def decode(data: bytes) -> tuple[str, str]:
    """Text and the codec that gave it; undecodable UTF-8 falls back to Latin-1, which keeps every byte."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    if data[1:2] == b"\0" and data[3:4] == b"\0":
        return data.decode("utf-16-le", "replace"), "utf-16-le"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _able_to_mask(encoding: str) -> str:
    return "utf-8" if encoding == "latin-1" else encoding  # the dots of a mask don't exist in Latin-1


def _look_into(data: bytes) -> MaskedAttachment:
    secrets: list[Secret] = []
    unscanned = False
    left = LARGEST_ARCHIVE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            unscanned = len(members) > MOST_MEMBERS
            for member in members[:MOST_MEMBERS]:
                content = unpacked(archive, member, min(left, LARGEST_TEXT))
                if content is None:
                    unscanned = True
                    continue
                left -= len(content)
                if is_text(member.filename, "", content):
                    secrets += find(decode(content)[0])
    except (zipfile.BadZipFile, ValueError, EOFError):
        unscanned = True
    return MaskedAttachment(data, tuple(secrets), must_seal=bool(secrets), unscanned=unscanned)


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes | None:
    """Bytes of the member, or None when it is encrypted, damaged or larger than `limit` once unpacked."""
    if member.flag_bits & 1 or limit <= 0:
        return None
    try:
        with archive.open(member) as stream:
            content = stream.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        return None
    return None if len(content) > limit else content
