"""Web push without a library: a message for one browser, encrypted so that the push service can't read it.

RFC 8291 (encryption), RFC 8188 (its coding), RFC 8292 (VAPID: who sends), RFC 8030 (the request). The key that signs
is derived from the desk key: it is the same on every machine and stands nowhere.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from firstline.core import sealing

RECORD_BYTES = 4096
MOST_BYTES = 3000
"""Of a message before encryption; services take 4,096 bytes in all (RFC 8030 section 7.2)."""
TOKEN_LASTS = timedelta(hours=12)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256 (SEC 2, section 2.4.2)."""


class NotASubscription(ValueError):
    """What a browser gave is no push subscription."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser hears: the push service's address, its public key (65 bytes) and its secret (16 bytes)."""

    endpoint: str
    key: bytes
    secret: bytes


def read(endpoint: str, key: str, secret: str) -> Subscription:
    """A subscription out of what `PushSubscription.toJSON()` says (base64url). Raises NotASubscription."""
    try:
        found = Subscription(endpoint, decoded(key), decoded(secret))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), found.key)
    except ValueError as error:
        raise NotASubscription(endpoint) from error
    if urlsplit(endpoint).scheme != "https" or len(endpoint) > 1000 or len(found.secret) != 16:
        raise NotASubscription(endpoint)
    return found


def public_key() -> str:
    """What a browser wants to know of us when it subscribes (base64url)."""
    return encoded(_point(_our_key().public_key()))


def request(
    to: Subscription, content: bytes, *, contact: str, now: datetime, keep: timedelta, pressing: bool = False
) -> tuple[bytes, Mapping[str, str]]:
    """Body and headers of the POST to the subscription's address. The service keeps it for `keep` at most; `contact`
    is where its operator can write to us.
    """
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(keep.total_seconds())),
        "Urgency": "high" if pressing else "normal",
        "Authorization": f"vapid t={_token(to.endpoint, contact, now)}, k={public_key()}",
    }
    return encrypt(to, content, ec.generate_private_key(ec.SECP256R1()), os.urandom(16)), headers


def encrypt(to: Subscription, content: bytes, ours: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """One record under a key that only the browser can find (RFC 8291 section 3.4)."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to.key)
    point = _point(ours.public_key())
    shared = _derive(ours.exchange(ec.ECDH(), theirs), to.secret, b"WebPush: info\x00" + to.key + point, 32)
    key = _derive(shared, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(shared, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD_BYTES.to_bytes(4) + len(point).to_bytes(1) + point
    return head + AESGCM(key).encrypt(nonce, content[:MOST_BYTES] + b"\x02", None)


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The reverse. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _our_key() -> ec.EllipticCurvePrivateKey:
    seed = hashlib.sha512(sealing.derived("web push")).digest()
    return ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP256R1())


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _token(endpoint: str, contact: str, now: datetime) -> str:
    """A JWT for the push service alone (RFC 8292 section 2), signed by ES256 (RFC 7518 section 3.4)."""
    place = urlsplit(endpoint)
    claims = {"aud": f"{place.scheme}://{place.netloc}", "exp": int((now + TOKEN_LASTS).timestamp()), "sub": contact}
    parts = [{"typ": "JWT", "alg": "ES256"}, claims]
    text = ".".join(encoded(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    r, s = decode_dss_signature(_our_key().sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"
