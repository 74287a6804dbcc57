"""From the commit of a message to the event on a hundred open pages."""

import contextlib
import json
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection, transaction

from firstline.conversations.models import Conversation, Status
from firstline.events.kinds import Kind
from firstline.events.recording import CHANNEL, MACHINE, record
from firstline.operations.bench import desk, meter, pages
from firstline.operations.bench.report import Row, percentile

STREAMS = 100
WARM_UP = 30
EVENTS = 30
GAP_S = 0.15
TARGET_MS = 150.0
TARGET_BYTES = 100_000


@dataclass
class Streams:
    """Open event streams of one signed-in agent, all read by this thread."""

    sockets: list[socket.socket] = field(default_factory=list)
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    buffers: dict[socket.socket, bytes] = field(default_factory=dict)

    def open(self, web: desk.Web, cookie: str, count: int) -> None:
        """Open `count` more and wait until each has its headers."""
        head = [
            "GET /events/ HTTP/1.1",
            f"Host: localhost:{web.port}",
            f"Cookie: {cookie}",
            "Accept: text/event-stream",
        ]
        request = "\r\n".join([*head, "", ""])
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", web.port), timeout=20)
            one.sendall(request.encode())
            answer = one.recv(4096)
            if b" 200 " not in answer.split(b"\r\n")[0]:
                raise RuntimeError(f"The event stream answered {answer[:60]!r}.")
            one.setblocking(False)
            self.selector.register(one, selectors.EVENT_READ)
            self.sockets.append(one)
            self.buffers[one] = b""

    def arrivals(self, seq: int, limit: float = 5.0) -> list[float]:
        """When (perf_counter) each stream read the event with this number."""
        wanted, end, found = f'"seq":{seq}}}'.encode(), time.perf_counter() + limit, []
        missing = set(self.sockets)
        while missing and time.perf_counter() < end:
            for key, _mask in self.selector.select(0.5):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                self.buffers[one] += one.recv(65536)
                if one in missing and wanted in self.buffers[one]:
                    found.append(time.perf_counter())
                    missing.discard(one)
                    self.buffers[one] = b""
        return found

    def close(self) -> None:
        """Close all."""
        for one in self.sockets:
            one.close()
        self.selector.close()


@contextlib.contextmanager
def streams() -> Iterator[Streams]:
    """Streams that are closed at the end."""
    opened = Streams()
    try:
        yield opened
    finally:
        opened.close()


def measure() -> Row:
    """p95 over all streams and events, from the commit on, against NOTIFY → one psycopg listener."""
    user = pages.agent()
    cookie = desk.sign_in(user.pk)
    conversation = Conversation.objects.filter(status=Status.OPEN, inbox__name__startswith="bench-").order_by("-pk")[0]
    floor = _floor()
    with desk.running_web() as web, streams() as opened:
        opened.open(web, cookie, WARM_UP)
        before = meter.pss_bytes(meter.descendants(web.pid))
        opened.open(web, cookie, STREAMS)
        time.sleep(1.0)
        each = (meter.pss_bytes(meter.descendants(web.pid)) - before) / STREAMS
        walls, missed = _events(opened, conversation)
    p95 = percentile(walls, 0.95)
    return Row(
        name="live",
        n=len(walls),
        target=f"p95 ≤ floor + {TARGET_MS:g} ms, ≤ {TARGET_BYTES // 1000} kB a stream",
        ok=p95 <= floor + TARGET_MS and each <= TARGET_BYTES and not missed,
        p50_ms=round(percentile(walls, 0.5), 1),
        p95_ms=round(p95, 1),
        floor=round(floor, 2),
        ratio=None,
        details={"streams": STREAMS, "kb_a_stream": round(each / 1000, 1), "missed": missed},
    )


def _events(opened: Streams, conversation: Conversation) -> tuple[list[float], int]:
    walls, missed = [], 0
    for _ in range(EVENTS):
        with transaction.atomic():
            event = record(
                Kind.CONVERSATION_TAGGED, by=MACHINE, conversation_id=conversation.pk, inbox_id=conversation.inbox_id
            )
        began = time.perf_counter()
        arrived = opened.arrivals(event)
        walls += [(at - began) * 1000 for at in arrived]
        missed += len(opened.sockets) - len(arrived)
        time.sleep(GAP_S)
    return walls, missed


def _floor() -> float:
    """p95 in milliseconds from a committed NOTIFY to one listener in this process."""
    import psycopg

    walls = []
    with psycopg.connect(desk.database_url(), autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}_bench")
        for i in range(EVENTS):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, %s)", [f"{CHANNEL}_bench", json.dumps({"seq": i})])
            began = time.perf_counter()
            next(listener.notifies(timeout=5, stop_after=1))
            walls.append((time.perf_counter() - began) * 1000)
    return percentile(walls, 0.95)
