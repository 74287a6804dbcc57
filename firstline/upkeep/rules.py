"""Pure: which links an article has, and when a dead one counts."""

import re
from urllib.parse import urlsplit

TRIES = 2
"""A link is dead when its server has refused so many times running, on different days: sites have bad hours."""
GONE = (404, 410)
"""Answers that need no second try."""
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_LINK = re.compile(r"\]\(\s*<?(https?://[^\s)>]+)|<(https?://[^\s>]+)>|(?<![\w(<\"'`])(https?://[^\s)<>\"'`]+)")
_INSIDE = re.compile(r"\]\(\s*(?:/help)?/([a-z0-9-]+)/?(?:#[^)]*)?\)")
_EXAMPLE = (".example", ".example.org", ".example.com", ".example.net", ".test", ".invalid", ".localhost")


def links(markdown: str) -> list[str]:
    """The addresses outside that a text points to, in order, without what is code or an example (RFC 2606)."""
    found = (next(part for part in match if part) for match in _LINK.findall(_CODE.sub(" ", markdown)))
    return list(dict.fromkeys(one.rstrip(".,;:!?") for one in found if not is_example(one)))


def inside(markdown: str) -> list[str]:
    """The addresses (slugs) of other articles that a text points to."""
    return list(dict.fromkeys(_INSIDE.findall(_CODE.sub(" ", markdown))))


def is_example(address: str) -> bool:
    """Whether the address only stands for one."""
    host = f".{urlsplit(address).hostname or ''}"
    return host.endswith(_EXAMPLE) or "." not in host[1:]


def is_dead(status: int | None, failures: int) -> bool:
    """Whether readers would find nothing there: gone for good, or refused again and again. A server that only wants no
    robots (401, 403, 429) is alive.
    """
    return status in GONE or failures >= TRIES


def answered(status: int) -> bool:
    """Whether a server's answer shows that something stands there."""
    return status < 400 or status in (401, 403, 405, 429)


def is_about(product: str, place: str) -> bool:
    """Whether a product, as an author names it, is what is released at a place: its whole name or the last part."""
    return product.lower() in (place.lower(), place.lower().rpartition("/")[2])
