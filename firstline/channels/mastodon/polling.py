"""Catching up by the account's notifications, and a bell that says when to.

Mentions are read behind the last one by `min_id`, oldest page first, so that no pause is too long. Nobody is told of
edits and deletions afterwards: the newest posts are looked at again every few minutes.
https://docs.joinmastodon.org/methods/notifications/ (2026-11)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from firstline.channels.base import ChannelError, Envelope
from firstline.channels.mastodon import client, reading
from firstline.channels.mastodon.client import Settings
from firstline.channels.networks import recent
from firstline.channels.networks.api import Api, Gone
from firstline.channels.networks.recent import Recent
from firstline.channels.payloads import moment, obj, objs, text
from firstline.channels.port import Arrival, Listed, Polled
from firstline.core import clock, egress

PAGE = 40
LOOK_AGAIN = timedelta(minutes=3)
SILENCE_SECONDS = 45.0
"""Servers send a line at least every fifteen seconds; three missed ones mean that the line is dead."""
Place = Mapping[str, str]
Object = dict[str, Any]


def poll(place: Place, settings: Settings) -> Polled:
    """A page of mentions behind the place; when there is none, what became of the newest posts. Raises ChannelError."""
    at, here = client.api(settings), dict(place)
    if "me" not in here:
        here["me"] = str(client.me(settings)["id"])
        here["looked_again"] = clock.now().isoformat()
    mentions = _behind(at, here) if here.get("since") else _first(at, here)
    arrivals = [_arrival(at, settings, one, here["me"]) for one in mentions if not _is_ours(one, here["me"])]
    known = [*recent.load(here), *map(_recent, arrivals)]
    if mentions:
        here["since"] = _newest(mentions)
    elif recent.is_due(here, clock.now(), LOOK_AGAIN):
        changed, known = _again(at, settings, known, here["me"])
        arrivals += changed
        here["looked_again"] = clock.now().isoformat()
    here["recent"] = recent.dump(known)
    return Polled(arrivals, here, more=len(mentions) >= PAGE)


def reconcile(since: datetime, settings: Settings) -> Iterator[Listed]:
    """Every mention since then, newest first. Raises ChannelError."""
    at, me = client.api(settings), str(client.me(settings)["id"])
    for one in _newest_first(at, since):
        if not _is_ours(one, me):
            status = obj(one, "status")
            arrival = _arrival(at, settings, one, me)
            changed = moment(status, "edited_at") or moment(status, "created_at")
            yield Listed(f"{client.server(settings)}/{text(status, 'id')}", changed, arrival)


def listen(settings: Settings) -> Iterator[None]:
    """A ring for each event of the account's own stream. Raises ChannelError when it can't be listened to.

    https://docs.joinmastodon.org/methods/streaming/ (2026-11)
    """
    at = client.api(settings)
    headers = {**at.headers, "Accept": "text/event-stream"}
    try:
        with egress.stream(
            f"{at.base}/api/v1/streaming/user/notification", headers=headers, seconds=SILENCE_SECONDS
        ) as lines:
            for line in lines:
                if line.startswith(b"event:"):
                    yield None
    except egress.EgressRefused as error:
        raise ChannelError(f"Mastodon does not stream: {error}", permanent=False) from error


def _behind(at: Api, here: Place) -> list[Object]:
    return _page(at, {"min_id": here["since"]})


def _first(at: Api, here: dict[str, str]) -> list[Object]:
    """The first look begins at the moment when the inbox was made, with whatever came since."""
    begins_at = datetime.fromisoformat(here["begins_at"])
    newest = _page(at, {})
    here["since"] = _newest(newest) if newest else "0"
    return [*_newest_first(at, begins_at, newest)]


def _newest_first(at: Api, since: datetime, page: list[Object] | None = None) -> Iterator[Object]:
    page = _page(at, {}) if page is None else page
    while page:
        for one in page:
            created = moment(one, "created_at")
            if created is not None and created < since:
                return
            yield one
        page = _page(at, {"max_id": text(page[-1], "id")})


def _page(at: Api, where: Mapping[str, str]) -> list[Object]:
    found = at.get("/api/v1/notifications", {"types[]": ["mention"], "limit": PAGE, **where})
    if not isinstance(found, list):
        raise ChannelError("Mastodon's list of notifications can't be read.", permanent=False)
    return [one for one in found if isinstance(one, dict) and text(obj(one, "status"), "id")]


def _newest(mentions: Iterable[Object]) -> str:
    """The highest id: they are numbers as text, and longer means later."""
    return max((text(one, "id") for one in mentions), key=lambda one: (len(one), one))


def _is_ours(mention: Object, me: str) -> bool:
    return text(obj(mention, "status", "account"), "id") == me


def _arrival(at: Api, settings: Settings, mention: Object, me: str) -> Arrival:
    return _item(at, settings, dict(obj(mention, "status")), me, "mention")


def _item(at: Api, settings: Settings, status: Object, me: str, event: str) -> Arrival:
    """The status with its thread's root, the first post there that concerns us, and the words it answers."""
    item: Object = {"server": client.server(settings), "status": status}
    if status.get("in_reply_to_id"):
        above = _above(at, text(status, "id"))
        item["root"] = text(above[0], "id") if above else text(status, "in_reply_to_id")
        item["ours"] = next((text(one, "id") for one in above if _concerns(one, me)), "")
        if above and text(obj(above[-1], "account"), "id") != me:
            item["answers"] = reading.words(above[-1])
    version = status.get("edited_at") or status.get("created_at")
    key = f"{item['server']}/{text(status, 'id')}@{version}"
    return Arrival(json.dumps(item, sort_keys=True).encode(), Envelope(event=event), key)


def _above(at: Api, status_id: str) -> list[Object]:
    try:
        found = at.get(f"/api/v1/statuses/{status_id}/context")
    except Gone:
        return []
    return [dict(one) for one in objs(found, "ancestors")]


def _concerns(status: Object, me: str) -> bool:
    return text(obj(status, "account"), "id") == me or me in [text(one, "id") for one in objs(status, "mentions")]


def _recent(arrival: Arrival) -> Recent:
    item = json.loads(arrival.raw)
    status = item["status"]
    return Recent(text(status, "id"), str(status.get("edited_at") or ""), reading.thread_key(item))


def _again(at: Api, settings: Settings, known: list[Recent], me: str) -> tuple[list[Arrival], list[Recent]]:
    """What was edited or deleted among the newest posts, and which of them are left."""
    if not known:
        return [], []
    try:
        found = at.get("/api/v1/statuses", {"id[]": [one.id for one in known]})
    except Gone:  # servers before 4.3 have no such list
        return [], known
    there = {text(one, "id"): one for one in found if isinstance(one, dict)} if isinstance(found, list) else {}
    changes, left = list[Arrival](), list[Recent]()
    for one in known:
        status = there.get(one.id)
        if status is None:
            changes.append(_gone(settings, one))
            continue
        version = str(status.get("edited_at") or "")
        if version != one.version:
            changes.append(_item(at, settings, status, me, "edited"))
        left.append(Recent(one.id, version, one.thread))
    return changes, left


def _gone(settings: Settings, post: Recent) -> Arrival:
    external_id = f"{client.server(settings)}/{post.id}"
    item = {"id": external_id, "thread": post.thread, "seen_at": clock.now().isoformat()}
    return Arrival(json.dumps(item).encode(), Envelope(event="deleted"), f"{external_id}@deleted")
