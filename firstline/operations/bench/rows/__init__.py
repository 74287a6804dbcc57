"""One module a bench row, each with `measure() -> Row`."""

import importlib

from firstline.operations.bench.report import Row


def measure(name: str) -> Row:
    """Measure the row of that name."""
    row: Row = importlib.import_module(f"{__name__}.{name}").measure()
    return row
