"""Pictures from outside, drawn anew: what comes out holds pixels and nothing else (S-20, S-23).

Decoders of pictures are written in C and fed by strangers, so they run in a killable child with little memory. No SVG:
it is a program. Of an animation the first picture stays; EXIF (places, cameras) does not.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from functools import cache

from firstline.core import egress
from firstline.core.killable import Killable, KillableError

FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MOST_BYTES = 5_000_000
MOST_PIXELS = 20_000_000
MOST_SIDE = 1_600
"""Bigger pictures are made smaller: no mail is read at more."""
SECONDS = 4.0
_MEMORY = 500_000_000
_REDRAW = "firstline.core.images.redraw_here"


RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What the sender of a file must call it, so that it is tried at all."""


class PictureRefused(Exception):
    """It is not shown; the text says why and is fit to be shown."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG of our own making."""

    content_type: str
    content: bytes = field(repr=False)

    @property
    def address(self) -> str:
        """The picture as a data: address."""
        return f"data:{self.content_type};base64,{base64.b64encode(self.content).decode('ascii')}"


def fetch(url: str, *, network: egress.Network | None = None) -> Picture:
    """The picture at an https address, fetched by the desk without cookies or referrer. Raises PictureRefused."""
    try:
        answer = egress.fetch(url, seconds=SECONDS, limit=MOST_BYTES, network=network)
    except egress.EgressRefused as refused:
        raise PictureRefused(str(refused)) from refused
    if answer.status != 200:
        raise PictureRefused(f"Its server answered {answer.status}.")
    return redraw(answer.body)


def redraw(content: bytes) -> Picture:
    """The same picture, decoded and encoded again in the killable child. Raises PictureRefused."""
    if len(content) > MOST_BYTES:
        raise PictureRefused("It is too big.")
    try:
        picture = _child().call(_REDRAW, content, seconds=SECONDS)
    except KillableError as error:
        raise PictureRefused("It is no picture that can be shown.") from error
    assert isinstance(picture, Picture)
    return picture


def redraw_here(content: bytes) -> Picture:
    """What the child does. Raises ValueError and whatever a decoder raises."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("RGB", (MOST_SIDE, MOST_SIDE))
        drawn = ImageOps.exif_transpose(opened)
        is_clear = drawn.has_transparency_data
        drawn = drawn.convert("RGBA" if is_clear else "RGB")
        drawn.thumbnail((MOST_SIDE, MOST_SIDE))
        is_photo = opened.format == "JPEG" or (opened.format == "WEBP" and not is_clear)
    bare = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())  # no comment, profile or EXIF comes along
    written = io.BytesIO()
    bare.save(written, "JPEG" if is_photo else "PNG", **({"quality": 85} if is_photo else {}))
    return Picture("image/jpeg" if is_photo else "image/png", written.getvalue())


@cache
def _child() -> Killable:
    return Killable(_REDRAW, memory=_MEMORY)
