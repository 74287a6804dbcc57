"""Files and secrets, sealed before they are kept."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from firstline.conversations.models import Attachment, Conversation, Draft, Message, Note, SealedSecret
from firstline.core import blobs, clock, sealing

SECRET_LIFETIME = timedelta(days=7)
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A credential as it stood in a text, and what is shown instead."""

    kind: str
    mask: str
    original: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to keep; `content` of text files is masked already."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    is_masked: bool = False
    holds_secret: bool = False


def keep_secrets(conversation: Conversation, message: Message | None, found: Sequence[FoundSecret]) -> None:
    """Seal each original under a key of its own, to be shredded after seven days (P-11)."""
    expires_at = clock.now() + SECRET_LIFETIME
    rows = []
    for secret in found:
        sealed = sealing.seal(secret.original.encode())
        rows.append(
            SealedSecret(
                conversation=conversation,
                message=message,
                kind=secret.kind[:40],
                mask=secret.mask[:120],
                ciphertext=sealed.ciphertext,
                wrapped_key=sealed.wrapped_key,
                expires_at=expires_at,
            )
        )
    if rows:
        SealedSecret.objects.bulk_create(rows)


def keep_files(
    files: Sequence[NewFile], *, message: Message | None = None, note: Note | None = None, draft: Draft | None = None
) -> list[Attachment]:
    """Seal each file under a random name; the given name is display only (S-22)."""
    rows = []
    for file in files:
        sealed = sealing.seal(file.content)
        rows.append(
            Attachment(
                message=message,
                note=note,
                draft=draft,
                name=display_name(file.name),
                content_type=file.content_type[:120],
                size=len(file.content),
                storage_key=blobs.write(sealed.ciphertext),
                wrapped_key=sealed.wrapped_key,
                content_id=file.content_id[:200],
                is_masked=file.is_masked,
                holds_secret=file.holds_secret,
            )
        )
    return Attachment.objects.bulk_create(rows) if rows else []


def read_file(attachment: Attachment) -> bytes:
    """The bytes of a kept file. Raises SealBroken or FileNotFoundError."""
    return sealing.unseal(blobs.read(attachment.storage_key), attachment.wrapped_key)


def display_name(name: str) -> str:
    """A name safe to show: NFKC, no control, format or direction characters, no path, at most 200 characters."""
    normal = unicodedata.normalize("NFKC", name)
    visible = "".join(character for character in normal if unicodedata.category(character)[0] != "C")
    last = visible.replace("\\", "/").rsplit("/", 1)[-1].strip().lstrip(".")
    return last[-NAME_LENGTH:] or "file"
