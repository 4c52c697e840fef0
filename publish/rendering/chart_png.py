"""Charts as PNG files, with the font that is packed beside this module."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from math import ceil, sqrt

import resvg_py

_FONTS = files("gongkai.publish.rendering") / "fonts"
_FAMILY = "Noto Sans CJK SC"
SHARPNESS = 2.0
"""Pixels of the picture for one of the drawing, so that it can be printed."""

MOST_PIXELS = 16_000_000
LONGEST = 2_000_000
"""Characters of a drawing. The largest of ours has a tenth of it."""

_SIZE = re.compile(r'<svg[^>]{0,200}? width="([0-9]{1,6})" height="([0-9]{1,6})"')


def rasterise(svg: str) -> bytes:
    """Return a standing picture as a PNG file. Runs in the sandbox.

    Raises:
        ValueError: It is too long, or no drawing of ours.
    """
    if len(svg) > LONGEST:
        raise ValueError("no drawing of a chart")
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=_sharpness(*_drawn_size(svg)),
            skip_system_fonts=_is_covered(svg),
            font_files=[str(_FONTS / "charts.otf")],
            font_family=_FAMILY,
            sans_serif_family=_FAMILY,
        )
    )


def png_size(svg: str) -> tuple[int, int]:
    """Return the width and the height in pixels of the PNG file of a standing picture.

    Raises:
        ValueError: It is no drawing of ours.
    """
    width, height = _drawn_size(svg)
    sharpness = _sharpness(width, height)
    return ceil(width * sharpness), ceil(height * sharpness)


def _drawn_size(svg: str) -> tuple[int, int]:
    size = _SIZE.match(svg)
    if size is None:
        raise ValueError("no drawing of a chart")
    return int(size[1]), int(size[2])


def _sharpness(width: int, height: int) -> float:
    return min(SHARPNESS, sqrt(MOST_PIXELS / max(width * height, 1)))


@cache
def _characters() -> frozenset[str]:
    return frozenset((_FONTS / "characters.txt").read_text(encoding="utf-8"))


def _is_covered(svg: str) -> bool:
    """Say whether the packed font has all characters; those of the machine take long to look at."""
    return frozenset(svg) <= _characters()
