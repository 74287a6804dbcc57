"""A reply on Bluesky: below the post that was answered, under keys of our own, so that it is there once at most.

The key of each post (a TID) follows from the message's id: a second write under it fails, and the record is then read.
https://atproto.com/specs/record-key, https://docs.bsky.app/docs/advanced-guides/posts#replies (2026-10)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from firstline.channels.base import ChannelError, OutgoingMessage
from firstline.channels.bluesky import client
from firstline.channels.bluesky.client import CHAT, Settings
from firstline.channels.bluesky.reading import CHAT_ID, POST
from firstline.channels.networks import posts
from firstline.channels.networks.api import Api, Gone, Refused
from firstline.channels.payloads import moment, obj, objs, text
from firstline.core import clock

LIMIT, CHAT_LIMIT = 300, 1000
COLLECTION = "app.bsky.feed.post"
LOOK_BACK = timedelta(minutes=10)
_SIGNS = "234567abcdefghijklmnopqrstuvwxyz"
_LINK = re.compile(rb"https?://[^\s<>\"]+")
_CALL = re.compile(rb"(?<![\w@./-])@((?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,})")
Object = dict[str, Any]


def send(outgoing: OutgoingMessage, settings: Settings) -> str:
    """Post the reply, as a thread when it is long; the address of its first post. Raises ChannelError."""
    at = client.api(settings)
    if _conversation(outgoing):
        return _send_chat(at, outgoing)
    written, target = compose(outgoing), _target(at, outgoing)
    me, parent, first = client.me(at)["did"], _ref(target), ""
    root = obj(target, "record", "reply", "root") or parent
    for number, part in enumerate(written):
        record = {
            "$type": COLLECTION,
            "text": part,
            "createdAt": clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "langs": obj(target, "record").get("langs") or [],
            "facets": facets(at, part),
            "reply": {"root": dict(root), "parent": parent},
        }
        parent = _write(at, me, rkey(outgoing, number), {name: one for name, one in record.items() if one})
        first = first or parent["uri"]
    return first


def find(outgoing: OutgoingMessage, settings: Settings) -> str:
    """The address of a reply that is there whole already, '' when it is not. Raises ChannelError."""
    at = client.api(settings)
    if _conversation(outgoing):
        return _find_chat(at, outgoing)
    me = client.me(at)["did"]
    there = [_read(at, me, rkey(outgoing, number)) for number, _ in enumerate(compose(outgoing))]
    return there[0]["uri"] if all(there) and there[0] else ""


def compose(outgoing: OutgoingMessage) -> list[str]:
    """The posts of the reply. Raises ChannelError when it is too long for a thread."""
    return posts.parts_of(posts.quiet_quotes(outgoing.text), LIMIT, posts.graphemes)


def rkey(outgoing: OutgoingMessage, number: int) -> str:
    """The key of one post: its message's time in microseconds, and ten bits of its id."""
    mixed = hashlib.sha256(outgoing.message_id.encode()).digest()
    since = outgoing.date - datetime(1970, 1, 1, tzinfo=UTC)
    ticks = (since // timedelta(microseconds=1) + number) << 10 | int.from_bytes(mixed[:2]) % 1024
    return "".join(_SIGNS[ticks >> 5 * place & 31] for place in reversed(range(13)))


def facets(at: Api, part: str) -> list[Object]:
    """What in the text is a link, and whom it calls; places count bytes. A name that nobody bears stays text."""
    raw, found = part.encode(), list[Object]()
    for link in _LINK.finditer(raw):
        shown = link.group().rstrip(b".,:;!?'\")]}")
        feature = {"$type": "app.bsky.richtext.facet#link", "uri": shown.decode()}
        found.append(_facet(link.start(), link.start() + len(shown), feature))
    for call in _CALL.finditer(raw):
        did = _resolved(at, call.group(1).decode())
        if did:
            found.append(_facet(*call.span(), {"$type": "app.bsky.richtext.facet#mention", "did": did}))
    return found


def _facet(start: int, end: int, feature: Object) -> Object:
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def _resolved(at: Api, handle: str) -> str:
    try:
        return text(at.get("/xrpc/com.atproto.identity.resolveHandle", {"handle": handle}), "did")
    except (Gone, Refused):
        return ""


def _target(at: Api, outgoing: OutgoingMessage) -> Mapping[str, Any]:
    """The post that is answered, with its cid and its root. Raises ChannelError (Gone when it was deleted)."""
    if POST.fullmatch(outgoing.in_reply_to) is None:
        raise ChannelError("There is no post left to answer.", permanent=True)
    found = objs(at.get("/xrpc/app.bsky.feed.getPosts", {"uris": [outgoing.in_reply_to]}), "posts")
    if not found:
        raise Gone("Bluesky does not have this post any more, or not for this account.", permanent=True)
    return found[0]


def _ref(post: Mapping[str, Any]) -> dict[str, str]:
    return {"uri": text(post, "uri"), "cid": text(post, "cid")}


def _write(at: Api, me: str, key: str, record: Object) -> dict[str, str]:
    """Write a post under its key; when that fails, see whether it is there all the same. Raises ChannelError."""
    asked = {"repo": me, "collection": COLLECTION, "rkey": key, "record": record}
    try:
        return _ref(at.post("/xrpc/com.atproto.repo.createRecord", asked))
    except ChannelError as error:
        there = _read(at, me, key) if error.unclear or isinstance(error, Refused) else {}
        if not there:
            raise
        return there


def _read(at: Api, me: str, key: str) -> dict[str, str]:
    where = {"repo": me, "collection": COLLECTION, "rkey": key}
    try:
        return _ref(at.get("/xrpc/com.atproto.repo.getRecord", where))
    except (Gone, Refused):
        return {}


def _conversation(outgoing: OutgoingMessage) -> str:
    """The chat that it belongs to, '' for a post. What is private never becomes a post."""
    thread = outgoing.thread
    if thread is None:
        raise ChannelError("There is no thread to post to.", permanent=True)
    kind, _, found = thread.address.partition("/")
    if kind == "chat" and CHAT_ID.fullmatch(found):
        return found
    if not thread.is_public:
        raise ChannelError("This thread's address on Bluesky is not known.", permanent=True)
    return ""


def _send_chat(at: Api, outgoing: OutgoingMessage) -> str:
    convo, said = _conversation(outgoing), outgoing.text.strip()
    if posts.graphemes(said) > CHAT_LIMIT:
        raise ChannelError(f"A chat message on Bluesky takes {CHAT_LIMIT:,} characters.", permanent=True)
    asked = {"convoId": convo, "message": {"text": said}}
    made = at.post("/xrpc/chat.bsky.convo.sendMessage", asked, headers=CHAT)
    return f"chat/{convo}/{text(made, 'id')}"


def _find_chat(at: Api, outgoing: OutgoingMessage) -> str:
    convo, me = _conversation(outgoing), client.me(at)["did"]
    page = at.get("/xrpc/chat.bsky.convo.getMessages", {"convoId": convo, "limit": 50}, headers=CHAT)
    for one in objs(page, "messages"):
        sent = moment(one, "sentAt")
        is_ours = text(obj(one, "sender"), "did") == me and posts.same(text(one, "text"), outgoing.text)
        if is_ours and sent is not None and sent >= outgoing.date - LOOK_BACK:
            return f"chat/{convo}/{text(one, 'id')}"
    return ""
