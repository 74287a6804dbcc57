"""Where the reference data lies that tests read but the project does not carry."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def data(*parts: str) -> Path:
    """Path below `../shared/data`; raises FileNotFoundError with a sentence that says what is missing."""
    path = ROOT.parent.joinpath("shared", "data", *parts)
    if not path.exists():
        raise FileNotFoundError(
            f"Reference data {'/'.join(parts)} is not beside the checkout (expected ../shared/data/)."
        )
    return path
