"""What the small networks on loopback share: a door that counts and fails on demand, and a clock that ticks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.contracts.recording import record

Json = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the query's values as lists, the body as JSON or as a form's fields, header names in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]

    def one(self, name: str) -> str:
        """The first value of a query parameter, '' when there is none."""
        return (self.query.get(name) or [""])[0]


@dataclass
class Network:
    """What it was asked, and how it shall fail: each of `fail` answers one write (status, headers, whether the write
    is done all the same); each of `fail_reading` one read.
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    fail: list[tuple[int, dict[str, str], bool]] = field(default_factory=list)
    fail_reading: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    minutes: int = 0

    def act(self, asked: Asked) -> Answer:
        """The answer when nothing fails."""
        raise NotImplementedError

    def is_write(self, asked: Asked) -> bool:
        """Whether this request is one that `fail` means."""
        return asked.method == "POST"

    def answer(self, asked: Asked) -> Answer:
        """The answer, or a failure that was ordered."""
        self.asked.append(asked)
        if not self.is_write(asked):
            if self.fail_reading and asked.method == "GET":
                return (*self.fail_reading.pop(0), {"error": "trouble"})
            return self.act(asked)
        if not self.fail:
            return self.act(asked)
        status, headers, is_done = self.fail.pop(0)
        if is_done:
            self.act(asked)
        return status, headers, {"error": "trouble"}

    def tick(self) -> datetime:
        """The next minute: everything that happens has a time of its own."""
        self.minutes += 1
        return START + timedelta(minutes=self.minutes)

    def written(self, path: str) -> list[Asked]:
        """The writes to a path so far."""
        return [one for one in self.asked if one.method == "POST" and one.path == path]


def stamp(at: datetime) -> str:
    """A moment as these networks write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@contextmanager
def listening(network: Network) -> Iterator[None]:
    """Serve it on loopback for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parse_qs(parts.query), _body(headers, body), headers)
            record(type(network).__name__.removeprefix("Fake").lower(), self.command, self.path, asked.body)
            status, more, found = network.answer(asked)
            sent = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **more}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    network.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _body(headers: dict[str, str], body: bytes) -> Any:
    if not body:
        return None
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return json.loads(body)
