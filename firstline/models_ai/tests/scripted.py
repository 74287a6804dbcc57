"""An OpenAI-style server on loopback that does what a test tells it to."""

import contextlib
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Script = Callable[[http.server.BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Server:
    """The server's address, and what it was asked."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@contextlib.contextmanager
def serving(script: Script) -> Iterator[Server]:
    """Serve until the block ends."""
    found = Server()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append(body)
            found.keys.append(self.headers.get("Authorization", ""))
            with contextlib.suppress(OSError):  # the other side may leave while we write
                script(self, body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reply(handler: http.server.BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    """A whole answer."""
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def says(text: str) -> Script:
    """A completion with this text."""
    usage = {"prompt_tokens": 200, "completion_tokens": 50}
    body = json.dumps({"choices": [{"message": {"content": text}}], "usage": usage}).encode()
    return lambda handler, _asked: reply(handler, body)


def hangs(handler: http.server.BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    """Nothing comes."""
    time.sleep(1.5)


def trickles(handler: http.server.BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    """A byte now and then, so that no single read times out."""
    handler.send_response(200)
    handler.end_headers()
    for _number in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def dies(handler: http.server.BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    """The connection is cut without a word."""
    handler.connection.close()
    handler.rfile.close()


def floods(handler: http.server.BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    """Ten megabytes."""
    reply(handler, b'{"choices": [{"message": {"content": "' + b"x" * 10_000_000 + b'"}}]}')
