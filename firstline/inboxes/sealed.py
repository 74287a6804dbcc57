"""Settings of an inbox as they lie in the database: secrets sealed under keys of their own (ground.md G1)."""

import base64
from collections.abc import Collection, Mapping
from typing import Any

from firstline.core import sealing


def closed(values: Mapping[str, str], secret: Collection[str]) -> dict[str, Any]:
    """The form to store: names in `secret` sealed, empty values left out."""
    return {name: _seal(value) if name in secret else value for name, value in values.items() if value}


def opened(stored: Mapping[str, Any]) -> dict[str, str]:
    """The settings in plain, in memory only. Raises SealBroken when they were sealed with another desk key."""
    return {name: _unseal(value) if isinstance(value, dict) else str(value) for name, value in stored.items()}


def shown(stored: Mapping[str, Any]) -> dict[str, str]:
    """The settings that may be shown: no secret is among them."""
    return {name: str(value) for name, value in stored.items() if not isinstance(value, dict)}


def kept(stored: Mapping[str, Any]) -> set[str]:
    """Names of the secrets that are set."""
    return {name for name, value in stored.items() if isinstance(value, dict)}


def _seal(value: str) -> dict[str, str]:
    item = sealing.seal(value.encode())
    return {"sealed": base64.b64encode(item.ciphertext).decode(), "key": base64.b64encode(item.wrapped_key).decode()}


def _unseal(value: Mapping[str, str]) -> str:
    return sealing.unseal(base64.b64decode(value["sealed"]), base64.b64decode(value["key"])).decode()
