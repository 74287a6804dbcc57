"""A push service on loopback, behind real TLS, and a browser that subscribes to it and can read what it gets."""

import datetime
import ipaddress
import json
import os
import socket
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firstline.core import webpush

HOSTS = ("push.example.org", "events.example.org", "ntfy.example.org")
PUBLIC = "93.184.216.34"


@dataclass
class Service:
    """Answers every POST with `status`, and keeps what came: path, headers in lower case, body."""

    status: int = 201
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    def to(self, path: str) -> list[bytes]:
        """The bodies that came to one path, oldest first."""
        return [body for where, _headers, body in self.got if where == path]


@dataclass
class Browser:
    """One browser's side of a subscription (RFC 8291)."""

    name: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def path(self) -> str:
        """Its own address at the service."""
        return f"/send/{self.name}"

    @property
    def fields(self) -> dict[str, str]:
        """What its script posts to the desk."""
        return {
            "endpoint": f"https://{HOSTS[0]}{self.path}",
            "key": webpush.encoded(self._point),
            "secret": webpush.encoded(self.secret),
        }

    @property
    def _point(self) -> bytes:
        point = serialization.PublicFormat.UncompressedPoint
        return self.private.public_key().public_bytes(serialization.Encoding.X962, point)

    def read(self, body: bytes) -> dict[str, Any]:
        """The message that was encrypted for it."""
        salt, point, content = body[:16], body[21:86], body[86:]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        info = b"WebPush: info\x00" + self._point + point
        shared = HKDF(hashes.SHA256(), 32, self.secret, info).derive(self.private.exchange(ec.ECDH(), theirs))
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(shared)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(shared)
        plain = AESGCM(key).decrypt(nonce, content, None)
        found: dict[str, Any] = json.loads(plain.rstrip(b"\x00").removesuffix(b"\x02"))
        return found


def serve(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Service:
    """Start one to which the names of HOSTS lead in this test; its certificate is trusted as any other."""
    service = Service()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.got.append((self.path, headers, body))
            self.send_response(service.status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    service.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _lead(monkeypatch, service)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "service.pem"))
    return service


def _lead(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    """The system's resolver knows the names, and the way to their address ends here."""
    look_up, connect = socket.getaddrinfo, socket.create_connection

    def found(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host in HOSTS:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, port))]
        return look_up(host, port, *args, **kwargs)

    def connected(address: Any, *args: Any, **kwargs: Any) -> socket.socket:
        return connect(("127.0.0.1", service.port) if address[0] == PUBLIC else address, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(socket, "create_connection", connected)


def _certificate(folder: Path) -> Path:
    """A key and a certificate for HOSTS, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, HOSTS[0])])
    today = datetime.datetime.now(datetime.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in HOSTS]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "service.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
