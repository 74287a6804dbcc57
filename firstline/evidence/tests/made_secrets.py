"""Made-up secrets of every class in the places where people paste them, and benign lines of logs: JSON Lines.

Nothing here is or was a live credential: each is drawn at run time from a seeded generator, none stands in the source.
The shapes stand in data/secret_shapes.yaml.
Run `python -m firstline.evidence.tests.made_secrets [SEED] > FILE`, then `firstline eval secrets FILE --json`.
"""

import json
import random
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

WORD = string.ascii_letters + string.digits
ALPHABETS = {
    "w": WORD,
    "l": string.ascii_lowercase + string.digits,
    "h": string.digits + "abcdef",
    "d": string.digits,
    "b": WORD + "+/",
    "u": WORD + "-_",
    "k": string.ascii_uppercase + "234567",
    "K": string.ascii_uppercase + string.digits,
}

TIMES = 4


def rows(seed: int = 99) -> Iterator[dict[str, Any]]:
    """Rows with `text`, `spans` and `kind` (the class, or benign) for `eval secrets`; the same for the same seed."""
    chance = random.Random(seed)
    shape = yaml.safe_load((Path(__file__).parent / "data" / "secret_shapes.yaml").read_text("utf-8"))
    for _ in range(TIMES):
        for kind, shapes in shape["tokens"].items():
            for token in shapes:
                around = chance.choice(shape["around"])
                yield {**_row(around.replace("«»", f"«{_made(token, chance)}»")), "kind": kind}
        for labelled in shape["labelled"]:
            yield {**_row(_made(labelled, chance)), "kind": "labelled"}
        for benign in shape["benign"]:
            yield {**_row(_made(benign, chance)), "kind": "benign"}


def _made(pattern: str, chance: random.Random) -> str:
    filled = re.sub(r"\{(\w)(\d+)\}", lambda one: "".join(chance.choices(ALPHABETS[one[1]], k=int(one[2]))), pattern)
    return filled.replace("{{", "{").replace("}}", "}")


def _row(marked: str) -> dict[str, Any]:
    text, spans = "", []
    for number, part in enumerate(re.split("[«»]", marked)):
        if number % 2:
            spans.append([len(text), len(text) + len(part)])
        text += part
    return {"text": text, "spans": spans}


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 99):
        print(json.dumps(row, ensure_ascii=False))
