"""Whatever an address leads to, the desk never asks a machine inside its own network (S-19)."""

import socket
import threading
from collections.abc import Iterator

import pytest

from firstline.core import egress
from firstline.core.egress import EgressRefused, Network

PUBLIC = "93.184.216.34"


class Server:
    """Answers every request on loopback with the same bytes, and remembers what it was asked."""

    def __init__(self, answer: bytes, *, hold: bool = False) -> None:
        self.answer, self.hold, self.asked = answer, hold, list[bytes]()
        self.connected = list[str]()
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self.socket.accept()
            except OSError:
                return
            with visitor:
                self.asked.append(visitor.recv(65536))
                visitor.sendall(self.answer)
                if self.hold:
                    visitor.recv(1)

    def network(self, *lookups: list[str]) -> Network:
        """Names resolve to these, one look-up after the other; every connection ends at this server."""
        answers = iter(lookups)
        last = lookups[-1]

        def connect(address: str, _port: int, seconds: float) -> socket.socket:
            self.connected.append(address)
            return socket.create_connection(self.socket.getsockname(), timeout=seconds)

        return Network(lambda _host, _port: next(answers, last), connect)


@pytest.fixture
def served() -> Iterator[list[Server]]:
    servers: list[Server] = []
    yield servers
    for server in servers:
        server.socket.close()


def serve(served: list[Server], answer: bytes, *, hold: bool = False) -> Server:
    served.append(Server(answer, hold=hold))
    return served[-1]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1", "fe80::1",
        "fd00:ec2::254", "2002:7f00:1::", "2001:0:7f00:1::", "ff02::1", "not-an-address",
    ],
)  # fmt: skip
def test_addresses_inside_are_told_from_those_outside(address: str) -> None:
    assert not egress.is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111"])
def test_the_open_internet_is_reachable(address: str) -> None:
    assert egress.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://0x7f.1/", "https://[::ffff:127.0.0.1]/", "https://2130706433/", "https://127.1/", "https://localhost/",
        "https://169.254.169.254/latest/meta-data/", "http://example.org/", "file:///etc/passwd", "gopher://example.org/",
        "https://user:word@example.org/", "https:///nothing", "https://example.org:99999/", "https://exa\nmple.org/",
    ],
)  # fmt: skip
def test_ways_of_writing_an_inside_address_are_refused_before_anything_is_sent(url: str) -> None:
    def never(address: str, _port: int, _seconds: float) -> socket.socket:
        raise AssertionError(f"connected to {address}")

    with pytest.raises(EgressRefused):
        egress.fetch(url, network=Network(connect=never))


def test_a_name_that_changes_its_mind_is_connected_to_as_it_was_checked(served: list[Server]) -> None:
    server = serve(served, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    answer = egress.fetch("http://rebind.example/", allow_http=True, network=server.network([PUBLIC], ["127.0.0.1"]))
    assert (answer.status, answer.body, server.connected) == (200, b"ok", [PUBLIC])
    with pytest.raises(EgressRefused):
        egress.fetch("http://both.example/", allow_http=True, network=server.network([PUBLIC, "10.0.0.1"]))
    assert len(server.asked) == 1


def test_a_redirect_inside_is_not_followed_and_carries_no_header_on(served: list[Server]) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
    inside = serve(served, moved % b"http://169.254.169.254/latest/")
    secret = {"Authorization": "Bearer made-up"}
    network = inside.network([PUBLIC], ["169.254.169.254"])
    with pytest.raises(EgressRefused, match="public"):
        egress.fetch("http://hop.example/", allow_http=True, headers=secret, network=network)
    assert len(inside.asked) == 1
    circle = serve(served, moved % b"http://hop.example/again")
    with pytest.raises(EgressRefused, match="too often"):
        egress.fetch("http://hop.example/", allow_http=True, headers=secret, network=circle.network([PUBLIC]))
    assert [b"Bearer" in asked for asked in circle.asked] == [True, False, False, False]


def test_answers_too_big_or_too_slow_are_cut_off(served: list[Server]) -> None:
    big = serve(served, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2000)
    with pytest.raises(EgressRefused, match="too big"):
        egress.fetch("http://big.example/", allow_http=True, limit=1000, network=big.network([PUBLIC]))
    slow = serve(served, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", hold=True)
    with pytest.raises(EgressRefused, match="too long"):
        egress.fetch("http://slow.example/", allow_http=True, seconds=0.3, network=slow.network([PUBLIC]))


def test_a_server_that_cannot_prove_its_name_gets_no_request(served: list[Server]) -> None:
    plain = serve(served, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    with pytest.raises(EgressRefused, match="did not answer"):
        egress.fetch("https://plain.example/", network=plain.network([PUBLIC]))
    assert not plain.asked[0].startswith(b"GET")
