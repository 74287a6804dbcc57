"""What attached logs say: text files, npm debug logs and the text files of an archive, masked and cut to what matters.

Caps: `MOST_FILES` files, the head and tail of each, archives one level deep with the limits of `scan_bytes`. What can't
be read (encrypted, damaged, a bomb, an archive in an archive) is left out and said so, never guessed at.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from firstline.evidence import scan_bytes, secrets

MOST_FILES = 5
FILE_HEAD = 20_000  # code points: the command and the versions
FILE_TAIL = 80_000  # and the error

_LOG_FIRST = re.compile(r"(?i)debug|error|\.log$|log\.txt$|report")
_NOT_A_LOG = re.compile(
    r"(?i)(?:^|/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|npm-shrinkwrap\.json|poetry\.lock|cargo\.lock"
    r"|composer\.lock|gemfile\.lock)$"
)


@dataclass(frozen=True, slots=True)
class File:
    """An attached file as it came: name, declared type and bytes."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FilesRead:
    """`texts` are masked, most telling first, each with its name; `unread` names what could not be looked into."""

    texts: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]

    @property
    def text(self) -> str:
        """All texts as one paste, the most telling last: that is where a diagnosis looks for the error."""
        return "\n".join(text for _, text in reversed(self.texts))


def from_files(files: Iterable[File]) -> FilesRead:
    """The logs among the files, ready for `diagnose`; never raises on damaged input."""
    texts: list[tuple[str, str]] = []
    unread: list[str] = []
    for name, data in _opened(files, unread):
        texts.append((name, _cut(scan_bytes.decode(data)[0])))
    texts.sort(key=lambda one: _LOG_FIRST.search(one[0]) is None)
    return FilesRead(tuple((name, secrets.mask(text).text) for name, text in texts[:MOST_FILES]), tuple(unread))


def _opened(files: Iterable[File], unread: list[str]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        if scan_bytes.is_archive(file.name, file.content_type, file.data):
            yield from _members(file, unread)
        elif scan_bytes.is_text(file.name, file.content_type, file.data) and not _NOT_A_LOG.search(file.name):
            yield file.name, file.data


def _members(file: File, unread: list[str]) -> Iterator[tuple[str, bytes]]:
    left = scan_bytes.LARGEST_ARCHIVE
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not _NOT_A_LOG.search(one.filename)]
            if len(members) > scan_bytes.MOST_MEMBERS:
                unread.append(file.name)
            for member in members[: scan_bytes.MOST_MEMBERS]:
                data = scan_bytes.unpacked(archive, member, min(left, scan_bytes.LARGEST_TEXT))
                if data is None or scan_bytes.is_archive(member.filename, "", data):
                    unread.append(f"{file.name}/{member.filename}")
                    continue
                left -= len(data)
                if scan_bytes.is_text(member.filename, "", data):
                    yield f"{file.name}/{member.filename}", data
    except (zipfile.BadZipFile, ValueError, EOFError):
        unread.append(file.name)


def _cut(text: str) -> str:
    if len(text) <= FILE_HEAD + FILE_TAIL:
        return text
    head, tail = text[:FILE_HEAD].rpartition("\n")[0], text[-FILE_TAIL:].partition("\n")[2]
    return f"{head or text[:FILE_HEAD]}\n{tail or text[-FILE_TAIL:]}"
