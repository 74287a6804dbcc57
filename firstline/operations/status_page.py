"""Serves the status page's files at a port of its own, from whatever was written last: no Django, no database.

`firstline up` does so in its own process, which lives on when web, worker and PostgreSQL die; `firstline status` does
it alone, on any machine that has the files (`FIRSTLINE_HOME/status`).
"""

import signal
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any

from firstline.core import environment
from firstline.core.commands import DONE, NOT_SO, say

DEFAULT_PORT = 8010
SECONDS = 10  # for a reader to say what they want
MOST_READERS = 64
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/status.css": ("status.css", "text/css; charset=utf-8"),
    "/status.json": ("status.json", "application/json"),
    "/changes.atom": ("changes.atom", "application/atom+xml; charset=utf-8"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
EMPTY = b"No state has been written yet.\n"


class Handler(BaseHTTPRequestHandler):
    """Four files, read anew for every reader."""

    server: "StatusServer"
    timeout = SECONDS
    server_version = "Firstline"
    sys_version = ""

    def do_GET(self) -> None:
        """The file of this address."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """The same without it."""
        self._answer(with_body=False)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Readers leave no trace."""

    def _answer(self, *, with_body: bool) -> None:
        name, kind = FILES.get(self.path.partition("?")[0], ("", "text/plain"))
        body, status = b"Not found.\n", HTTPStatus.NOT_FOUND
        if name:
            try:
                body, status = (self.server.folder / name).read_bytes(), HTTPStatus.OK
            except OSError:
                body, status, kind = EMPTY, HTTPStatus.SERVICE_UNAVAILABLE, "text/plain"
        self.send_response(status)
        for header, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(header, value)
        if name == "status.json":
            self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        if with_body:
            self.wfile.write(body)


class StatusServer(ThreadingHTTPServer):
    """At most MOST_READERS at once; who comes then is turned away."""

    daemon_threads = True

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self.folder = folder
        self._free = threading.BoundedSemaphore(MOST_READERS)
        super().__init__((host, port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take a reader while there is room."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: "socket | tuple[bytes, socket]", client_address: Any) -> None:
        """Answer, and make room again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hangs up is nobody's fault."""


def port() -> int:
    """Where it is served; 0 for nowhere."""
    return environment.number("FIRSTLINE_STATUS_PORT", DEFAULT_PORT)


def serve(home: Path) -> StatusServer | None:
    """Serve from a thread of its own; None when it is switched off or the port is taken, which is said."""
    if port() == 0:
        return None
    default = "127.0.0.1" if environment.text("FIRSTLINE_BASE_URL", "http:").startswith("http:") else "0.0.0.0"  # noqa: S104
    try:
        server = StatusServer(home / "status", environment.text("FIRSTLINE_HOST", default), port())
    except OSError:
        say(f"Port {port()} is taken: the status page is not served there. Set FIRSTLINE_STATUS_PORT to a free one.")
        return None
    threading.Thread(target=server.serve_forever, name="status", daemon=True).start()
    return server


def run_alone() -> int:
    """Serve until SIGTERM or SIGINT; returns the exit status."""
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    server = serve(environment.home())
    if server is None:
        return NOT_SO
    say(f"The status page is served at port {port()}.")
    stopped.wait()
    server.shutdown()
    return DONE
