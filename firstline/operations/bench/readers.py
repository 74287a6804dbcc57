"""Many readers at once: kept connections, each of which asks again as soon as it has its answer."""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from firstline.operations.bench import desk

END_OF_HEAD = b"\r\n\r\n"


@dataclass(slots=True)
class Reader:
    """One connection, what it has read of its answer, and when it asked."""

    socket: socket.socket
    asked_at: float = 0.0
    read: bytearray = field(default_factory=bytearray)

    def ask(self, path: str, port: int) -> None:
        """Send the next request."""
        self.read.clear()
        self.asked_at = time.perf_counter()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())

    def has_answer(self) -> bool:
        """Take in what is there; True once the answer is whole. Raises RuntimeError for any answer but 200."""
        self.read += self.socket.recv(262_144)
        head, found, body = bytes(self.read).partition(END_OF_HEAD)
        if not found:
            return False
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"The page answered {head[:60]!r}.")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return len(body) >= int(length.partition(b":")[2])


def read(web: desk.Web, paths: Sequence[str], *, readers: int, n: int) -> tuple[float, list[float]]:
    """GET the paths in turn, n of them over `readers` connections; seconds in all, and milliseconds of each."""
    left = iter(range(n))
    taken: list[float] = []
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        for number, _reader in zip(left, range(readers), strict=False):
            one = Reader(socket.create_connection(("127.0.0.1", web.port), timeout=60))
            selector.register(one.socket, selectors.EVENT_READ, one)
            one.ask(paths[number % len(paths)], web.port)
        while len(taken) < n:
            for key, _mask in selector.select(60):
                if key.data.has_answer():
                    taken.append((time.perf_counter() - key.data.asked_at) * 1000)
                    following = next(left, None)
                    if following is not None:
                        key.data.ask(paths[following % len(paths)], web.port)
        seconds = time.perf_counter() - began
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return seconds, taken
