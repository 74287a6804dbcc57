"""The door on loopback: who asks, how often they may, how it shall fail, and the webhook's deliveries."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.contracts.recording import record
from tests.fakes.github import graphql
from tests.fakes.github.rest import Asked, Rest
from tests.fakes.github.world import SLUG, Json, World

HOUR = 3600
ALLOW = "FIRSTLINE_EGRESS_ALLOW"
PAGE = 30
TOKEN = "t"
"""The personal token: whoever bears it is `desk`, every other bearer is the app."""
OPEN = ("/app-manifests/", "/settings/apps/new", "/organizations/")
Failure = tuple[int, dict[str, str], bool]
Answer = tuple[int, dict[str, str], Any]


@dataclass
class FakeGitHub:
    """What it was asked, and how it shall fail: each of `fail` answers a write (status, headers, whether the write is
    done all the same). `remaining` is what is left of the hour's requests.
    """

    url: str = ""
    world: World = field(default_factory=World)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    fail: list[Failure] = field(default_factory=list)
    remaining: int = 5000
    resets_at: int = 0
    rest: Rest = field(init=False)
    _told: int = 0

    def __post_init__(self) -> None:
        self.rest = Rest(self.world)

    @property
    def comments(self) -> list[Json]:
        """Every comment there is."""
        return self.world.comments

    def deliver(self, take: Callable[[str, bytes, str], int], most: int = 50) -> list[int]:
        """Make the deliveries that are due; `take` (event, body, GUID) says the status. GitHub tries each only once."""
        found: list[int] = []
        while self._told < len(self.world.deliveries) and len(found) < most:
            one = self.world.deliveries[self._told]
            self._told += 1
            one.status = take(one.event, json.dumps(one.payload).encode(), one.guid)
            found.append(one.status)
        return found

    def answer(self, method: str, target: str, authorization: str, body: Any) -> Answer:
        """The answer to one request."""
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query))
        self.asked.append((method, path, body))
        record("github", method, target, body)
        if not authorization and not path.startswith(OPEN):
            return 401, {}, {"message": "Requires authentication"}
        if self.remaining <= 0:
            return 403, self._limits(), {"message": "API rate limit exceeded"}
        self.remaining -= 1
        is_query = path == "/graphql" and not str((body or {}).get("query", "")).lstrip().startswith("mutation")
        is_write = method != "GET" and not is_query and not path.startswith("/app")
        failure = self.fail.pop(0) if self.fail and is_write else None
        if failure and not failure[2]:
            return failure[0], {**self._limits(), **failure[1]}, {"message": "trouble"}
        status, headers, found = self._act(method, path, query, body, as_app=authorization.rpartition(" ")[2] != TOKEN)
        if failure:
            return failure[0], {**headers, **failure[1]}, {"message": "trouble"}
        return status, headers, found

    def _act(self, method: str, path: str, query: dict[str, str], body: Any, *, as_app: bool) -> Answer:
        who = f"{SLUG}[bot]" if as_app else "desk"
        if path == "/graphql":
            return 200, self._limits(), graphql.answer(self.world, body["query"], body["variables"], who, as_app)
        if path.endswith("/settings/apps/new"):
            return 303, {"Location": self.rest.register(json.loads(body["manifest"]), query["state"])}, {}
        asked = Asked(method, path, {**query, "_base": self.url}, body, who, as_app)
        status, found = self.rest.answer(asked)
        if isinstance(found, list) and method == "GET":
            return status, *self._page(path, query, found)
        return status, self._limits(), found

    def _page(self, path: str, query: dict[str, str], found: list[Any]) -> tuple[dict[str, str], list[Any]]:
        """A page of a list, with the Link header that leads to the next."""
        size, page = int(query.get("per_page", PAGE)), int(query.get("page", 1))
        headers = self._limits()
        if len(found) > size * page:
            rest = "&".join(f"{name}={value}" for name, value in {**query, "page": str(page + 1)}.items())
            headers["Link"] = f'<{self.url}{path}?{rest}>; rel="next"'
        return headers, found[size * (page - 1) : size * page]

    def _limits(self) -> dict[str, str]:
        used, reset = 5000 - self.remaining, self.resets_at or int(self.world.now.timestamp()) + HOUR
        names = {"limit": 5000, "remaining": self.remaining, "used": used, "reset": reset, "resource": "core"}
        return {f"x-ratelimit-{name}": str(value) for name, value in names.items()}


def _body(content_type: str, raw: bytes) -> Any:
    """What a program sends as JSON, or a browser as a form's fields."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode()))
    return json.loads(raw or b"null")


@contextmanager
def running() -> Iterator[FakeGitHub]:
    """A fake that listens, and that the desk's one way out lets through, for as long as the block lasts."""
    fake = FakeGitHub()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = _body(self.headers.get("Content-Type", ""), self.rfile.read(length))
            status, headers, found = fake.answer(self.command, self.path, self.headers.get("Authorization", ""), body)
            answer = b"" if status == 204 else json.dumps(found).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    before = os.environ.get(ALLOW, "")
    os.environ[ALLOW] = f"{before} {fake.url.removeprefix('http://')}"
    try:
        yield fake
    finally:
        os.environ[ALLOW] = before
        server.shutdown()
        server.server_close()
        thread.join()
