"""A language model behind an OpenAI-style HTTP interface (llama.cpp, Ollama, vLLM, or a hosted one). Drafting only.

One question, one answer, within a deadline that covers everything from the connection to the last byte.
"""

import http.client
import json
import socket
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

DEADLINE_SECONDS = 3.0
MOST_BYTES = 256_000
MOST_TOKENS = 700
PIECE = 16_384


class ProviderError(Exception):
    """The model gave no usable answer; the message says why and holds nothing that was asked."""

    def __init__(self, sentence: str, *, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is: the address up to `/v1`, its name, and a key ("" for none)."""

    url: str
    model: str
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote, and what was read and written in tokens, as it counts them itself."""

    text: str
    prompt_tokens: int
    completion_tokens: int


def complete(endpoint: Endpoint, system: str, user: str, *, seconds: float = DEADLINE_SECONDS) -> Completion:
    """One chat completion at temperature 0. Raises ProviderError, at the latest after `seconds`."""
    ends = time.monotonic() + seconds
    body = {
        "model": endpoint.model,
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
    }
    try:
        answer = _post(endpoint, json.dumps(body).encode(), ends)
    except (OSError, http.client.HTTPException) as error:
        raise ProviderError(f"The language model cannot be reached ({type(error).__name__}).") from error
    return _read(answer)


def _post(endpoint: Endpoint, body: bytes, ends: float) -> bytes:
    parts = urlsplit(endpoint.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_left(ends))
    headers = {"Content-Type": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    try:
        connection.connect()
        wire: socket.socket = connection.sock  # kept: http.client forgets it when the answer closes the connection
        wire.settimeout(_left(ends))
        connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body, headers)
        response = connection.getresponse()
        if response.status != http.HTTPStatus.OK:
            refused = response.status in (400, 401, 403, 404)
            raise ProviderError(f"The language model answered {response.status}.", permanent=refused)
        return _all_of(response, wire, ends)
    finally:
        connection.close()


def _all_of(response: http.client.HTTPResponse, wire: socket.socket, ends: float) -> bytes:
    """The body, piece by piece: a socket's timeout alone would let a trickle go on for ever."""
    pieces, size = [], 0
    while piece := response.read1(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise ProviderError("The language model's answer is far too long.")
        left = _left(ends)
        if wire.fileno() >= 0:
            wire.settimeout(left)
    return b"".join(pieces)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _read(answer: bytes) -> Completion:
    try:
        data: dict[str, Any] = json.loads(answer)
        text = data["choices"][0]["message"]["content"]
        usage = data.get("usage") or {}
        counts = int(usage.get("prompt_tokens", 0)), int(usage.get("completion_tokens", 0))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ProviderError("The language model's answer cannot be read.") from error
    if not isinstance(text, str) or not text.strip():
        raise ProviderError("The language model's answer is empty.")
    return Completion(text, *counts)
