"""Signed, unguessable strings: reply addresses, single-use links, download links.

Every id that comes back from outside is read by `read` alone, which checks the signature first (S-04).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from firstline.core import sealing

SIGNATURE_BYTES = 16
KEY_ID = "a"


class BadToken(ValueError):
    """Not one of ours, or changed on its way."""


def make(purpose: str, ids: Sequence[int]) -> str:
    """`ids` with a 128-bit HMAC, in lower-case base32 with hyphens: safe in a mail's local part, whose case does not
    survive.
    """
    body = "-".join([KEY_ID, *(_base36(number) for number in ids)])
    return f"{body}-{_signature(purpose, body)}"


def read(purpose: str, token: str, count: int) -> tuple[int, ...]:
    """The ids of a token made for `purpose`. Raises BadToken; compares in constant time."""
    body, _, signature = token.strip().lower().rpartition("-")
    if not hmac.compare_digest(signature.encode(), _signature(purpose, body).encode()):
        raise BadToken("The signature does not match.")
    key_id, *numbers = body.split("-")
    if key_id != KEY_ID or len(numbers) != count:
        raise BadToken("A token of another shape.")
    return tuple(int(number, 36) for number in numbers)


def random_token() -> str:
    """256 random bits for a link; only its `digest` is stored."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a random token: SHA-256, 64 hex digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def _signature(purpose: str, body: str) -> str:
    mac = hmac.digest(sealing.derived(f"token:{purpose}"), body.encode(), hashlib.sha256)[:SIGNATURE_BYTES]
    return base64.b32encode(mac).decode().rstrip("=").lower()


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    if number < 0:
        raise ValueError("Ids are not negative.")
    result = ""
    while True:
        number, rest = divmod(number, 36)
        result = digits[rest] + result
        if number == 0:
            return result
