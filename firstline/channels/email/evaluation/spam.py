"""How many spams the rules hold, and how many ordinary mails they hold wrongly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from firstline.channels.base import Envelope
from firstline.channels.email import parse_here
from firstline.channels.email.evaluation import expectations

NAMED_SPAM = ("spam.eml", "phish", "zerofont", "mail_test_")
"""Parts of file names by which corpora call a mail unwanted."""


def score(paths: Sequence[Path], named: Sequence[str]) -> dict[str, Any]:
    """`{n, spam, recall, ordinary, wrongly_held, held}` over folders of raw mail, or JSON Lines of `text` and `label`.

    In a folder a mail is spam when its file name has a part of `named` (else of `NAMED_SPAM`) in it.
    """
    counts = {"spam": 0, "caught": 0, "ordinary": 0, "wrongly_held": 0}
    held: list[dict[str, Any]] = []
    for where, raw, is_spam in _mails(paths, named or NAMED_SPAM):
        parsed = parse_here(raw, Envelope())
        found = "spam" in parsed.flags
        counts["spam" if is_spam else "ordinary"] += 1
        counts["caught" if is_spam else "wrongly_held"] += found
        if found:
            held.append({"file": where, "spam": is_spam, "reasons": list(parsed.spam_reasons)})
    caught = counts.pop("caught")
    recall = round(caught / counts["spam"], 4) if counts["spam"] else None
    return {"n": counts["spam"] + counts["ordinary"], **counts, "recall": recall, "held": held}


def _mails(paths: Sequence[Path], named: Sequence[str]) -> Iterator[tuple[str, bytes, bool]]:
    for root in paths:
        if root.suffix == ".jsonl":
            yield from _lines(root)
            continue
        for found in expectations.read(root):
            if found.kind == "mail":
                where = str(found.path.relative_to(root) if root.is_dir() else found.path.name)
                yield where, found.path.read_bytes(), any(part in found.path.name.lower() for part in named)


def _lines(path: Path) -> Iterator[tuple[str, bytes, bool]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        text = str(row["text"])
        raw = (
            text.encode()
            if "\n\n" in text and ":" in text.partition("\n")[0]
            else b"From: a@example.org\n\n" + text.encode()
        )
        yield f"{path.name}:{number}", raw, bool(int(row["label"]))
