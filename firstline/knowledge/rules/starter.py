"""The files of knowledge/starter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StarterArticle:
    """One file of knowledge/starter: its front matter and its text. `cases` are rows of the case table that it answers
    beside those of its signatures.
    """

    slug: str
    title: str
    body: str
    category: str = ""
    signatures: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()


class BadStarter(ValueError):
    """A starter file whose front matter is not as it should be; the message names what is wrong."""


def parse_starter(source: str) -> StarterArticle:
    """Read a Markdown file with YAML front matter between two `---` lines. Raises BadStarter."""
    import yaml

    match = re.match(r"---\n(.*?)\n---\n(.*)\Z", source, re.DOTALL)
    if not match:
        raise BadStarter("There is no front matter between two --- lines.")
    try:
        front = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        raise BadStarter(f"The front matter is not YAML: {error}") from error
    if not isinstance(front, dict) or not front.get("title") or not front.get("slug"):
        raise BadStarter("The front matter needs a title and a slug.")
    return StarterArticle(
        slug=str(front["slug"]),
        title=str(front["title"]),
        body=match[2].strip() + "\n",
        category=str(front.get("category") or ""),
        signatures=_strings(front.get("signatures")),
        questions=_strings(front.get("questions")),
        cases=_strings(front.get("cases")),
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, Sequence) and not isinstance(value, str) else ()
