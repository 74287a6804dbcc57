"""Which channels there are: each folder of `channels/` with a `channel.py`, which registers itself when imported."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache

import firstline.channels
from firstline.channels.base import Channel

_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make a channel known under its kind. Raises ValueError when another one has that kind."""
    known = _channels.get(channel.kind)
    if known is not None and type(known) is not type(channel):
        raise ValueError(f"Two channels call themselves {channel.kind!r}.")
    _channels[channel.kind] = channel


def get(kind: str) -> Channel:
    """The channel of that kind. Raises KeyError with a sentence that names those there are."""
    _discover()
    if kind not in _channels:
        raise KeyError(f"There is no channel {kind!r}; there are: {', '.join(kinds())}.")
    return _channels[kind]


def kinds() -> list[str]:
    """The kinds of all channels, sorted."""
    _discover()
    return sorted(_channels)


@cache
def _discover() -> None:
    for module in pkgutil.iter_modules(firstline.channels.__path__, "firstline.channels."):
        if module.ispkg and importlib.util.find_spec(f"{module.name}.channel"):
            importlib.import_module(f"{module.name}.channel")
