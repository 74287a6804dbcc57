"""A small OAuth 2.0 server: authorisation codes with PKCE, rotated refresh tokens, introspection for Dovecot."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit


class TokenServer:
    """Who has which token. `dead` makes it refuse every refresh, as after a revocation."""

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh: set[str] = set()
        self.access: set[str] = set()
        self.refreshed = 0
        self.dead = False
        self.down = False
        self.lifetime = 3600
        self.email = "support@orbit.example"
        self.url = ""

    def authorize(self, query: dict[str, str]) -> str:
        """What the owner's browser does: agree, and be sent back with a code."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """The token endpoint."""
        if self.down:
            return 503, {}
        if form.get("grant_type") == "authorization_code":
            asked = self.codes.pop(form.get("code", ""), None)
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
                return 400, {"error": "invalid_grant"}
        elif self.dead or form.get("refresh_token") not in self.refresh:
            return 400, {"error": "invalid_grant"}
        else:
            self.refresh.discard(form["refresh_token"])  # rotated: the old one is worth nothing any more
            self.refreshed += 1
        access, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.access.add(access)
        self.refresh.add(refresh)
        return 200, {"access_token": access, "refresh_token": refresh, "expires_in": self.lifetime}

    def introspect(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """What Dovecot asks of a token."""
        return 200, {"active": form.get("token") in self.access, "email": self.email}


@contextmanager
def running() -> Iterator[TokenServer]:
    """The server for the duration of a block."""
    tokens = TokenServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, answer = tokens.introspect(form) if self.path.startswith("/introspect") else tokens.token(form)
            self._answer(status, answer)

        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            self.send_response(302)
            self.send_header("Location", tokens.authorize(query))
            self.end_headers()

        def _answer(self, status: int, answer: dict[str, object]) -> None:
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    tokens.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield tokens
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
