"""A small Mastodon server with a memory: accounts post by `says`, the desk reads and posts by the API.

Shapes as in the recordings of ../shared/data/mastodon.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.network import Answer, Asked, Json, Network, listening, stamp

DESK = "orbit"
CALL = re.compile(r"@(\w+)(?:@[\w.-]+)?")
PAGE = 40


@dataclass
class FakeMastodon(Network):
    """Every post there is, oldest first, and the desk's notifications."""

    posts: list[Json] = field(default_factory=list)
    notifications: list[Json] = field(default_factory=list)
    repeats: dict[str, Json] = field(default_factory=dict)

    def says(self, who: str, text: str, *, answers: Json | None = None, **more: Any) -> Json:
        """Somebody posts; whom they call is told."""
        called = [name for name in CALL.findall(text) if name != who]
        post = {
            "id": str(1000 + len(self.posts)),
            "created_at": stamp(datetime.now(UTC) if who == DESK else self.tick()),
            "edited_at": None,
            "in_reply_to_id": answers and answers["id"],
            "visibility": answers["visibility"] if answers else "public",
            "language": "en",
            "spoiler_text": "",
            "content": _html(text),
            "account": account(who),
            "mentions": [{**account(name)} for name in called],
            "media_attachments": [],
            **more,
        }
        post["url"] = f"{self.url}/@{who}/{post['id']}"
        self.posts.append(post)
        if DESK in called:
            note = {"id": str(20 + len(self.notifications)), "type": "mention", "created_at": post["created_at"]}
            self.notifications.append({**note, "account": post["account"], "status": post})
        return post

    def edits(self, post: Json, text: str) -> None:
        """The writer changes a post; nobody is told."""
        post["content"], post["edited_at"] = _html(text), stamp(self.tick())

    def deletes(self, post: Json) -> None:
        """A post is gone, and its notification with it."""
        self.posts.remove(post)
        self.notifications = [one for one in self.notifications if one["status"] is not post]

    def by_desk(self) -> list[Json]:
        """What the desk has posted."""
        return [one for one in self.posts if one["account"]["acct"] == DESK]

    def act(self, asked: Asked) -> Answer:
        """The API, as far as the desk uses it."""
        if asked.headers.get("authorization") != "Bearer t":
            return 401, {}, {"error": "The access token is invalid"}
        if asked.path == "/api/v1/accounts/verify_credentials":
            return 200, {}, account(DESK)
        if asked.path == "/api/v1/notifications":
            return 200, {}, self._page(asked)
        if asked.path == f"/api/v1/accounts/{account(DESK)['id']}/statuses":
            return 200, {}, self.by_desk()[::-1][:PAGE]
        if asked.path == "/api/v1/statuses":
            return self._post(asked) if asked.method == "POST" else (200, {}, self._several(asked.query["id[]"]))
        if asked.path == "/api/v1/streaming/user/notification":
            return 200, {"Content-Type": "text/event-stream"}, b":thump\nevent: notification\ndata: {}\n\n"
        return self._one(asked.path)

    def _page(self, asked: Asked) -> list[Json]:
        above, below = int(asked.one("min_id") or 0), int(asked.one("max_id") or 10**9)
        found = [one for one in self.notifications if above < int(one["id"]) < below]
        page = found[:PAGE] if asked.one("min_id") else found[-PAGE:]
        return page[::-1]

    def _several(self, ids: list[str]) -> list[Json]:
        return [one for one in self.posts if one["id"] in ids]

    def _post(self, asked: Asked) -> Answer:
        key, fields = asked.headers.get("idempotency-key", ""), asked.body
        if key not in self.repeats:
            answers = next((one for one in self.posts if one["id"] == fields["in_reply_to_id"]), None)
            more = {name: fields[name] for name in ("visibility", "spoiler_text", "language")}
            self.repeats[key] = self.says(DESK, fields["status"], answers=answers, **more)
        return 200, {}, self.repeats[key]

    def _one(self, path: str) -> Answer:
        found = re.fullmatch(r"/api/v1/statuses/(\d+)(/context)?", path)
        post = next((one for one in self.posts if found and one["id"] == found.group(1)), None)
        if found is None or post is None:
            return 404, {}, {"error": "Record not found"}
        return 200, {}, {"ancestors": self._above(post), "descendants": []} if found.group(2) else post

    def _above(self, post: Json) -> list[Json]:
        above = list[Json]()
        while post["in_reply_to_id"]:
            before = next((one for one in self.posts if one["id"] == post["in_reply_to_id"]), None)
            if before is None:
                break
            above.insert(0, before)
            post = before
        return above


def account(name: str) -> Json:
    """An account of this server."""
    return {"id": str(100 + sum(map(ord, name))), "username": name, "acct": name, "display_name": name.title(),
            "bot": name.endswith("bot")}  # fmt: skip


def _html(text: str) -> str:
    """As the server shows it: calls and links become links, paragraphs become paragraphs."""
    shown = html.escape(text, quote=False)
    shown = re.sub(r"https?://\S+", lambda found: f'<a href="{found[0]}">{found[0]}</a>', shown)
    shown = CALL.sub(r'<span class="h-card"><a href="https://social.example/@\1">@<span>\1</span></a></span>', shown)
    return "".join(f"<p>{part}</p>".replace("\n", "<br>") for part in shown.split("\n\n"))


@contextmanager
def running() -> Iterator[FakeMastodon]:
    """A server that listens, for as long as the block lasts."""
    fake = FakeMastodon()
    with listening(fake):
        yield fake
