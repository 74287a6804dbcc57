"""From SMTP DATA to a durable row to 250: mails of 4 KB over eight connections, fsync on."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from firstline.inboxes.models import Inbox
from firstline.intake.models import InboundItem
from firstline.operations import processes, supervisor
from firstline.operations.bench import desk, mails, meter, pages
from firstline.operations.bench.copying import Insert
from firstline.operations.bench.report import Row, percentile

MAILS = 1200
CONNECTIONS = 8
TARGET_SHARE = 0.5


def measure() -> Row:
    """Rate of our listener against the lower of raw INSERTs and the same listener discarding, by the same senders."""
    inbox = Inbox.objects.filter(channel="email").order_by("pk").first()
    if inbox is None:
        raise pages.NothingSeeded("Seed the desk first: firstline bench seed --conversations 1000")
    raws = list(mails.mails(MAILS, to=inbox.address, tag=f"i{secrets.token_hex(4)}"))
    port = desk.free_port()
    variables = {
        **os.environ,
        "FIRSTLINE_DATABASE_URL": desk.database_url(),
        "FIRSTLINE_SMTP_PORT": str(port),
        "FIRSTLINE_ALLOW_ROOT": "1",
    }
    kept = _with_listener(supervisor.command("intake"), variables, port, raws, inbox.address)
    discard_port = desk.free_port()
    discarding = [sys.executable, "-m", "firstline.operations.bench.discarding", str(discard_port)]
    discarded = _with_listener(discarding, dict(os.environ), discard_port, raws, inbox.address)
    inserts = _inserts(inbox, raws)
    floor = min(discarded.per_s, inserts)
    return Row(
        name="intake",
        n=MAILS,
        target="≥ 50 % of the floor's mails a second",
        ok=kept.per_s >= TARGET_SHARE * floor,
        cpu_ms=round(kept.cpu_ms, 2),
        p50_ms=round(kept.p50_ms, 1),
        p95_ms=round(kept.p95_ms, 1),
        per_s=round(kept.per_s, 1),
        floor=round(floor, 1),
        ratio=round(kept.per_s / floor, 2),
        details={"raw_inserts_per_s": round(inserts, 1), "discarding_per_s": round(discarded.per_s, 1)},
    )


def _with_listener(
    command: list[str], variables: dict[str, str], port: int, raws: Sequence[bytes], to: str
) -> meter.Timing:
    process = subprocess.Popen(command, env=variables, preexec_fn=processes.before_exec(death_signal=15))
    try:
        desk.wait_for(port)
        watched = {process.pid} | meter.backends()
        before = sum(meter.cpu_seconds(pid) for pid in watched)
        seconds, walls = _send(port, raws, to)
        watched |= meter.backends()
        cpu = sum(meter.cpu_seconds(pid) for pid in watched) - before
    finally:
        process.terminate()
        process.wait(10)
    count = len(walls)
    return meter.Timing(
        n=count,
        cpu_ms=cpu / count * 1000,
        cpu_p95_ms=0.0,
        p50_ms=percentile(walls, 0.5),
        p95_ms=percentile(walls, 0.95),
        per_s=count / seconds,
    )


def _send(port: int, raws: Sequence[bytes], to: str) -> tuple[float, list[float]]:
    """Seconds for all, and milliseconds of each from DATA to its 250; one thread a connection."""
    walls: list[float] = []

    def send(part: Sequence[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            lines = connection.makefile("rb")
            _expect(lines.readline, b"220")
            connection.sendall(b"EHLO bench.example\r\n")
            _expect(lines.readline, b"250")
            for raw in part:
                began = time.perf_counter()
                connection.sendall(f"MAIL FROM:<sender@bench.example>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode())
                for code in (b"250", b"250", b"354"):
                    _expect(lines.readline, code)
                connection.sendall(raw + b"\r\n.\r\n")
                _expect(lines.readline, b"250")
                walls.append((time.perf_counter() - began) * 1000)
            connection.sendall(b"QUIT\r\n")

    return _in_threads(send, raws), walls


def _in_threads(function: Callable[[Sequence[bytes]], None], raws: Sequence[bytes]) -> float:
    """Seconds that eight threads take with an eighth of the mails each."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(function, (raws[i::CONNECTIONS] for i in range(CONNECTIONS))))
    return time.perf_counter() - began


def _expect(readline: Callable[[], bytes], code: bytes) -> None:
    line = readline()
    while line[3:4] == b"-":
        line = readline()
    if not line.startswith(code):
        raise RuntimeError(f"The listener answered {line[:80]!r} where {code.decode()} was expected.")


def _inserts(inbox: Inbox, raws: Sequence[bytes]) -> float:
    """Rows a second: eight connections, one INSERT of one mail's bytes a transaction."""
    import psycopg

    address = desk.database_url()
    row = Insert(InboundItem, ("inbox_id", "size", "ciphertext", "outcome"))

    def insert(part: Sequence[bytes]) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            for raw in part:
                connection.execute(row.sql, row.values(inbox.pk, len(raw), raw, "ignored:bench"))

    return len(raws) / _in_threads(insert, raws)
