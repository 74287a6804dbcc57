"""Which channels there are: each file of `channels/`, or folder with a `channel.py`, registers itself when imported."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache

import firstline.channels
from firstline.channels.port import Channel

NOT_CHANNELS = {"base", "commands", "metering", "payloads", "port", "registry"}
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


def posting() -> list[str]:
    """The kinds whose messages go to a thread that others read."""
    return [kind for kind in kinds() if _channels[kind].posts]


@cache
def _discover() -> None:
    for module in pkgutil.iter_modules(firstline.channels.__path__):
        name = f"firstline.channels.{module.name}"
        if module.ispkg and importlib.util.find_spec(f"{name}.channel"):
            importlib.import_module(f"{name}.channel")
        elif not module.ispkg and module.name not in NOT_CHANNELS:
            importlib.import_module(name)
