"""What an article is called: its address, and how alike two titles are."""

import functools
import re
import unicodedata

RESERVED_SLUGS = frozenset({"topics", "read", "search", "new", "feed", "typing"})
"""Addresses below /help/ that are not articles."""

SLUG_LENGTH = 120


def slug_of(title: str) -> str:
    """The address of an article by its title: ASCII letters, digits, hyphens; at most 100 characters, never empty."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > 100:
        slug = slug[:100].rsplit("-", 1)[0]
    return slug or "article"


def free_slug(wanted: str, taken: set[str]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3`, … that is neither taken nor reserved."""
    taken = taken | RESERVED_SLUGS
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted[: SLUG_LENGTH - 5]}-{number}"
    return candidate


def similarity(one: str, other: str) -> float:
    """How alike two short texts are, 0 to 1: the share of common letter trigrams (Jaccard), words padded."""
    first, second = _trigrams(one), _trigrams(other)
    if not first or not second:
        return 0.0
    return len(first & second) / len(first | second)


@functools.lru_cache(maxsize=4096)
def _trigrams(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.casefold())
    return frozenset(f"  {word} "[at : at + 3] for word in words for at in range(len(word) + 1))
