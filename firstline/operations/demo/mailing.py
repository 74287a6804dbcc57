"""Letters of the story as raw mails (RFC 5322, MIME), each in the shape of the program that its writer uses. Pure."""

import hashlib
import html
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from firstline.operations.demo import quoting
from firstline.operations.demo.quoting import Quoted
from firstline.operations.demo.script import Person

FLOWED_WIDTH = 72
ON_THE_WAY = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class File:
    """One attachment."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody writes. `written` is aware; `quoted` is the mail that it answers."""

    writer: Person
    to: Sequence[tuple[str, str]]
    subject: str
    text: str
    written: datetime
    cc: Sequence[tuple[str, str]] = ()
    quoted: Quoted | None = None
    files: Sequence[File] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def build(letter: Letter) -> bytes:
    """The whole mail with CRLF line ends, the same bytes for the same letter."""
    mail = EmailMessage(policy=SMTP)
    domain = letter.writer.address.partition("@")[2]
    mail["Received"] = (
        f"from mail.{domain} (mail.{domain} [192.0.2.{_number(domain) % 200 + 10}]) by mx.orbit.example with ESMTPS "
        f"id {_digest(letter)[:10].upper()}; {format_datetime(letter.written + ON_THE_WAY)}"
    )
    mail["From"] = _mailbox(letter.writer.name, letter.writer.address)
    mail["To"] = [_mailbox(name, address) for name, address in letter.to]
    if letter.cc:
        mail["Cc"] = [_mailbox(name, address) for name, address in letter.cc]
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.written)
    mail["Message-ID"] = f"<{_digest(letter)[:24]}@{domain}>"
    if letter.quoted:
        mail["In-Reply-To"] = letter.quoted.message_id
        mail["References"] = " ".join([*letter.quoted.references, letter.quoted.message_id])
    for name, value in letter.headers.items():
        mail[name] = value
    CLIENTS[letter.writer.client](mail, letter)
    _fix_boundaries(mail, letter)
    for file in letter.files:
        kind, _, subtype = file.content_type.partition("/")
        mail.add_attachment(file.content, kind, subtype, filename=file.name)
    _fix_boundaries(mail, letter)
    return mail.as_bytes()


def bounce(returned: Quoted, recipient: str, at: datetime, reply_to: str) -> bytes:
    """A delivery report (RFC 3464) of the recipient's server about our mail: the mailbox is full."""
    domain = recipient.partition("@")[2]
    boundary = f"{hashlib.sha256(returned.message_id.encode()).hexdigest()[:16]}/mail.{domain}"
    lines = [
        "Return-Path: <>",
        f"Date: {format_datetime(at)}",
        f"From: MAILER-DAEMON@mail.{domain} (Mail Delivery System)",
        "Subject: Undelivered Mail Returned to Sender",
        f"To: {reply_to}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        f"Message-ID: <{boundary.partition('/')[0]}@mail.{domain}>",
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        f"This is the mail system at host mail.{domain}.",
        "",
        "I'm sorry to have to inform you that your message could not",
        "be delivered to one or more recipients. It's attached below.",
        "",
        f"<{recipient}>: host mail.{domain}[192.0.2.44] said: 552 5.2.2",
        "    Mailbox full, quota exceeded (in reply to RCPT TO command)",
        "",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; mail.{domain}",
        f"Arrival-Date: {format_datetime(at)}",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        "Action: failed",
        "Status: 5.2.2",
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full, quota exceeded",
        "",
        f"--{boundary}",
        "Content-Type: text/rfc822-headers",
        "",
        f"From: {returned.name} <{returned.address}>",
        f"To: {recipient}",
        f"Subject: {returned.subject}",
        f"Message-ID: {returned.message_id}",
        "",
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _gmail(mail: EmailMessage, letter: Letter) -> None:
    shown = f'<div dir="ltr">{_lines(letter.text)}</div>'
    if letter.quoted:
        shown += (
            '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
            f'{html.escape(_attribution(letter))}<br></div><blockquote class="gmail_quote">'
            f"{_lines(letter.quoted.text)}</blockquote></div>"
        )
    mail.set_content(_answer(letter), cte="quoted-printable")
    mail.add_alternative(shown, subtype="html", cte="quoted-printable")


def _apple(mail: EmailMessage, letter: Letter) -> None:
    mail["X-Mailer"] = "Apple Mail (2.3826.300.87.4.3)"
    mail.set_content(_answer(letter), cte="quoted-printable")


def _phone(mail: EmailMessage, letter: Letter) -> None:
    mail["X-Mailer"] = "iPhone Mail (22G86)"
    mail.set_content(_answer(letter, "\n\nSent from my iPhone"), cte="quoted-printable")


def _thunderbird(mail: EmailMessage, letter: Letter) -> None:
    mail["User-Agent"] = "Mozilla Thunderbird"
    mail.set_content(_flow(_answer(letter)), cte="8bit", params={"format": "flowed"})


def _latin(mail: EmailMessage, letter: Letter) -> None:
    """A web mailer that still writes ISO 8859-1."""
    mail["X-Mailer"] = "Kontor Webmail 4.2"
    mail.set_content(_answer(letter), charset="iso-8859-1", cte="quoted-printable")


def _html_only(mail: EmailMessage, letter: Letter) -> None:
    quoted = letter.quoted
    shown = f'<html><head></head><body><div style="font-family: Verdana;font-size: 12px;">{_lines(letter.text)}'
    if quoted:
        shown += (
            '<div>&nbsp;</div><div name="quote" style="margin:10px 5px 5px 10px;border-left:2px solid #C3D9E5;">'
            f"<div><b>{html.escape(_attribution(letter))}</b></div><div>{_lines(quoted.text)}</div></div>"
        )
    mail.set_content(shown + "</div></body></html>", subtype="html", cte="quoted-printable")


def _mutt(mail: EmailMessage, letter: Letter) -> None:
    mail["User-Agent"] = "Mutt/2.2.13 (2024-03-09)"
    mail.set_content(quoting.below(letter.text, letter.quoted, _attribution(letter)), cte="8bit")


def _sealed_post(mail: EmailMessage, letter: Letter) -> None:
    """A privacy-minded web mailer: everything in base64."""
    mail.set_content(_answer(letter), cte="base64")
    mail.add_alternative(f"<div>{_lines(_answer(letter))}</div>", subtype="html", cte="base64")


def _japanese(mail: EmailMessage, letter: Letter) -> None:
    mail["X-Mailer"] = "Kaze Mail 8.1"
    mail.set_content(_answer(letter), charset="iso-2022-jp", cte="base64")


def _outlook(mail: EmailMessage, letter: Letter) -> None:
    """Word's HTML, a logo from afar in the signature, and the answered mail below a rule."""
    mail["Thread-Topic"] = letter.subject.removeprefix("RE: ")
    mail["X-Mailer"] = "Microsoft Outlook 16.0"
    plain, shown = letter.text, _paragraphs(letter.text)
    domain = letter.writer.address.partition("@")[2]
    shown += (
        f'<p class="MsoNormal"><img width="120" height="32" src="https://{domain}/mail/logo.png" alt="{domain}"></p>'
    )
    if letter.quoted:
        fields = quoting.outlook_fields(letter.quoted, letter.writer.address)
        plain += "\n\n" + "\n".join(f"{name}: {value}" for name, value in fields) + f"\n\n{letter.quoted.text}"
        block = "<br>".join(f"<b>{name}:</b> {html.escape(value)}" for name, value in fields)
        shown += (
            '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
            f'<p class="MsoNormal">{block}</p></div></div>{_paragraphs(letter.quoted.text)}'
        )
    head = "<style><!--\np.MsoNormal {margin:0cm;font-size:11.0pt;font-family:Aptos,sans-serif;}\n--></style>"
    page = f'<html><head>{head}</head><body lang="EN-GB"><div class="WordSection1">{shown}</div></body></html>'
    mail.set_content(plain, charset="windows-1252", cte="quoted-printable")
    mail.add_alternative(page, subtype="html", charset="windows-1252", cte="quoted-printable")


CLIENTS: Mapping[str, Callable[[EmailMessage, Letter], None]] = {
    "gmail": _gmail,
    "apple": _apple,
    "phone": _phone,
    "thunderbird": _thunderbird,
    "latin": _latin,
    "html-only": _html_only,
    "mutt": _mutt,
    "sealed-post": _sealed_post,
    "japanese": _japanese,
    "outlook": _outlook,
}


def _attribution(letter: Letter) -> str:
    return quoting.attribution(letter.quoted, letter.writer.language) if letter.quoted else ""


def _answer(letter: Letter, signature: str = "") -> str:
    return quoting.above(letter.text + signature, letter.quoted, _attribution(letter))


def _flow(text: str) -> str:
    """Format=flowed (RFC 3676): a line that ends in a space goes on in the next one; quoted lines stay as they are."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith(">") or len(line) <= FLOWED_WIDTH:
            lines.append(line.rstrip() if line != "-- " else line)
        else:
            lines += [f"{part} " for part in textwrap.wrap(line, FLOWED_WIDTH, break_long_words=False)]
            lines[-1] = lines[-1].rstrip()
    return "\n".join(lines)


def _lines(text: str) -> str:
    return "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n"))


def _paragraphs(text: str) -> str:
    return "".join(f'<p class="MsoNormal">{html.escape(line) or "&nbsp;"}</p>' for line in text.split("\n"))


def _fix_boundaries(mail: EmailMessage, letter: Letter) -> None:
    """Boundaries from the letter's digest, so that the same letter gives the same bytes."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{_digest(letter)[24:44]}_{number}")


def _mailbox(name: str, address: str) -> Address:
    return Address(name, addr_spec=address)


def _digest(letter: Letter) -> str:
    key = f"{letter.writer.address} {letter.written.isoformat()} {letter.subject}"
    return hashlib.sha256(key.encode()).hexdigest()


def _number(word: str) -> int:
    return int(hashlib.sha256(word.encode()).hexdigest()[:6], 16)
