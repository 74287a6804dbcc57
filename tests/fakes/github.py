"""A small GitHub with a memory, on loopback: issues and comments by REST, enough to be answered and read again."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMENTS = re.compile(r"/repos/([^/]+/[^/]+)/issues/(\d+)/comments")
ISSUE = re.compile(r"/repos/([^/]+/[^/]+)/issues/(\d+)(/lock|/labels|/assignees)?")


@dataclass
class FakeGitHub:
    """What it holds, what it was asked, and how it shall fail next: `lose` takes a comment and answers 502."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    fail: list[tuple[int, dict[str, str], bool]] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        """The answer to one request."""
        self.asked.append((method, path, body))
        if method == "POST" and COMMENTS.fullmatch(path):
            return self._commented(body)
        if method == "GET" and COMMENTS.fullmatch(path):
            return 200, {}, self.comments
        if ISSUE.fullmatch(path):
            return 200, {}, {}
        return 404, {}, {"message": "Not Found"}

    def _commented(self, body: Any) -> tuple[int, dict[str, str], Any]:
        status, headers, takes = self.fail.pop(0) if self.fail else (201, {}, True)
        comment = {"id": 8000 + len(self.comments), "body": body["body"]}
        if takes:
            self.comments.append(comment)
        return (status, headers, comment) if status == 201 else (status, headers, {"message": "trouble"})


@contextmanager
def running() -> Iterator[FakeGitHub]:
    """A fake that listens, for as long as the block lasts."""
    fake = FakeGitHub()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null") if length else None
            status, headers, found = fake.answer(self.command, self.path.partition("?")[0], body)
            answer = json.dumps(found).encode()
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
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
