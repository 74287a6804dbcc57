"""DKIM signatures on mail that leaves (RFC 6376, RSA with SHA-256)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_BITS = 2048
HEADERS = [b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references"]
Signer = Callable[[bytes], bytes]


def new_key() -> str:
    """A fresh private key in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*form).decode()


def record(pem: str) -> str:
    """The TXT record that publishes the key's public half. Raises ValueError when it is no RSA key in PEM."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as error:
        raise ValueError("The DKIM key is not a private key in PEM.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("The DKIM key must be an RSA key.")  # noqa: TRY004 (a wrong value of the right type)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def signer(settings: Mapping[str, str]) -> Signer | None:
    """What signs this inbox's mail; None without a selector or key. Raises ValueError for a key that is none."""
    selector, pem = settings.get("dkim_selector", ""), settings.get("dkim_key", "")
    domain = settings.get("address", "").rpartition("@")[2]
    if not (selector and pem and domain):
        return None
    record(pem)

    def sign(raw: bytes) -> bytes:
        signature = dkim.sign(
            raw,
            selector.encode(),
            domain.encode("idna"),
            pem.encode(),
            include_headers=_present(raw),
            canonicalize=(b"relaxed", b"relaxed"),
        )
        return bytes(signature) + raw

    return sign


def _present(raw: bytes) -> list[bytes]:
    """The headers to sign, and From once more, so that nobody adds a second one (RFC 6376 section 8.15)."""
    names = {line.partition(b":")[0].strip().lower() for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    return [name for name in HEADERS if name in names] + [b"from"]
