"""Measuring a page: over HTTP from a real web process, against its own SQL by bare psycopg."""

import http.client
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.test import Client

from firstline.accounts.models import User
from firstline.conversations.models import Conversation
from firstline.operations import static_files
from firstline.operations.bench import desk, meter

REQUESTS = 100
Statement = tuple[str, Any]


class NothingSeeded(RuntimeError):
    """There is nothing to measure on."""


def agent() -> User:
    """A bench agent who has much to do. Raises NothingSeeded."""
    found = User.objects.filter(email__endswith="@bench.example").order_by("pk").first()
    if found is None or not Conversation.objects.exists():
        raise NothingSeeded("Seed the desk first: firstline bench seed --conversations 100000")
    return found


def timed(web: desk.Web, cookie: str, paths: Sequence[str], n: int = REQUESTS) -> meter.Timing:
    """GET the paths in turn over one kept connection; CPU of the web process and all database backends."""
    client = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)

    def get(i: int) -> None:
        path = paths[i % len(paths)]
        status, _body = desk.fetch(client, path, cookie, web.port)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}.")

    try:
        return meter.measure(get, n=n, pids=lambda: {web.pid} | meter.backends(), warm_up=len(paths) + 5)
    finally:
        client.close()


def statements(user: User, path: str) -> list[Statement]:
    """The SQL that the page runs."""
    from django.conf import settings

    static_files.collect()
    found: list[Statement] = []

    def listen(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    browser = Client(HTTP_HOST="localhost")
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    browser.get(path)
    with connection.execute_wrapper(listen):
        status = browser.get(path).status_code
    if status != 200:
        raise RuntimeError(f"{path} answered {status}.")
    return found


def floor(page: Sequence[Statement], n: int = REQUESTS) -> meter.Timing:
    """Run the page's SQL by bare psycopg and fetch its rows; CPU of this process and its backends."""
    import os

    bare = connection.connection

    def run(_i: int) -> None:
        for sql, params in page:
            cursor = bare.execute(sql, params)
            if cursor.description:
                cursor.fetchall()

    return meter.measure(run, n=n, pids=lambda: {os.getpid()} | meter.backends())
