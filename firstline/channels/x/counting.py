"""How long a post is for X: https://docs.x.com/fundamentals/counting-characters and twitter-text's configuration v3.

280 units: signs of Latin, Greek, Cyrillic, Arabic and some more scripts weigh one, all others two; a link is 23
whatever its length, an emoji two however many code points it has.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import regex

LIMIT, LINK_WEIGHS, EMOJI_WEIGHS = 280, 23, 2
DIRECT_LIMIT = 10_000
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_GRAPHEME = regex.compile(r"\X")
_EMOJI = regex.compile(
    r"[\p{Emoji_Presentation}\p{Regional_Indicator}]|\p{Extended_Pictographic}\uFE0F|[0-9#*]\uFE0F?\u20E3"
)
_LINK = regex.compile(
    r"https?://[^\s<>\"]+|(?<![\w@$#./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,})(?![\w@-])(?:[/?#][^\s<>\"]*)?",
    regex.IGNORECASE,
)
_TRAILING = ".,:;!?'\")]}"


def weight(text: str) -> int:
    """The units that a text takes."""
    text = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for start, end in _links(text):
        total += _plain(text[at:start]) + LINK_WEIGHS
        at = end
    return total + _plain(text[at:])


def has_link(text: str) -> bool:
    """Whether X would turn something in it into a link, which makes the post cost thirteen times as much."""
    return next(iter(_links(text)), None) is not None


def _links(text: str) -> list[tuple[int, int]]:
    return [
        (link.start(), link.start() + len(link.group().rstrip(_TRAILING)))
        for link in _LINK.finditer(text)
        if link.group(1) is None or link.group(1).lower() in _top_levels()
    ]


def _plain(text: str) -> int:
    return sum(_sign(sign) for sign in _GRAPHEME.findall(text))


def _sign(sign: str) -> int:
    if _EMOJI.match(sign):
        return EMOJI_WEIGHS
    return sum(1 if any(low <= ord(one) <= high for low, high in LIGHT) else 2 for one in sign)


@cache
def _top_levels() -> frozenset[str]:
    """Last labels of names in the public suffix list: `npm.io` is a link, `index.js` is none."""
    from publicsuffix2 import PublicSuffixList

    return frozenset(PublicSuffixList().tlds)
