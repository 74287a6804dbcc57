"""A desk's web process of our own beside the bench, and a browser of sorts that is signed in to it."""

import contextlib
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from firstline.operations import supervisor

READY_LIMIT = 40.0


@dataclass(frozen=True, slots=True)
class Web:
    """A running `firstline web` at 127.0.0.1:port."""

    port: int
    pid: int

    def get(self, path: str, cookie: str = "") -> tuple[int, bytes]:
        """Status and body of one request on a fresh connection; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            return fetch(connection, path, cookie, self.port)
        finally:
            connection.close()


def fetch(connection: http.client.HTTPConnection, path: str, cookie: str, port: int) -> tuple[int, bytes]:
    """Status and body over a kept connection."""
    connection.request("GET", path, headers={"Host": f"localhost:{port}", "Cookie": cookie})
    response = connection.getresponse()
    return response.status, response.read()


@contextlib.contextmanager
def running_web(variables: dict[str, str] | None = None, program: Sequence[str] = ()) -> Iterator[Web]:
    """Start the web role (or `program`, which takes its place) against this process's database on a free port; stops it
    at the end.
    """
    from django.conf import settings

    port = free_port()
    environment = {
        **os.environ,
        "FIRSTLINE_DATABASE_URL": database_url(),
        "FIRSTLINE_HOME": str(settings.HOME),
        "FIRSTLINE_PORT": str(port),
        "FIRSTLINE_BASE_URL": f"http://localhost:{port}",
        "FIRSTLINE_ALLOW_ROOT": "1",
        **(variables or {}),
    }
    process = subprocess.Popen(program or supervisor.command("web"), env=environment, start_new_session=True)
    try:
        wait_for(port)
        yield Web(port, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, limit: float = READY_LIMIT) -> float:
    """Seconds until something listens on the port. Raises TimeoutError."""
    began = time.monotonic()
    while time.monotonic() - began < limit:
        if supervisor.answers(port):
            return time.monotonic() - began
        time.sleep(0.02)
    raise TimeoutError(f"Nothing answered on port {port} within {limit:.0f} s.")


def free_port() -> int:
    """A port that nothing uses right now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number: int = found.getsockname()[1]
        return number


def database_url() -> str:
    """The address of the database that this process uses."""
    from django.db import connection
    from psycopg import conninfo

    keep = {"dbname", "user", "password", "host", "port", "sslmode"}
    parameters = {key: str(value) for key, value in connection.get_connection_params().items() if key in keep}
    return conninfo.make_conninfo("", **parameters)


def sign_in(user_id: int) -> str:
    """The Cookie header of a fresh session of that person."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from firstline.accounts.models import User

    session = SessionStore()
    session[SESSION_KEY] = str(user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = User.objects.get(pk=user_id).get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
