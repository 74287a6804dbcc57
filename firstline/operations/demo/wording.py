"""Fills the marks «…» in the story's texts: dates of the moment, and credentials made up on the spot. Pure.

Credentials are put together here, so that no file of the project holds anything that looks like one.
"""

import random
import re
import string
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

_MARK = re.compile(r"«([a-z-]+)(?:\+(\d+))?»")
_LETTERS = string.ascii_letters + string.digits


def fill(text: str, moment: datetime, seed: str) -> str:
    """The text with its marks filled; the same seed gives the same credentials. Raises KeyError for an unknown mark."""

    def filled(match: re.Match[str]) -> str:
        name, days = match[1], int(match[2] or 0)
        if name in CREDENTIALS:
            return CREDENTIALS[name](random.Random(f"{seed} {name}"))  # noqa: S311 - made up, not secret
        return TIMES[name](moment + timedelta(days=days))

    return _MARK.sub(filled, text)


def _some(characters: str, length: int) -> Callable[[random.Random], str]:
    return lambda chance: "".join(chance.choices(characters, k=length))


def _after(prefix: str, rest: Callable[[random.Random], str]) -> Callable[[random.Random], str]:
    return lambda chance: prefix + rest(chance)


CREDENTIALS: Mapping[str, Callable[[random.Random], str]] = {
    "npm-token": _after("npm" + "_", _some(_LETTERS, 36)),
    "github-token": _after("gh" + "p_", _some(_LETTERS, 36)),
    "pypi-token": _after("py" + "pi-AgEIcHlwaS5vcmc", _some(_LETTERS, 110)),
    "aws-id": _after("AK" + "IA", _some(string.ascii_uppercase + string.digits, 16)),
    "aws-secret": _some(_LETTERS, 40),
    "basic-auth": _some(_LETTERS, 24),
}
"""Kinds of credentials by the name of their mark."""

TIMES: Mapping[str, Callable[[datetime], str]] = {
    "date": lambda moment: f"{moment:%Y-%m-%d}",
    "day": lambda moment: f"{moment.day} {moment:%B}",
    "clock": lambda moment: f"{moment:%H:%M}",
    "seconds": lambda moment: f"{moment:%H:%M:%S}",
    "year": lambda moment: f"{moment:%Y}",
    "month": lambda moment: f"{moment:%B}",
    "stamp": lambda moment: f"{moment:%Y-%m-%dT%H_%M_%S}_417Z",
    "iso": lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.417Z",
}
"""Ways to write the moment of a step, days later with «day+3»."""
