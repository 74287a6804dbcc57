"""What of a file can be shown within the page: raster pictures that are what they say, and text. Pure."""

import base64
from dataclasses import dataclass

MOST_BYTES = 2_000_000
MOST_TEXT = 40_000
RASTER = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8", "image/webp": b"RIFF"}
"""Types that may become data: addresses, by how their bytes begin (S-23)."""
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
    return size <= MOST_BYTES and (kind in RASTER or is_text)


def look(content_type: str, content: bytes) -> Shown:
    """The file as it can be shown. HTML and SVG are shown as their source, never as what they would draw."""
    kind = content_type.lower()
    if kind in RASTER and content.startswith(RASTER[kind]):
        return Shown(picture=f"data:{kind};base64,{base64.b64encode(content).decode()}")
    if b"\0" in content[:8000] or kind in RASTER:
        return Shown()
    text = content[: MOST_TEXT * 4].decode("utf-8", errors="replace")
    return Shown(text=text[:MOST_TEXT], is_cut=len(text) > MOST_TEXT or len(content) > MOST_TEXT * 4)
