"""Over seventy beginnings of quotations in many languages, under own words of every kind, wrapped as programs wrap."""

import textwrap
from pathlib import Path

import pytest
import yaml

from firstline.channels.email.stripping import strip

PAIRS = yaml.safe_load(Path(__file__).with_name("reply_pairs.yaml").read_text(encoding="utf-8"))
WRAPPED = {name: lines for name, lines in PAIRS["attributions"].items() if "\n" not in lines}
ABOVE = [words for words in PAIRS["own_words"] if not words.startswith(">")]
QUOTED = "Please try npm ci.\n\nLena"


@pytest.mark.parametrize("name", PAIRS["attributions"])
def test_the_own_words_stay_and_nothing_else(name: str) -> None:
    beginning = PAIRS["attributions"][name]
    for words in ABOVE:
        for mark in ("> ", ""):
            quoted = "\n".join(f"{mark}{line}".rstrip() for line in QUOTED.split("\n"))
            assert strip(f"{words}\n\n{beginning}\n\n{quoted}\n").reply == words
            assert strip(f"{words}\n{beginning}\n{quoted}\n").reply == words


@pytest.mark.parametrize("name", WRAPPED)
@pytest.mark.parametrize("width", [40, 60, 76])
def test_a_wrapped_beginning_is_the_same(name: str, width: int) -> None:
    beginning = "\n".join(textwrap.wrap(WRAPPED[name], width, break_long_words=False))
    for words in ABOVE:
        assert strip(f"{words}\n\n{beginning}\n\n> Please try npm ci.\n").reply == words


@pytest.mark.parametrize("text", PAIRS["no_quotes"])
def test_nothing_is_cut_where_nothing_is_quoted(text: str) -> None:
    assert strip(text).reply == text.rstrip()
