"""Writes the shipped confidence model: `python -m firstline.search.training ../shared/data`.

The same data, model file and processor give the same bytes.
"""

import sys
from pathlib import Path

from firstline.core.rows import read_rows
from firstline.models_ai import embedder
from firstline.search import answering
from firstline.search.rules import confidence
from firstline.search.rules.confidence import Judged

OUT = Path(__file__).parent / "data/confidence.json"
SETS = ("stackfaq", "pypi_help", "npm_docs")


def rows(data: Path) -> list[Judged]:
    """Judged answers to the development questions."""
    faq = read_rows(data / name / "faq.jsonl.gz" for name in SETS)
    questions = read_rows(data / name / "queries.jsonl.gz" for name in ("stackfaq", "npm_real"))
    return answering.rotated(faq, questions, embedder.load())


def main(arguments: list[str]) -> int:
    """Train and write; the only argument is the folder of the data sets."""
    if len(arguments) != 1:
        print("usage: python -m firstline.search.training DATA", file=sys.stderr)
        return 2
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(
        confidence.refit(rows(Path(arguments[0])), repeats=len(answering.TAKEN_OUT)).to_json(), encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
