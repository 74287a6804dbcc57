"""What of a file can be shown within the page: raster pictures, drawn anew, and text."""

from dataclasses import dataclass

from firstline.core import images

MOST_BYTES = 2_000_000
MOST_TEXT = 40_000
TEXT_ENDINGS = (".log", ".txt", ".md", ".json", ".yml", ".yaml", ".toml", ".lock", ".xml", ".csv", ".diff", ".patch")


@dataclass(frozen=True, slots=True)
class Shown:
    """Either a data: address of a picture or text; both empty for what can't be shown."""

    picture: str = ""
    text: str = ""
    is_cut: bool = False


def may_be_shown(name: str, content_type: str, size: int) -> bool:
    """Whether it is worth offering, by what the sender says of it."""
    kind = content_type.lower()
    is_text = kind.startswith("text/") or kind == "application/json" or name.lower().endswith(TEXT_ENDINGS)
    return size <= MOST_BYTES and (kind in images.RASTER or is_text)


def look(content_type: str, content: bytes) -> Shown:
    """The file as it can be shown. HTML and SVG are shown as their source, never as what they would draw."""
    kind = content_type.lower()
    if kind in images.RASTER:
        try:
            return Shown(picture=images.redraw(content).address)
        except images.PictureRefused:
            return Shown()
    if b"\0" in content[:8000]:
        return Shown()
    text = content[: MOST_TEXT * 4].decode("utf-8", errors="replace")
    return Shown(text=text[:MOST_TEXT], is_cut=len(text) > MOST_TEXT or len(content) > MOST_TEXT * 4)
