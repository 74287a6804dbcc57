"""Whose post it is, by handles as people type them. Pure."""

from __future__ import annotations

from firstline.channels.base import ParsedMessage


def handle(typed: str) -> str:
    """A handle with one @ in front, in lower case; '' for none."""
    bare = typed.strip().lower().lstrip("@")
    return f"@{bare}" if bare else ""


def is_named(parsed: ParsedMessage, handles: str) -> bool:
    """Whether one of these comma-separated handles wrote it."""
    named = {handle(one) for one in handles.split(",")} - {""}
    return parsed.sender is not None and handle(parsed.sender.email) in named
