"""A small Bluesky with a memory: people post by `says` and chat by `writes`, the desk acts by XRPC.

Shapes as `make test-bluesky` finds them at a real server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.network import Answer, Asked, Json, Network, listening, stamp

DESK = "orbit"
CALL = re.compile(r"@(\w+)\.test")
PASSWORD = "paper-lanterns"


@dataclass
class FakeBluesky(Network):
    """Every post there is, oldest first, the desk's notifications, and one chat a person."""

    posts: list[Json] = field(default_factory=list)
    notifications: list[Json] = field(default_factory=list)
    chats: dict[str, list[Json]] = field(default_factory=dict)
    sessions: int = 0
    refresh: str = ""

    def says(self, who: str, text: str, *, answers: Json | None = None, key: str = "", **more: Any) -> Json:
        """Somebody posts; whom they call or answer is told."""
        at = stamp(datetime.now(UTC) if who == DESK else self.tick())
        reply = {"root": _ref(self.root(answers)), "parent": _ref(answers)} if answers else None
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": at, **({"reply": reply} if reply else {})}
        post = {
            "uri": f"at://{account(who)['did']}/app.bsky.feed.post/{key or f'3k{len(self.posts):011d}'}",
            "cid": f"bafy{len(self.posts)}",
            "author": account(who),
            "record": {**record, **more},
            "indexedAt": at,
        }
        self.posts.append(post)
        called = DESK in CALL.findall(text)
        answered = answers is not None and answers["author"]["did"] == account(DESK)["did"]
        if who != DESK and (called or answered):
            self.notifications.append({**post, "reason": "reply" if answered else "mention", "isRead": True})
        return post

    def writes(self, who: str, text: str, *, chat: str = "") -> Json:
        """Somebody chats with the desk, or the desk in a chat."""
        told = self.chats.setdefault(chat or f"chat{who}", [])
        count = sum(map(len, self.chats.values()))
        at = datetime.now(UTC) if who == DESK else self.tick()
        sender = {"did": account(who)["did"]}
        message = {"id": f"m{count}", "rev": f"{count:013d}", "text": text, "sender": sender, "sentAt": stamp(at)}
        told.append(message)
        return message

    def deletes(self, post: Json) -> None:
        """A post is gone, and its notification with it."""
        self.posts.remove(post)
        self.notifications = [one for one in self.notifications if one["uri"] != post["uri"]]

    def root(self, post: Json) -> Json:
        """The post that began the thread."""
        first = post["record"].get("reply", {}).get("root", {}).get("uri", post["uri"])
        return next(one for one in self.posts if one["uri"] == first)

    def by_desk(self) -> list[Json]:
        """What the desk has posted."""
        return [one for one in self.posts if one["author"]["did"] == account(DESK)["did"]]

    def is_write(self, asked: Asked) -> bool:
        return asked.path.endswith(("createRecord", "sendMessage"))

    def act(self, asked: Asked) -> Answer:
        """XRPC, as far as the desk uses it."""
        method = asked.path.removeprefix("/xrpc/")
        if method.startswith("com.atproto.server."):
            return self._session(method.rpartition(".")[2], asked)
        if asked.headers.get("authorization") != f"Bearer access-{self.sessions}":
            return 400, {}, {"error": "ExpiredToken", "message": "Token has expired"}
        if method.startswith("chat.") and "atproto-proxy" not in asked.headers:
            return 404, {}, {"error": "XRPCNotSupported"}
        return getattr(self, f"_{method.rpartition('.')[2]}", self._unknown)(asked)

    def _session(self, verb: str, asked: Asked) -> Answer:
        if verb == "getSession":
            is_known = asked.headers.get("authorization") == f"Bearer access-{self.sessions}"
            return (200, {}, account(DESK)) if is_known else (401, {}, {"error": "InvalidToken"})
        if verb == "createSession" and asked.body["password"] != PASSWORD:
            return 401, {}, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
        if verb == "refreshSession" and asked.headers.get("authorization") != f"Bearer {self.refresh}":
            return 400, {}, {"error": "ExpiredToken", "message": "Token has been revoked"}
        self.sessions += 1
        self.refresh = f"refresh-{self.sessions}"
        return 200, {}, {**account(DESK), "accessJwt": f"access-{self.sessions}", "refreshJwt": self.refresh}

    def _listNotifications(self, asked: Asked) -> Answer:
        start, size = int(asked.one("cursor") or 0), int(asked.one("limit"))
        newest = sorted(self.notifications, key=lambda one: str(one["indexedAt"]))[::-1]
        more = {"cursor": str(start + size)} if len(newest) > start + size else {}
        return 200, {}, {"notifications": newest[start : start + size], **more}

    def _getPosts(self, asked: Asked) -> Answer:
        return 200, {}, {"posts": [one for one in self.posts if one["uri"] in asked.query["uris"]]}

    def _resolveHandle(self, asked: Asked) -> Answer:
        name = asked.one("handle").removesuffix(".test")
        if name not in PEOPLE:
            return 400, {}, {"error": "InvalidRequest", "message": "Unable to resolve handle"}
        return 200, {}, {"did": account(name)["did"]}

    def _createRecord(self, asked: Asked) -> Answer:
        record, key = asked.body["record"], asked.body["rkey"]
        if any(one["uri"].endswith(f"/{key}") for one in self.posts):
            return 500, {}, {"error": "InternalServerError", "message": "Internal Server Error"}
        answers = next(one for one in self.posts if one["uri"] == record["reply"]["parent"]["uri"])
        more = {name: record[name] for name in ("facets", "langs", "reply") if name in record}
        made = self.says(DESK, record["text"], answers=answers, key=key, **more)
        return 200, {}, _ref(made)

    def _getRecord(self, asked: Asked) -> Answer:
        found = [one for one in self.posts if one["uri"].endswith(f"/{asked.one('rkey')}")]
        return (200, {}, _ref(found[0])) if found else (400, {}, {"error": "RecordNotFound"})

    def _listConvos(self, asked: Asked) -> Answer:
        convos = [
            {"id": name, "rev": told[-1]["rev"], "members": [account(one) for one in PEOPLE]}
            for name, told in self.chats.items()
        ]
        return 200, {}, {"convos": sorted(convos, key=lambda one: str(one["rev"]), reverse=True)}

    def _getMessages(self, asked: Asked) -> Answer:
        return 200, {}, {"messages": self.chats[asked.one("convoId")][::-1]}

    def _sendMessage(self, asked: Asked) -> Answer:
        return 200, {}, self.writes(DESK, asked.body["message"]["text"], chat=asked.body["convoId"])

    def _unknown(self, asked: Asked) -> Answer:
        return 501, {}, {"error": "MethodNotImplemented"}


PEOPLE = (DESK, "casey", "noor", "grim", "jo")


def account(name: str) -> Json:
    """An account."""
    return {"did": f"did:plc:{name}", "handle": f"{name}.test", "displayName": name.title()}


def _ref(post: Json) -> Json:
    return {"uri": post["uri"], "cid": post["cid"]}


@contextmanager
def running() -> Iterator[FakeBluesky]:
    """A Bluesky that listens, for as long as the block lasts."""
    fake = FakeBluesky()
    with listening(fake):
        yield fake
