"""Tables for other programs: what somebody typed must not become a formula there (S-36)."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

_BEGINS_A_FORMULA = "=+-@|\t\r"


def safe_cell(value: object) -> str:
    """The value as a cell that no spreadsheet reckons with: an apostrophe stands before what would begin a formula,
    whatever blanks, zero-width or full-width characters stand before it.
    """
    text = str(value)
    seen = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    begins = seen.lstrip(" \n\u00a0")[:1]
    return f"'{text}" if begins and begins in _BEGINS_A_FORMULA else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, every cell quoted and safe; numbers stay numbers."""
    held = StringIO()
    writer = csv.writer(held, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    for row in rows:
        writer.writerow([one if isinstance(one, int | float) else safe_cell(one) for one in row])
    return held.getvalue()
