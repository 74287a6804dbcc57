"""Text with the lengths and word frequencies of support mail, made from a fixed seed."""

from collections.abc import Iterator

import numpy as np

VOCABULARY = 30_000
MOST_COMMON = (
    "the to i a and is it in of my for you this on with that have not be we package when but can error are please as "
    "install from version account an npm if so publish how or at get token your was after registry no access there "
    "login email help file just use new code like try work me all our does any release change what run command"
)
SYLLABLES = "ka lo mi ne ru ta ve so pi da gu be fo ha jo ly mo nu qu ri st tr un wa xe yo za ch el or"


class Words:
    """Draws texts whose words follow Zipf's law with exponent 1.05, as English does roughly."""

    def __init__(self, seed: int = 7) -> None:
        self.random = np.random.default_rng(seed)
        common = MOST_COMMON.split()
        self.words = np.array([*common, *self._invented(VOCABULARY - len(common))], dtype=object)
        weights = 1.0 / np.arange(1, len(self.words) + 1) ** 1.05
        self.cumulative = np.cumsum(weights / weights.sum())

    def texts(self, count: int, *, mean_words: int) -> Iterator[str]:
        """`count` texts; their lengths are log-normal around the mean, 3 to 600 words."""
        sigma = 0.7
        lengths = np.exp(self.random.normal(np.log(mean_words) - sigma**2 / 2, sigma, count)).astype(int).clip(3, 600)
        drawn = self.words[np.searchsorted(self.cumulative, self.random.random(int(lengths.sum())))]
        end = np.cumsum(lengths)
        for start, stop in zip(end - lengths, end, strict=True):
            yield " ".join(drawn[start:stop])

    def _invented(self, count: int) -> list[str]:
        made: dict[str, None] = {}
        syllables = SYLLABLES.split()
        while len(made) < count:
            made["".join(self.random.choice(syllables, int(self.random.integers(2, 5))))] = None
        return list(made)
