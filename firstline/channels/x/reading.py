"""From what X gave to what it means. Pure and total: any bytes give an answer.

An item is a post or a direct message beside the account that wrote it (fetched), or an event as X's Activity API
brings it by webhook. Ids are text: they have 64 bits.
"""

from __future__ import annotations

import html
import re
from typing import Any

from firstline.channels.base import Address, Envelope, Ignored, Parsed, ParsedMessage, Thread
from firstline.channels.networks.reading import gone, title, web, without_calls
from firstline.channels.payloads import Json, load, moment, obj, objs, text

LEADING_CALLS = re.compile(r"(?:@\w{1,15}[\s:,]+)+")
IDS = re.compile(r"\d{1,19}")
DIRECT = re.compile(r"[\d-]{1,60}")


def parse(raw: bytes, envelope: Envelope) -> Parsed:
    """A mention or a direct message is a message; a deletion takes one away."""
    item = load(raw)
    if item is None:
        return Ignored("not_json")
    if envelope.event == "activity":
        return _activity(obj(item, "data"))
    if envelope.event == "deleted":
        return _deleted(text(item, "id"), text(item, "thread"), item)
    if envelope.event == "mention":
        return _post(obj(item, "post"), obj(item, "user"))
    if envelope.event == "direct":
        return _direct(obj(item, "direct"), obj(item, "user"))
    return Ignored("other_event")


def _activity(event: Json) -> Parsed:
    """An event of the Activity API; one that the account's own post set off is none of ours."""
    kind, payload, includes = text(event, "event_type"), obj(event, "payload"), obj(event, "includes")
    ours = text(obj(event, "filter"), "user_id")
    if kind in ("post.mention.create", "post.reply.create"):
        author = text(payload, "author_id")
        return Ignored("own_post") if author == ours else _post(payload, _user(objs(includes, "users"), author))
    if kind == "post.delete":
        if text(payload, "author_id") == ours:
            return Ignored("own_post")
        return _deleted(f"post/{text(payload, 'id')}", f"post/{text(payload, 'id')}", {})
    if kind == "dm.received":
        return _received(payload, ours)
    return Ignored("other_event")


def _received(payload: Json, ours: str) -> Parsed:
    """A direct message in the shape that webhooks have kept from X's older API."""
    event = next(iter(objs(payload, "direct_message_events")), {})
    message = obj(event, "message_create")
    sender = text(message, "sender_id")
    if not sender or sender == ours:
        return Ignored("own_post")
    pair = "-".join(sorted((sender, ours), key=int)) if sender.isdigit() and ours.isdigit() else ""
    created = text(event, "created_timestamp")
    direct = {
        "id": text(event, "id"),
        "text": text(obj(message, "message_data"), "text"),
        "dm_conversation_id": pair,
        "created_at": int(created) // 1000 if created.isdigit() else "",
    }
    return _direct(direct, {**obj(payload, "users", sender, "data"), "id": sender})


def _user(users: list[Json], user_id: str) -> Json:
    plain = [obj(one, "data") or one for one in users]
    return next((one for one in plain if text(one, "id") == user_id), {"id": user_id})


def _post(post: Json, user: Json) -> Parsed:
    post_id, author = text(post, "id"), text(post, "author_id")
    if not IDS.fullmatch(post_id) or not author:
        return Ignored("no_post")
    root = text(post, "conversation_id") or post_id
    whole = words(post)
    created = moment(post, "created_at")
    message = ParsedMessage(
        external_id=f"post/{post_id}",
        ref=post_id,
        sender=person(user, author),
        date=created,
        updated_at=created,
        text=whole,
        reply_text=without_calls(whole, LEADING_CALLS) or whole,
        subject=title(whole, LEADING_CALLS),
        url=f"https://x.com/i/status/{post_id}",
    )
    return message.within(
        Thread(
            key=thread_key(post),
            address=f"post/{root}",
            ref=post_id,
            url=message.url,
            title=message.subject if root == post_id else "",
            kind="post",
            is_public=True,
            opener=message.sender,
            created_at=created,
            updated_at=created,
            first=message,
        )
    )


def _direct(direct: Json, user: Json) -> Parsed:
    direct_id, conversation, sender = text(direct, "id"), text(direct, "dm_conversation_id"), text(user, "id")
    if not IDS.fullmatch(direct_id) or not DIRECT.fullmatch(conversation) or not sender:
        return Ignored("no_post")
    whole, created = html.unescape(text(direct, "text")), moment(direct, "created_at")
    message = ParsedMessage(
        external_id=f"dm/{direct_id}",
        sender=person(user, sender),
        date=created,
        updated_at=created,
        text=whole,
        reply_text=whole,
        subject=title(whole, LEADING_CALLS),
    )
    thread = Thread(
        key=f"dm/{conversation}",
        address=f"dm/{conversation}",
        kind="direct",
        is_public=False,
        opener=message.sender,
        created_at=created,
        updated_at=created,
        first=message,
    )
    return message.within(thread)


def _deleted(external_id: str, key: str, item: Json) -> Parsed:
    if not IDS.fullmatch(external_id.removeprefix("post/")):
        return Ignored("no_post")
    return gone(external_id, key, item)


def thread_key(post: Json) -> str:
    """A conversation at X by its own id."""
    return f"post/{text(post, 'conversation_id') or text(post, 'id')}"


def person(user: Json, user_id: str) -> Address:
    """An account by its numeric id; a handle can be given up and taken by somebody else."""
    username = text(user, "username")
    handle = f"@{username.lower()}" if username else f"@{user_id}"
    return Address(html.unescape(text(user, "name")) or username or user_id, handle, user_id)


def words(post: Json) -> str:
    """The text in full, links as they lead, signs that X escapes as they are."""
    long = obj(post, "note_post") or obj(post, "note_tweet")
    said = text(long, "text") or text(post, "text")
    urls: list[Any] = [*objs(obj(post, "entities"), "urls"), *objs(obj(long, "entities"), "urls")]
    for one in urls:
        short, leads = text(one, "url"), text(one, "expanded_url")
        if short and web(leads):
            said = said.replace(short, leads)
    return html.unescape(said).strip()
