"""What a message means in its reader's language: shown beside it. Who translates is not known here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rendering:
    """A message's text in `language` (ISO 639-1), of which `kept` paragraphs stayed as they were written."""

    text: str
    language: str
    source: str
    kept: int
