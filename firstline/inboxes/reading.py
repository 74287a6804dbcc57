"""A kept mail as plain text."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from firstline.core import html, sealing
from firstline.inboxes.models import KeptMail

SHOWN_HEADERS = (
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
)


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """What a kept mail says: chosen headers in order, its text, the names of attached files."""

    headers: list[tuple[str, str]]
    text: str
    attachments: list[tuple[str, int]]


def raw_of(mail: KeptMail) -> bytes:
    """The mail byte for byte, decrypted in memory."""
    return sealing.unseal(bytes(mail.ciphertext), bytes(mail.wrapped_key))


def opened(mail: KeptMail) -> OpenedMail:
    """The mail decrypted and read; HTML is turned into text, never shown."""
    message = message_from_bytes(raw_of(mail), policy=policy.default)
    headers = [(name, str(message[name])) for name in SHOWN_HEADERS if message[name]]
    attachments = [
        (part.get_filename() or part.get_content_type(), len(part.get_payload(decode=True) or b""))
        for part in message.iter_attachments()
        if isinstance(part, EmailMessage)
    ]
    return OpenedMail(headers, _text(message), attachments)


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    content = body.get_content()
    return html.to_text(content) if body.get_content_subtype() == "html" else str(content)
