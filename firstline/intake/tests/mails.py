"""Raw mails as tests offer them."""

from email.message import EmailMessage
from email.utils import make_msgid


def raw_mail(
    *,
    sender: str = "Casey Moss <casey@example.org>",
    to: str = "support@localhost",
    subject: str = "404 when I publish",
    text: str = "npm publish says 404 since this morning. What is wrong?",
    message_id: str = "",
    in_reply_to: str = "",
    headers: dict[str, str] | None = None,
    html: str = "",
    files: dict[str, bytes] | None = None,
) -> bytes:
    """An RFC 5322 message with CRLF line ends."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 09:14:00 +0000"
    message["Message-ID"] = message_id or make_msgid(domain="example.org")
    if in_reply_to:
        message["In-Reply-To"] = in_reply_to
        message["References"] = in_reply_to
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
