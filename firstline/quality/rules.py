"""How samples are drawn, and when totals may be told. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

MOST_AT_ONCE = 20
WINDOW = timedelta(days=14)
"""How old an answer may be: an older one nobody remembers writing."""
FEWEST = 5
"""Totals of fewer reviews would be about one person (as W-12)."""
MOST_CRITERIA = 10
PARTLY = 0.5


def draw(candidates: Mapping[int, Sequence[int]], count: int, random: Random) -> list[int]:
    """`count` of the messages, by author: everybody's turn comes before anybody's second, chance decides the rest."""
    left = {author: random.sample(list(messages), len(messages)) for author, messages in candidates.items()}
    drawn: list[int] = []
    while len(drawn) < count and any(left.values()):
        for author in random.sample(sorted(left), len(left)):
            if left[author] and len(drawn) < count:
                drawn.append(left[author].pop())
    return drawn


def by_author(pairs: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    """(author, message) as messages of each author."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for author, message in pairs:
        found[author].append(message)
    return dict(found)
