"""Catching up with X: mentions behind the last one, direct messages, and once a day what was deleted.

Reading costs by the thing that is read; a look that finds nothing costs nothing. X charges the same thing once a day
(UTC). https://docs.x.com/x-api/posts/timelines (2026-08)
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from firstline.channels.base import ChannelError, Envelope
from firstline.channels.networks import recent
from firstline.channels.networks.api import Api
from firstline.channels.networks.recent import Recent
from firstline.channels.payloads import moment, obj, objs, text
from firstline.channels.port import Arrival, Listed, Polled
from firstline.channels.x import client, reading
from firstline.channels.x.client import Settings
from firstline.core import clock

PAGE, DIRECT_PAGE = 100, 20
LOOK_AGAIN, DIRECT_EVERY = timedelta(days=1), timedelta(seconds=90)
"""Direct messages: X allows fifteen looks in fifteen minutes."""
POST_FIELDS = "conversation_id,created_at,entities,lang,note_post"
SHOWN: Mapping[str, str] = {
    "post.fields": POST_FIELDS,
    "expansions": "author_id",
    "user.fields": "name,username",
}
Place = Mapping[str, str]
Object = dict[str, Any]


def poll(place: Place, settings: Settings) -> Polled:
    """A page of mentions; when there is no more of them, direct messages and deletions. Raises ChannelError."""
    at, here, used = client.api(settings), dict(place), Counter[str]()
    if "me" not in here:
        here["me"] = client.me(at)["id"]
        used["user"] += 1
        here["looked_again"] = clock.now().isoformat()
    arrivals, more = _mentions(at, here, used)
    known = [*recent.load(here), *map(_recent, arrivals)]
    if not more:
        arrivals += _directs(at, here, used) if settings.get("dms") and _is_due(here) else []
        if recent.is_due(here, clock.now(), LOOK_AGAIN):
            gone, known = _again(at, known, used)
            arrivals += gone
            here["looked_again"] = clock.now().isoformat()
    here["recent"] = recent.dump(known)
    return Polled(arrivals, here, more=more, used=used)


def reconcile(since: datetime, settings: Settings) -> Iterator[Listed]:
    """Every mention since then, newest first. X charges what was read today already only once. Raises ChannelError."""
    at = client.api(settings)
    me, until = client.me(at)["id"], ""
    while True:
        where = {"start_time": _stamp(since), **({"until_id": until} if until else {})}
        page = _page(at, me, where)
        for post in objs(page, "data"):
            if text(post, "author_id") != me:
                yield Listed(f"post/{text(post, 'id')}", moment(post, "created_at"), _arrival(post, page))
        until = text(obj(page, "meta"), "oldest_id")
        if not text(obj(page, "meta"), "next_token") or not until:
            return


def _mentions(at: Api, here: dict[str, str], used: Counter[str]) -> tuple[list[Arrival], bool]:
    """One page between the last look's newest and this one's; the place moves up only when the last page was read."""
    where = {"since_id": here["since"]} if here.get("since") else {"start_time": _moment(here["begins_at"])}
    if here.get("until"):
        where["until_id"] = here["until"]
    page = _page(at, here["me"], where)
    meta, posts = obj(page, "meta"), objs(page, "data")
    used["mention"] += len(posts)
    used["user"] += len(objs(obj(page, "includes"), "users"))
    if posts:
        here.setdefault("newest", text(meta, "newest_id") or text(posts[0], "id"))
    more = bool(text(meta, "next_token")) and bool(posts)
    if more:
        here["until"] = text(meta, "oldest_id") or text(posts[-1], "id")
    else:
        here["since"] = here.pop("newest", here.get("since", ""))
        here.pop("until", None)
    return [_arrival(post, page) for post in posts if text(post, "author_id") != here["me"]], more


def _page(at: Api, me: str, where: Mapping[str, str]) -> Object:
    found = at.get(f"/2/users/{me}/mentions", {"max_results": PAGE, **SHOWN, **where})
    if not isinstance(found, dict):
        raise ChannelError("X's list of mentions can't be read.", permanent=False)
    return found


def _arrival(post: Mapping[str, Any], page: Object) -> Arrival:
    users = objs(obj(page, "includes"), "users")
    user = next((one for one in users if text(one, "id") == text(post, "author_id")), {})
    raw = json.dumps({"post": post, "user": user}, sort_keys=True).encode()
    return Arrival(raw, Envelope(event="mention"), f"post/{text(post, 'id')}")


def _directs(at: Api, here: dict[str, str], used: Counter[str]) -> list[Arrival]:
    """Direct messages that came since the last look, newest page first; begins at the moment of the inbox."""
    here["directs_at"] = clock.now().isoformat()
    since, found, token = here.get("direct", ""), list[Arrival](), ""
    newest = since
    while True:
        where: Object = {"max_results": DIRECT_PAGE, "event_types": "MessageCreate", **_direct_fields()}
        page = at.get("/2/dm_events", {**where, **({"pagination_token": token} if token else {})})
        events = [one for one in objs(page, "data") if _is_newer(one, since, here["begins_at"])]
        used["direct"] += len(events)
        newest = max([newest, *(text(one, "id") for one in events)], key=lambda one: (len(one), one))
        found += [_direct(one, page) for one in events if text(one, "sender_id") != here["me"]]
        token = text(obj(page, "meta"), "next_token")
        if not token or len(events) < len(objs(page, "data")):
            here["direct"] = newest
            return found


def _direct_fields() -> Mapping[str, str]:
    return {
        "dm_event.fields": "created_at,dm_conversation_id,event_type,id,text",
        "expansions": "sender_id",
        "user.fields": "name,username",
    }


def _is_newer(event: Mapping[str, Any], since: str, begins_at: str) -> bool:
    if since:
        return (len(text(event, "id")), text(event, "id")) > (len(since), since)
    created = moment(event, "created_at")
    return created is not None and created >= datetime.fromisoformat(begins_at)


def _direct(event: Mapping[str, Any], page: Any) -> Arrival:
    users = objs(obj(page, "includes"), "users")
    sender = text(event, "sender_id")
    user = next((one for one in users if text(one, "id") == sender), {"id": sender})
    raw = json.dumps({"direct": event, "user": user}, sort_keys=True).encode()
    return Arrival(raw, Envelope(event="direct"), f"dm/{text(event, 'id')}")


def _is_due(here: Place) -> bool:
    last = here.get("directs_at", "")
    return not last or clock.now() - datetime.fromisoformat(last) >= DIRECT_EVERY


def _recent(arrival: Arrival) -> Recent:
    post = json.loads(arrival.raw)["post"]
    return Recent(text(post, "id"), "", reading.thread_key(post))


def _again(at: Api, known: list[Recent], used: Counter[str]) -> tuple[list[Arrival], list[Recent]]:
    """Which of the newest posts were deleted: X's terms want them taken out of the desk within a day."""
    if not known:
        return [], []
    found = at.get("/2/tweets", {"ids": ",".join(one.id for one in known)})
    used["post"] += len(objs(found, "data"))
    lost = {text(one, "resource_id") for one in objs(found, "errors") if text(one, "type").endswith("not-found")}
    return [_gone(one) for one in known if one.id in lost], [one for one in known if one.id not in lost]


def _gone(post: Recent) -> Arrival:
    item = {"id": f"post/{post.id}", "thread": post.thread, "seen_at": clock.now().isoformat()}
    return Arrival(json.dumps(item).encode(), Envelope(event="deleted"), f"post/{post.id}@deleted")


def _moment(iso: str) -> str:
    return _stamp(datetime.fromisoformat(iso))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
