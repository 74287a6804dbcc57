"""Who owns a path, as a CODEOWNERS file says it. Pure.

https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
(2026-11): the last rule that matches wins; a rule without owners makes a path nobody's.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 100_000
MOST = 2000
"""How much of a file is read: characters, and rules."""
OWNER = re.compile(r"@[\w.-]+(?:/[\w.-]+)?|[\w.+-]+@[\w.-]+\.\w+")
WORD = re.compile(r"[a-z][a-z0-9]{2,}")
ANY_FOLDERS = "(?:[^/]+/)*"
MOST_STARS = 6
"""A pattern with more of them is passed over: nobody writes it, and it would be slow."""
_NO_TOPIC = "src lib libs pkg packages package app apps test tests docs doc github main index internal"
NO_TOPIC = frozenset(_NO_TOPIC.split())
"""Parts of paths that say nothing of what the code is about."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: its pattern, who owns what it matches (lower case, without @), the topics that its path names."""

    pattern: str
    owners: tuple[str, ...]
    topics: frozenset[str]

    def matches(self, path: str) -> bool:
        """Whether a path of the repository is meant."""
        return _compiled(self.pattern).match(path.lstrip("/")) is not None


@functools.lru_cache(maxsize=256)
def read(text: str) -> tuple[Rule, ...]:
    """The rules of a file in their order; lines that are none are passed over, as GitHub does."""
    return tuple(_rules(text[:LONGEST]))[:MOST]


def owners(rules: Sequence[Rule], path: str) -> tuple[str, ...]:
    """Who owns a path; nobody when the last rule that matches names nobody."""
    return next((rule.owners for rule in reversed(rules) if rule.matches(path)), ())


def _rules(text: str) -> Iterator[Rule]:
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if not words or words[0].startswith("!") or "[" in words[0] or words[0].count("*") > MOST_STARS:
            continue
        named = tuple(word.removeprefix("@").lower() for word in words[1:] if OWNER.fullmatch(word))
        yield Rule(words[0], named, topics_of(words[0]))


def topics_of(path: str) -> frozenset[str]:
    """The words of a path that say what the code is about: `publish` for `/lib/commands/publish.js`."""
    stem = re.sub(r"\.\w{1,5}$", "", path.lower())
    return frozenset(WORD.findall(stem)) - NO_TOPIC


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A gitignore pattern; each star stands for one bounded part, so that no path can make it slow."""
    anchored = pattern.startswith("/") or "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    parts = [_part(part) for part in body.split("/")]
    joined = "/".join(parts).replace(f"{ANY_FOLDERS}/", ANY_FOLDERS)
    below = "/.+" if pattern.endswith("/") or "." not in body.rpartition("/")[2] else ""
    end = f"(?:{below})?" if below and not pattern.endswith("/") else below
    if body.endswith("*"):
        end = ""  # GitHub: `docs/*` owns files right there, and none below
    return re.compile(("" if anchored else ANY_FOLDERS) + joined + end + r"\Z", re.IGNORECASE)


def _part(part: str) -> str:
    if part == "**":
        return ANY_FOLDERS
    return "".join("[^/]*" if piece == "*" else "[^/]" if piece == "?" else re.escape(piece) for piece in _pieces(part))


def _pieces(part: str) -> Iterator[str]:
    return iter(re.findall(r"\*+|\?|[^*?]+", part.replace("**", "*")))
