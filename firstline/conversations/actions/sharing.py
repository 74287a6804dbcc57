"""What goes beside the text of a copy: files that fit into a mail, links to those that don't, and "this was not me"."""

from dataclasses import replace

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from firstline.channels.base import OutgoingAttachment, OutgoingMessage
from firstline.conversations.actions import storing
from firstline.conversations.models import Attachment, Message, Participant
from firstline.inboxes import actions as inboxes

ENCODED = 4 / 3
"""Base64 makes three bytes four."""


def with_files(outgoing: OutgoingMessage, message: Message) -> OutgoingMessage:
    """The copy with the message's files: attached as long as the mail stays within its limit, the biggest as links."""
    carried, linked = parted(list(message.attachments.order_by("pk")), settings.MAIL_ATTACHMENT_LIMIT)
    attached = tuple(OutgoingAttachment(one.name, one.content_type, storing.read_file(one)) for one in carried)
    outgoing = replace(outgoing, attachments=attached)
    if not linked:
        return outgoing
    links = [(one.name, inboxes.link_file(one.pk)) for one in linked]
    lead = _("Too big for mail; the links work for 30 days:")
    listed = "\n".join(f"- {name}: {link}" for name, link in links)
    items = format_html_join("", '<li><a href="{}">{}</a></li>', ((link, name) for name, link in links))
    return _below(outgoing, f"{lead}\n{listed}", format_html("<p>{}</p><ul>{}</ul>", lead, items))


def parted(files: list[Attachment], limit: int) -> tuple[list[Attachment], list[Attachment]]:
    """Which files a mail of `limit` bytes carries, and which are too much; the biggest go first."""
    carried, linked = list(files), []
    for one in sorted(files, key=lambda file: -file.size):
        if sum(file.size for file in carried) * ENCODED <= limit:
            break
        carried.remove(one)
        linked.append(one)
    return carried, linked


def with_not_me(outgoing: OutgoingMessage, to: Participant) -> OutgoingMessage:
    """The copy with a way out for somebody whose address others may have used: it never proved itself (S-13)."""
    if to.strand.messages.filter(author_identity=to.identity_id, sender_auth="pass").exists():
        return outgoing
    link, lead = inboxes.not_me_link(to.identity.address), _("Did you not write to us?")
    stop = _("End all mail to this address")
    return _below(outgoing, f"{lead} {stop}: {link}", format_html('<p>{} <a href="{}">{}</a></p>', lead, link, stop))


def _below(outgoing: OutgoingMessage, text: str, html: str) -> OutgoingMessage:
    rich = f"{outgoing.html}{html}" if outgoing.html else ""
    return replace(outgoing, text=f"{outgoing.text.rstrip()}\n\n{text}\n", html=rich)
