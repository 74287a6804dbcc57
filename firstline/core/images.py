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
_REDRAW, _PRINTS = "firstline.core.images.redraw_here", "firstline.core.images.prints_here"
_PRINT_SIDE, _PRINT_PARTS = 64, 16
_LEAST_CONTRAST = 2.0


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


def prints(content: bytes) -> list[bytes]:
    """Fingerprints of what a picture looks like, 32 bytes each: as it is, turned, and mirrored (eight in all, the
    first as it is). Copies that were made smaller or pressed harder differ in few bits. Raises PictureRefused.
    """
    if len(content) > MOST_BYTES:
        raise PictureRefused("It is too big.")
    try:
        found: list[bytes] = _child().call(_PRINTS, content, seconds=SECONDS)
    except KillableError as error:
        raise PictureRefused("It is no picture that can be looked at.") from error
    return found


def prints_here(content: bytes) -> list[bytes]:
    """What the child does: the signs of the 16 × 16 lowest frequencies of the grey picture against their median (after
    the perceptual hash PDQ: Facebook, 2019; not bit for bit the same). Raises ValueError and what a decoder raises.
    """
    import numpy as np
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("L", (4 * _PRINT_SIDE, 4 * _PRINT_SIDE))
        drawn = ImageOps.exif_transpose(opened).convert("L").resize((_PRINT_SIDE, _PRINT_SIDE), Image.Resampling.BOX)
    grey = np.asarray(drawn, dtype=np.float64)
    if grey.std() < _LEAST_CONTRAST:
        raise ValueError("one flat colour looks like every other")
    steps = np.arange(_PRINT_SIDE)
    waves = np.cos(np.pi * np.outer(np.arange(1, _PRINT_PARTS + 1), 2 * steps + 1) / (2 * _PRINT_SIDE))
    found = []
    for seen in (grey, np.fliplr(grey)):
        for quarter in range(4):
            parts = waves @ np.rot90(seen, quarter) @ waves.T
            found.append(np.packbits(parts > np.median(parts)).tobytes())
    return found


def distance(one: bytes, other: bytes) -> int:
    """In how many of 256 bits two prints differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


@cache
def _child() -> Killable:
    return Killable(_REDRAW, _PRINTS, memory=_MEMORY)
