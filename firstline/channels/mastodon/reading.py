"""From what the desk fetched of a Mastodon server to what it means. Pure and total: any bytes give an answer.

An item holds the server's own status with what only the server could add: whose account asks, the thread's root, the
words that were answered. https://docs.joinmastodon.org/entities/Status/ (2026-11)
"""

from __future__ import annotations

import re

from firstline.channels.base import Address, Envelope, Ignored, Parsed, ParsedMessage, StateChange, Thread
from firstline.channels.networks.reading import gone, title, web, without_calls
from firstline.channels.payloads import Json, load, moment, obj, objs, text
from firstline.core import html

PUBLIC = ("public", "unlisted")
LEADING_CALLS = re.compile(r"(?:@[\w.-]+(?:@[\w.-]+)?[\s:,]*)+")
IDS = re.compile(r"[A-Za-z0-9_-]{1,64}")


def parse(raw: bytes, envelope: Envelope) -> Parsed:
    """A mention is a message, an edit or a deletion changes one."""
    item = load(raw)
    if item is None:
        return Ignored("not_json")
    if envelope.event == "deleted":
        return _deleted(item)
    status = obj(item, "status")
    if not IDS.fullmatch(text(status, "id")) or not text(obj(status, "account"), "acct"):
        return Ignored("no_status")
    message = _message(item, status)
    if envelope.event == "edited":
        return StateChange("edited", message.updated_at, message.sender, message.thread, message)
    if envelope.event == "mention":
        return message
    return Ignored("other_event")


def thread_key(item: Json) -> str:
    """`SERVER/ROOT`; what was said in confidence is a thread apart, and one for each who says it."""
    status = obj(item, "status")
    return _key(item, text(item, "root") or text(status, "id"), status)


def _key(item: Json, root: str, status: Json) -> str:
    visibility, who = text(status, "visibility"), text(obj(status, "account"), "id")
    return f"{text(item, 'server')}/{root}" + ("" if visibility in PUBLIC else f"#{visibility or 'direct'}/{who}")


def _message(item: Json, status: Json) -> ParsedMessage:
    server, status_id = text(item, "server"), text(status, "id")
    sender = person(obj(status, "account"), server)
    whole = words(status)
    created = moment(status, "created_at")
    message = ParsedMessage(
        external_id=f"{server}/{status_id}",
        ref=status_id,
        sender=sender,
        date=created,
        updated_at=moment(status, "edited_at") or created,
        text=whole,
        reply_text=without_calls(whole, LEADING_CALLS) or whole,
        quoted_text=text(item, "answers"),
        subject=title(_headline(whole), LEADING_CALLS),
        sender_is_machine=obj(status, "account").get("bot") is True,
        url=web(text(status, "url")),
    )
    return message.within(_thread(item, status, message))


def _thread(item: Json, status: Json, message: ParsedMessage) -> Thread:
    root, ours = text(item, "root") or text(status, "id"), text(item, "ours")
    return Thread(
        key=thread_key(item),
        was=_key(item, ours, status) if ours and ours != root else "",
        address=f"{text(item, 'server')}/{root}",
        ref=text(status, "id"),
        url=web(text(status, "url")),
        title=message.subject if root == text(status, "id") else "",
        kind="post",
        is_public=text(status, "visibility") in PUBLIC,
        opener=message.sender,
        created_at=message.date,
        updated_at=message.updated_at,
        first=message,
    )


def _deleted(item: Json) -> Parsed:
    external_id, key = text(item, "id"), text(item, "thread")
    return gone(external_id, key, item) if external_id and key else Ignored("no_status")


def person(account: Json, server: str) -> Address:
    """An account by its address in the fediverse; the server's own id of it tells it from a later namesake."""
    acct = text(account, "acct").lstrip("@").lower()
    full = acct if "@" in acct else f"{acct}@{server}"
    return Address(
        text(account, "display_name") or text(account, "username"), f"@{full}", f"{server}/{text(account, 'id')}"
    )


def words(status: Json) -> str:
    """What a reader sees: the warning in front, the text, what the pictures show."""
    warning = text(status, "spoiler_text").strip()
    said = html.to_text(text(status, "content"))
    shown = [_attachment(one) for one in objs(status, "media_attachments")]
    lines = [f"[{warning}]" if warning else "", said, *shown]
    return "\n\n".join(filter(None, lines))


def _headline(whole: str) -> str:
    """The first paragraph, which a warning is as well: people write it as a heading."""
    lines = without_calls(whole, LEADING_CALLS).splitlines()
    return next((line for line in lines if line.strip()), whole)


def _attachment(media: Json) -> str:
    address, shows = web(text(media, "url")), text(media, "description").strip()
    return f"[{shows or text(media, 'type') or 'file'}] {address}".rstrip()
