"""Catching up with Bluesky: notifications behind a mark of our own, chat, and what was deleted.

The server's own mark (`updateSeen`) is moved by whoever opens the app as this account, so the desk keeps another: the
time of the newest notification. The list is sorted by the time that the writer's device gives a post, unless that lies
in the future: one whose clock is slow lands below the mark, so every look reaches back by a quarter of an hour and
passes over what it has seen there. Pages go from new to old; the mark moves when the oldest of them was read. Nobody
tells of deletions: the newest posts are looked at again every few minutes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from firstline.channels.base import ChannelError, Envelope
from firstline.channels.bluesky import client, reading
from firstline.channels.bluesky.client import CHAT, Settings
from firstline.channels.networks import recent
from firstline.channels.networks.api import Api, Params
from firstline.channels.networks.recent import Recent
from firstline.channels.payloads import moment, obj, objs, text
from firstline.channels.port import Arrival, Listed, Polled
from firstline.core import clock

PAGE, POSTS_AT_ONCE, CHAT_PAGE = 50, 25, 50
LOOK_AGAIN, OVERLAP = timedelta(minutes=3), timedelta(minutes=15)
REASONS = ("mention", "reply", "quote")
Place = Mapping[str, str]
Object = dict[str, Any]


def poll(place: Place, settings: Settings) -> Polled:
    """A page of notifications; when there is no more of them, chat and deletions. Raises ChannelError."""
    at, here = client.api(settings), dict(place)
    if "me" not in here:
        here["me"] = client.me(at)["did"]
        here["looked_again"] = clock.now().isoformat()
    posts, more = _new_posts(at, here)
    arrivals = _arrivals(at, posts, here["me"])
    known = [*recent.load(here), *(_recent(one) for one in posts)]
    if not more:
        arrivals += _chat(at, here) if settings.get("dms") else []
        if recent.is_due(here, clock.now(), LOOK_AGAIN):
            gone, known = _again(at, known)
            arrivals += gone
            here["looked_again"] = clock.now().isoformat()
    here["recent"] = recent.dump(known)
    return Polled(arrivals, here, more=more)


def reconcile(since: datetime, settings: Settings) -> Iterator[Listed]:
    """Every mention and reply since then, newest first. Raises ChannelError."""
    at = client.api(settings)
    me, cursor = client.me(at)["did"], ""
    while True:
        page, cursor = _page(at, cursor)
        fresh = [one for one in page if _stamp(one) >= since]
        posts = [one for one in fresh if _is_for_us(one, me)]
        for post, arrival in zip(posts, _arrivals(at, posts, me), strict=True):
            yield Listed(text(post, "uri"), moment(post, "indexedAt"), arrival)
        if not cursor or len(fresh) < len(page):
            return


def _new_posts(at: Api, here: dict[str, str]) -> tuple[list[Object], bool]:
    """One page of what is newer than the mark, less the overlap; the next one down begins at `cursor`."""
    begins_at = datetime.fromisoformat(here["begins_at"])
    since = datetime.fromisoformat(here["since"]) if here.get("since") else begins_at
    floor, seen = max(begins_at, since - OVERLAP), dict(json.loads(here.get("seen") or "{}"))
    page, cursor = _page(at, here.get("cursor", ""))
    recent_ones = [one for one in page if _stamp(one) >= floor]
    fresh = [one for one in recent_ones if text(one, "uri") not in seen]
    seen |= {text(one, "uri"): _stamp(one).isoformat() for one in recent_ones}
    newest = max([datetime.fromisoformat(here.get("newest") or since.isoformat()), *map(_stamp, recent_ones)])
    more = bool(cursor) and bool(page) and len(recent_ones) == len(page)
    if more:
        here |= {"cursor": cursor, "newest": newest.isoformat()}
    else:
        here.pop("cursor", None)
        here.pop("newest", None)
        here["since"] = newest.isoformat()
        seen = {uri: at for uri, at in seen.items() if datetime.fromisoformat(at) >= newest - OVERLAP}
    here["seen"] = json.dumps(seen)
    return [one for one in fresh if _is_for_us(one, here["me"])], more


def _page(at: Api, cursor: str) -> tuple[list[Object], str]:
    where: Params = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
    found = at.get("/xrpc/app.bsky.notification.listNotifications", where)
    if not isinstance(found, dict):
        raise ChannelError("Bluesky's list of notifications can't be read.", permanent=False)
    return [dict(one) for one in objs(found, "notifications") if _has_time(one)], text(found, "cursor")


def _has_time(notification: Mapping[str, Any]) -> bool:
    return moment(notification, "indexedAt") is not None


def _stamp(notification: Mapping[str, Any]) -> datetime:
    at = moment(notification, "indexedAt")
    assert at is not None
    return at


def _is_for_us(notification: Object, me: str) -> bool:
    return text(notification, "reason") in REASONS and text(obj(notification, "author"), "did") != me


def _arrivals(at: Api, posts: Sequence[Object], me: str) -> list[Arrival]:
    """Each post with the words that it answers, unless those are ours."""
    above = _posts(at, {_parent(one) for one in posts} - {""})
    found = []
    for post in posts:
        answered = above.get(_parent(post), {})
        item = {"post": {name: post.get(name) for name in ("uri", "cid", "author", "record", "indexedAt")}}
        if text(obj(answered, "author"), "did") not in ("", me):
            item["answers"] = reading.words(obj(answered, "record"))  # type: ignore[assignment]  # text beside the post
        raw = json.dumps(item, sort_keys=True).encode()
        found.append(Arrival(raw, Envelope(event="post"), f"{text(post, 'uri')}@{text(post, 'cid')}"))
    return found


def _parent(post: Mapping[str, Any]) -> str:
    uri = text(obj(post, "record", "reply", "parent"), "uri")
    return uri if reading.POST.fullmatch(uri) else ""


def _posts(at: Api, uris: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """What is there of these posts, by address."""
    wanted, found = sorted(uris), dict[str, Mapping[str, Any]]()
    for start in range(0, len(wanted), POSTS_AT_ONCE):
        some = wanted[start : start + POSTS_AT_ONCE]
        answer = at.get("/xrpc/app.bsky.feed.getPosts", {"uris": some})
        found |= {text(one, "uri"): one for one in objs(answer, "posts")}
    return found


def _recent(post: Object) -> Recent:
    return Recent(text(post, "uri"), "", reading.thread_key(post))


def _again(at: Api, known: list[Recent]) -> tuple[list[Arrival], list[Recent]]:
    """Which of the newest posts are gone."""
    there = _posts(at, {one.id for one in known})
    return [_gone(one) for one in known if one.id not in there], [one for one in known if one.id in there]


def _gone(post: Recent) -> Arrival:
    item = {"id": post.id, "thread": post.thread, "seen_at": clock.now().isoformat()}
    return Arrival(json.dumps(item).encode(), Envelope(event="deleted"), f"{post.id}@deleted")


def _chat(at: Api, here: dict[str, str]) -> list[Arrival]:
    """Chat messages behind the newest one of the last look: `rev` grows with everything that happens there."""
    since, newest, found = here.get("chat", ""), here.get("chat", ""), list[Arrival]()
    for convo in _conversations(at, since):
        members = {text(one, "did"): one for one in objs(convo, "members")}
        newest = max(newest, text(convo, "rev"))
        for message in _messages(at, text(convo, "id"), since, here["begins_at"]):
            sender = text(obj(message, "sender"), "did")
            if sender != here["me"]:
                item = {"convo": text(convo, "id"), "message": message, "sender": members.get(sender, {"did": sender})}
                key = f"chat/{text(convo, 'id')}/{text(message, 'id')}"
                found.append(Arrival(json.dumps(item, sort_keys=True).encode(), Envelope(event="chat"), key))
    here["chat"] = newest
    return found


def _conversations(at: Api, since: str) -> Iterator[Mapping[str, Any]]:
    """Those in which something happened since, newest first."""
    cursor = ""
    while True:
        where: Params = {"limit": CHAT_PAGE, **({"cursor": cursor} if cursor else {})}
        page = at.get("/xrpc/chat.bsky.convo.listConvos", where, headers=CHAT)
        fresh = [one for one in objs(page, "convos") if text(one, "rev") > since]
        yield from fresh
        cursor = text(page, "cursor")
        if not cursor or len(fresh) < len(objs(page, "convos")):
            return


def _messages(at: Api, convo: str, since: str, begins_at: str) -> Iterator[Mapping[str, Any]]:
    cursor = ""
    while True:
        where: Params = {"convoId": convo, "limit": CHAT_PAGE, **({"cursor": cursor} if cursor else {})}
        page = at.get("/xrpc/chat.bsky.convo.getMessages", where, headers=CHAT)
        listed = objs(page, "messages")
        fresh = [one for one in listed if _is_newer(one, since, begins_at)]
        yield from (one for one in fresh if isinstance(one.get("text"), str))
        cursor = text(page, "cursor")
        if not cursor or len(fresh) < len(listed):
            return


def _is_newer(message: Mapping[str, Any], since: str, begins_at: str) -> bool:
    sent = moment(message, "sentAt")
    return text(message, "rev") > since if since else sent is not None and sent >= datetime.fromisoformat(begins_at)
