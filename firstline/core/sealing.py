"""Envelope encryption at rest: one random key per item, wrapped with the desk key (ground.md G1).

AES-256-GCM (NIST SP 800-38D) with 96-bit random nonces. Destroying the wrapped key destroys the item.
"""

import base64
import functools
import hashlib
import hmac
import os
import secrets
import zlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from firstline.core import environment

NONCE_BYTES = 12
KEY_BYTES = 32


class SealBroken(Exception):
    """The item cannot be opened: another desk key, or bytes that were changed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted item: `ciphertext` = nonce + AES-GCM of the compressed bytes, `wrapped_key` = nonce + wrapped
    32-byte key.
    """

    ciphertext: bytes
    wrapped_key: bytes


def key_file() -> Path:
    """Where the desk key lies when the environment does not give it."""
    return environment.home() / "secrets" / "desk.key"


@functools.cache
def desk_key() -> bytes:
    """The desk key, 32 bytes: FIRSTLINE_DESK_KEY (base64) or the key file, which is made on first use with mode 0600.

    Raises BadSetting when what is given is not 32 bytes of base64.
    """
    given = environment.text("FIRSTLINE_DESK_KEY")
    if not given:
        given = _read_or_make(key_file())
    try:
        key = base64.b64decode(given, validate=True)
    except ValueError as error:
        raise environment.BadSetting("The desk key is not base64.") from error
    if len(key) != KEY_BYTES:
        raise environment.BadSetting(f"The desk key must be {KEY_BYTES} bytes in base64; this one has {len(key)}.")
    return key


def _read_or_make(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
        file.flush()
        os.fsync(file.fileno())
    try:
        # link() refuses to overwrite: when two processes start together, both read the first one's key.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return path.read_text().strip()


@functools.lru_cache(maxsize=16)
def derived(purpose: str) -> bytes:
    """A 32-byte key for one purpose, derived from the desk key (HKDF-Expand with one block, RFC 5869)."""
    return hmac.digest(desk_key(), purpose.encode() + b"\x01", hashlib.sha256)


def seal(data: bytes) -> Sealed:
    """Compress and encrypt `data` under a fresh key."""
    key = secrets.token_bytes(KEY_BYTES)
    return Sealed(_encrypt(key, zlib.compress(data, 1)), _encrypt(derived("wrap"), key))


def unseal(ciphertext: bytes | memoryview, wrapped_key: bytes | memoryview) -> bytes:
    """The bytes that were sealed, exactly. Raises SealBroken."""
    return zlib.decompress(_decrypt(_decrypt(derived("wrap"), bytes(wrapped_key)), bytes(ciphertext)))


def fingerprint(data: bytes, purpose: str = "fingerprint") -> str:
    """Keyed hash of `data`, 64 hex digits: equal bytes meet, but nobody without the desk key can test a guess."""
    return hmac.new(derived(purpose), data, hashlib.sha256).hexdigest()


def _encrypt(key: bytes, data: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, None)


def _decrypt(key: bytes, data: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], None)
    except InvalidTag as error:
        raise SealBroken("This item was sealed with another desk key, or it was changed.") from error
