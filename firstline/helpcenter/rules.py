"""Pure decisions of the help centre."""

from collections.abc import Mapping
from dataclasses import dataclass

MAX_PASTE = 200 * 1024
"""Bytes of a pasted error that are read."""

VOTES_KEPT = 60
INTERFACE_LANGUAGES = ("en", "de", "fr")
"""Languages that firstline/locale has the public pages in; English needs no catalogue."""

_FRAMED = "/ask/to/"
_OF_THE_DESK = "/ask/inbox/"
QUERY_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Votes:
    """What this browser has said about articles, kept in its own signed cookie: article id → whether it helped."""

    said: Mapping[int, bool]

    @classmethod
    def read(cls, cookie: str) -> "Votes":
        """Out of a cookie's text; what is malformed counts as nothing said."""
        said = {}
        for part in cookie.split("."):
            number, answer = part[:-1], part[-1:]
            if number.isascii() and number.isdecimal() and answer in {"y", "n"}:
                said[int(number)] = answer == "y"
        return cls(said)

    def with_answer(self, article_id: int, *, helped: bool) -> "Votes":
        """The same with one more answer; the oldest are forgotten after 60."""
        said = {**self.said, article_id: helped}
        return Votes(dict(list(said.items())[-VOTES_KEPT:]))

    def written(self) -> str:
        """As a cookie's text."""
        return ".".join(f"{number}{'y' if helped else 'n'}" for number, helped in self.said.items())


def interface_language(path: str, asked: str, preferred: str) -> str:
    """The language of a page's own words: on public pages what was asked for or is preferred, if we have it."""
    if not path.startswith(("/help/", "/ask/")) or path.startswith(_OF_THE_DESK):
        return "en"
    wanted = (asked.lower(), asked.lower().split("-")[0], preferred.split("-")[0])
    return next((one for one in wanted if one in INTERFACE_LANGUAGES), "en")


def remembers_language(path: str) -> bool:
    """Whether a choice made on this page is kept in a cookie: never in another site's frame."""
    return path.startswith(("/help/", "/ask/")) and not path.startswith((_FRAMED, _OF_THE_DESK))


def tail(text: str, length: int = QUERY_LENGTH) -> str:
    """The end of a paste, where tools say what went wrong, from the start of a line."""
    if len(text) <= length:
        return text
    return text[-length:].partition("\n")[2] or text[-length:]


def helped_share(helped: int, did_not_help: int) -> str:
    """ "8 of 10" once ten people have answered, else nothing: fewer say little."""
    total = helped + did_not_help
    return f"{round(10 * helped / total)}" if total >= 10 else ""
