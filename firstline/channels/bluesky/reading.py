"""From what the desk fetched of Bluesky to what it means. Pure and total: any bytes give an answer.

A post is told by its address (`at://DID/app.bsky.feed.post/KEY`), a person by their DID: handles change hands.
https://docs.bsky.app/docs/advanced-guides/posts (2026-10)
"""

from __future__ import annotations

import re

from firstline.channels.base import Address, Envelope, Ignored, Parsed, ParsedMessage, Thread
from firstline.channels.networks.reading import gone, title, web, without_calls
from firstline.channels.payloads import Json, load, moment, number, obj, objs, text

POST = re.compile(r"at://(did:[a-z0-9:.%_-]{1,200})/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,64})")
CHAT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
LEADING_CALLS = re.compile(r"(?:@[\w-]+(?:\.[\w-]+)+[\s:,]*)+")


def parse(raw: bytes, envelope: Envelope) -> Parsed:
    """A mention, a reply or a chat message is a message; a deletion takes a post away."""
    item = load(raw)
    if item is None:
        return Ignored("not_json")
    if envelope.event == "deleted":
        return _deleted(item)
    if envelope.event == "post":
        return _post(obj(item, "post"), text(item, "answers"))
    if envelope.event == "chat":
        return _chat(item)
    return Ignored("other_event")


def _post(post: Json, answers: str) -> Parsed:
    uri, record = text(post, "uri"), obj(post, "record")
    found = POST.fullmatch(uri)
    if found is None or not text(obj(post, "author"), "did"):
        return Ignored("no_post")
    root = thread_key(post)
    whole, created = words(record), moment(post, "indexedAt") or moment(record, "createdAt")
    message = ParsedMessage(
        external_id=uri,
        ref=text(post, "cid"),
        sender=person(obj(post, "author")),
        date=created,
        updated_at=created,
        text=whole,
        reply_text=without_calls(whole, LEADING_CALLS) or whole,
        quoted_text=answers,
        subject=title(whole, LEADING_CALLS),
        url=f"https://bsky.app/profile/{found.group(1)}/post/{found.group(2)}",
    )
    thread = Thread(
        key=root,
        address=root,
        ref=text(post, "cid"),
        url=message.url,
        title=message.subject if root == uri else "",
        kind="post",
        is_public=True,
        opener=message.sender,
        created_at=created,
        updated_at=created,
        first=message,
    )
    return message.within(thread)


def thread_key(post: Json) -> str:
    """The address of the post that began the thread."""
    root = text(obj(post, "record", "reply", "root"), "uri")
    return root if POST.fullmatch(root) else text(post, "uri")


def _chat(item: Json) -> Parsed:
    message, convo = obj(item, "message"), text(item, "convo")
    message_id = text(message, "id")
    if not CHAT_ID.fullmatch(convo) or not CHAT_ID.fullmatch(message_id) or not text(obj(item, "sender"), "did"):
        return Ignored("no_post")
    whole, sent = words(message), moment(message, "sentAt")
    said = ParsedMessage(
        external_id=f"chat/{convo}/{message_id}",
        sender=person(obj(item, "sender")),
        date=sent,
        updated_at=sent,
        text=whole,
        reply_text=whole,
        subject=title(whole, LEADING_CALLS),
    )
    key = f"chat/{convo}"
    thread = Thread(
        key=key,
        address=key,
        kind="chat",
        is_public=False,
        opener=said.sender,
        created_at=sent,
        updated_at=sent,
        first=said,
    )
    return said.within(thread)


def _deleted(item: Json) -> Parsed:
    uri, key = text(item, "id"), text(item, "thread")
    if POST.fullmatch(uri) is None or not key:
        return Ignored("no_post")
    return gone(uri, key, item)


def person(author: Json) -> Address:
    """An account by its DID."""
    handle, did = text(author, "handle").lower(), text(author, "did")
    name = text(author, "displayName") or handle or did
    return Address(name, f"@{handle}" if handle and handle != "handle.invalid" else did, did)


def words(record: Json) -> str:
    """The text with links as they lead, what pictures show, and the page that was attached."""
    said = _with_links(text(record, "text"), record)
    embed = obj(record, "embed", "media") or obj(record, "embed")
    shown = [f"[{text(one, 'alt').strip() or 'image'}]" for one in objs(embed, "images")]
    page = text(obj(embed, "external"), "uri")
    more = [page] if web(page) and page not in said else []
    return "\n\n".join(filter(None, [said.strip(), *shown, *more]))


def _with_links(said: str, record: Json) -> str:
    """Facets count bytes of UTF-8. The last ones are put in first, so that earlier places stay right."""
    raw = said.encode()
    places = []
    for facet in objs(record, "facets"):
        start, end = number(obj(facet, "index"), "byteStart"), number(obj(facet, "index"), "byteEnd")
        links = [text(one, "uri") for one in objs(facet, "features") if text(one, "$type").endswith("#link")]
        if links and 0 <= start < end <= len(raw) and web(links[0]):
            places.append((start, end, links[0]))
    for start, end, link in sorted(places, reverse=True):
        shown = raw[start:end].decode("utf-8", "replace")
        if shown.rstrip("…. ") in link:
            raw = raw[:start] + link.encode() + raw[end:]
        else:
            raw = raw[:end] + f" ({link})".encode() + raw[end:]
    return raw.decode("utf-8", "replace")
