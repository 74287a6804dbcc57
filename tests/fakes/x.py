"""A small X with a memory: people post by `says` and write by `writes`, the desk reads and answers by API v2.

It knows what X charges for (`charged`), and lets the account answer only who called it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.network import Answer, Asked, Json, Network, listening, stamp

DESK = "orbit"
CALL = re.compile(r"@(\w+)")


@dataclass
class FakeX(Network):
    """Every post and direct message there is, oldest first."""

    posts: list[Json] = field(default_factory=list)
    directs: list[Json] = field(default_factory=list)
    charged: Counter[str] = field(default_factory=Counter)
    refresh: str = "refresh-1"

    def says(self, who: str, text: str, *, answers: Json | None = None, **more: Any) -> Json:
        """Somebody posts."""
        post_id = str(2080_000_000_000_000_000 + len(self.posts))
        at = datetime.now(UTC) if who == DESK else self.tick()
        post = {
            "id": post_id,
            "text": text,
            "author_id": user(who)["id"],
            "conversation_id": answers["conversation_id"] if answers else post_id,
            "created_at": stamp(at),
            "answers": answers and answers["id"],
            **more,
        }
        self.posts.append(post)
        return post

    def writes(self, who: str, text: str) -> Json:
        """Somebody writes a direct message to the desk, or the desk to Casey."""
        other = user("casey" if who == DESK else who)["id"]
        direct = {
            "id": str(3000 + len(self.directs)),
            "event_type": "MessageCreate",
            "text": text,
            "sender_id": user(who)["id"],
            "dm_conversation_id": f"{user(DESK)['id']}-{other}",
            "created_at": stamp(datetime.now(UTC) if who == DESK else self.tick()),
        }
        self.directs.append(direct)
        return direct

    def by_desk(self) -> list[Json]:
        """What the desk has posted."""
        return [one for one in self.posts if one["author_id"] == user(DESK)["id"]]

    def is_write(self, asked: Asked) -> bool:
        return asked.method == "POST" and not asked.path.endswith("/token")

    def act(self, asked: Asked) -> Answer:
        """API v2, as far as the desk uses it."""
        me = user(DESK)["id"]
        if asked.path == "/2/oauth2/token":
            return self._token(asked)
        if asked.headers.get("authorization") != "Bearer access":
            return 401, {}, {"title": "Unauthorized", "status": 401, "type": "about:blank"}
        if asked.path == "/2/users/me":
            return 200, {}, {"data": user(DESK)}
        if asked.path == f"/2/users/{me}/mentions":
            return 200, {}, self._page(asked, [one for one in self.posts if DESK in CALL.findall(one["text"])])
        if asked.path == f"/2/users/{me}/tweets":
            return 200, {}, self._page(asked, self.by_desk())
        if asked.path == "/2/tweets":
            return self._post(asked) if asked.method == "POST" else self._several(asked)
        if asked.path == "/2/dm_events" or asked.path.endswith("/dm_events"):
            return 200, {}, self._listed([*reversed(self.directs)], "sender_id")
        if asked.path.startswith("/2/dm_conversations/"):
            made = self.writes(DESK, asked.body["text"])
            return 201, {}, {"data": {"dm_conversation_id": made["dm_conversation_id"], "dm_event_id": made["id"]}}
        return 404, {}, {"title": "Not Found", "status": 404}

    def _token(self, asked: Asked) -> Answer:
        """A refresh token works once."""
        if asked.body.get("refresh_token") != self.refresh or not asked.headers["authorization"].startswith("Basic "):
            return 400, {}, {"error": "invalid_grant"}
        self.refresh = f"refresh-{int(self.refresh.rpartition('-')[2]) + 1}"
        return 200, {}, {"access_token": "access", "refresh_token": self.refresh, "expires_in": 7200}

    def _page(self, asked: Asked, posts: list[Json]) -> Json:
        size = int(asked.one("max_results"))
        since, until = int(asked.one("since_id") or 0), int(asked.one("until_id") or 10**19)
        start = asked.one("start_time").replace("Z", ".000Z")
        found = [one for one in posts if since < int(one["id"]) < until and one["created_at"] >= start][::-1]
        page = self._listed(found[:size], "author_id")
        self.charged["posts"] += len(found[:size])
        if found[:size]:
            page["meta"] |= {"newest_id": found[0]["id"], "oldest_id": found[:size][-1]["id"]}
        if len(found) > size:
            page["meta"]["next_token"] = "more"
        return page

    def _listed(self, found: list[Json], who: str) -> Json:
        users = {one[who]: next(u for u in map(user, PEOPLE) if u["id"] == one[who]) for one in found}
        meta: Json = {"result_count": len(found)}
        return {"data": found, "includes": {"users": [*users.values()]}, "meta": meta} if found else {"meta": meta}

    def _several(self, asked: Asked) -> Answer:
        ids = asked.one("ids").split(",")
        there = [one for one in self.posts if one["id"] in ids]
        gone = [one for one in ids if one not in {post["id"] for post in there}]
        kind = "https://api.twitter.com/2/problems/resource-not-found"
        return 200, {}, {"data": there, "errors": [{"resource_id": one, "type": kind} for one in gone]}

    def _post(self, asked: Asked) -> Answer:
        answers = next((one for one in self.posts if one["id"] == asked.body["reply"]["in_reply_to_tweet_id"]), None)
        if answers is None or (DESK not in CALL.findall(answers["text"]) and answers not in self.by_desk()):
            return (
                403,
                {},
                {"title": "Forbidden", "status": 403, "detail": "You are not permitted to perform this action."},
            )
        if any(one["text"] == asked.body["text"] for one in self.by_desk()):
            return 403, {}, {"status": 403, "detail": "You are not allowed to create a Tweet with duplicate content."}
        made = self.says(DESK, asked.body["text"], answers=answers)
        return 201, {}, {"data": {"id": made["id"], "text": made["text"]}}


PEOPLE = (DESK, "casey", "noor", "grim", "jo")


def user(name: str) -> Json:
    """An account."""
    return {"id": str(1111 * (1 + PEOPLE.index(name))), "name": name.title(), "username": name.title()}


@contextmanager
def running() -> Iterator[FakeX]:
    """An X that listens, for as long as the block lasts."""
    fake = FakeX()
    with listening(fake):
        yield fake
