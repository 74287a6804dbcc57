"""The one way out by HTTP (S-19): only to public addresses, each looked up once and connected to as it was checked.

A name that changes between the check and the connection (DNS rebinding) gains nothing, since the connection goes to the
checked address; TLS still proves the name. Redirects are checked in the same way. No cookies, no proxies, no netrc.
A server within the operator's own network is reached only when FIRSTLINE_EGRESS_ALLOW names it as HOST:PORT, and only
for an address that stands in the desk's settings.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from firstline.core import environment

SECONDS, BYTES, REDIRECTS = 10.0, 10 * 1024 * 1024, 3
STREAM_LINE = 64 * 1024
_MOVED = {301, 302, 303, 307, 308}
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_TUNNELS = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv6Network("2001::/23"))


class EgressRefused(Exception):
    """The request was not made, or was cut off; the text says why and is fit to be shown. `sent` tells whether the
    other side may have got it all the same.
    """

    def __init__(self, sentence: str, *, sent: bool = False) -> None:
        super().__init__(sentence)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, from the last address of the redirects. Header names are in lower case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to one address. Raises OSError."""
    return socket.create_connection((address, port), timeout=seconds)


@dataclass(frozen=True, slots=True)
class Network:
    """How names are looked up and addresses connected to; tests give their own."""

    look_up: Callable[[str, int], list[str]] = look_up
    connect: Callable[[str, int, float], socket.socket] = connect


def is_public(address: str) -> bool:
    """Whether an address lies in the open internet: no private, link-local, metadata, mapped or tunnelled one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not found.is_multicast
    return found in _PUBLIC_V6 and found.is_global and not any(found in tunnel for tunnel in _TUNNELS)


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    allow_http: bool = False,
    seconds: float = SECONDS,
    limit: int = BYTES,
    network: Network | None = None,
    from_settings: bool = False,
    follow: bool = True,
) -> Answer:
    """Ask one URL; of GETs at most three redirects are followed, without the given headers; none without `follow`.

    `seconds` holds for everything together, `limit` for the body in bytes. `from_settings` says that an admin gave the
    address: it may then be one of FIRSTLINE_EGRESS_ALLOW. Raises EgressRefused.
    """
    deadline = time.monotonic() + seconds
    network = network or Network()
    for hop in range(REDIRECTS + 1):
        is_ours = from_settings and hop == 0 and is_allowed(url)
        target = _checked(url, allow_http=allow_http or is_ours)
        sent = {"User-Agent": "Firstline", "Accept-Encoding": "identity", **((headers or {}) if hop == 0 else {})}
        answer = _ask(target, method, body, sent, deadline, limit, network, is_ours=is_ours)
        if not follow or method != "GET" or answer.status not in _MOVED or "location" not in answer.headers:
            return answer
        url = urljoin(url, answer.headers["location"])
    raise EgressRefused("It redirects too often.")


@contextlib.contextmanager
def stream(
    url: str, *, headers: Mapping[str, str], seconds: float, network: Network | None = None
) -> Iterator[Iterator[bytes]]:
    """The lines of an answer that does not end, of an address from settings; silence of `seconds` ends it.

    Raises EgressRefused, also while lines are read.
    """
    is_ours, network = is_allowed(url), network or Network()
    target = _checked(url, allow_http=is_ours)
    try:
        link = _open(target, time.monotonic() + SECONDS, network, is_ours=is_ours)
        with contextlib.closing(link):
            link.settimeout(seconds)
            if isinstance(link, ssl.SSLSocket):
                link.do_handshake()
            connection = http.client.HTTPConnection(target.hostname or "", target.port)
            connection.sock = link
            connection.request("GET", _path(target), headers={"User-Agent": "Firstline", **headers})
            response = connection.getresponse()
            if response.status != 200:
                raise EgressRefused(f"{target.hostname} does not stream ({response.status}).", sent=True)
            yield iter(lambda: response.readline(STREAM_LINE), b"")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EgressRefused(f"{target.hostname} stopped streaming.", sent=True) from error


def is_allowed(url: str) -> bool:
    """Whether an operator lets the desk reach this server although it may lie in the operator's own network."""
    try:
        target = urlsplit(url)
        port = target.port or (443 if target.scheme == "https" else 80)
    except ValueError:
        return False
    named = environment.text("FIRSTLINE_EGRESS_ALLOW").replace(",", " ").lower().split()
    return f"{target.hostname}:{port}" in named


def _checked(url: str, *, allow_http: bool) -> SplitResult:
    try:
        target = urlsplit(url)
        port = target.port
    except ValueError as error:
        raise EgressRefused("That is not an address of the web.") from error
    if target.scheme not in ({"https", "http"} if allow_http else {"https"}):
        raise EgressRefused("Only https addresses are fetched.")
    if not target.hostname or target.username is not None or port == 0 or any(ord(sign) < 33 for sign in url):
        raise EgressRefused("That is not an address of the web.")
    return target


def _ask(
    target: SplitResult,
    method: str,
    body: bytes | None,
    headers: Mapping[str, str],
    deadline: float,
    limit: int,
    network: Network,
    *,
    is_ours: bool,
) -> Answer:
    host, sent = target.hostname or "", False
    try:
        link = _open(target, deadline, network, is_ours=is_ours)
        with contextlib.closing(link), _cut(link, deadline):
            if isinstance(link, ssl.SSLSocket):
                link.do_handshake()
            connection = http.client.HTTPConnection(host, target.port)
            connection.sock = link
            sent = True
            connection.request(method, _path(target), body=body, headers=dict(headers))
            response = connection.getresponse()
            content = response.read(limit + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= deadline
        said = "It took too long." if late else f"{host} did not answer as it should."
        raise EgressRefused(said, sent=sent) from error
    if time.monotonic() >= deadline:
        raise EgressRefused("It took too long.", sent=True)
    if len(content) > limit:
        raise EgressRefused("The answer is too big.", sent=True)
    return Answer(
        response.status, target.geturl(), {name.lower(): value for name, value in response.getheaders()}, content
    )


def _path(target: SplitResult) -> str:
    return (target.path or "/") + (f"?{target.query}" if target.query else "")


def _open(target: SplitResult, deadline: float, network: Network, *, is_ours: bool) -> socket.socket:
    """A connection to a checked address of the host; one that is not public among them refuses them all."""
    host = target.hostname or ""
    port = target.port or (443 if target.scheme == "https" else 80)
    addresses = network.look_up(host, port)
    if not addresses or not (is_ours or all(is_public(address.partition("%")[0]) for address in addresses)):
        raise EgressRefused(f"{host} is not a public address.")
    link = network.connect(addresses[0], port, max(0.1, deadline - time.monotonic()))
    if target.scheme == "http":
        return link
    # The handshake comes later, when the clock runs.
    return ssl.create_default_context().wrap_socket(link, server_hostname=host, do_handshake_on_connect=False)


@contextlib.contextmanager
def _cut(link: socket.socket, deadline: float) -> Iterator[None]:
    """Hang up at the deadline: a peer that drips one byte at a time never meets a socket's own timeout."""
    timer = threading.Timer(max(0.0, deadline - time.monotonic()), _hang_up, [link])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(link: socket.socket) -> None:
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
