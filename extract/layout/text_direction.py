"""Compute the direction of drawn text, and which of its characters a clip leaves."""

from __future__ import annotations

from gongkai.extract.layout.drawn_paths import Matrix
from gongkai.extract.layout.page import UNREADABLE, Box, Char

# The box of a character reaches from below the baseline to one size above that. The descent that
# fonts state is not used: it is often wrong, and differs between fonts on one line.
DESCENT = -0.2

_SLANT = 0.02  # text with a greater slope is oblique, as watermarks are


def text_direction(matrix: Matrix, backward: bool = False) -> int:
    """Return the direction of text, -1 if it is oblique. Leaning letters (c) do not count."""
    a, b = matrix[0], matrix[1]
    if abs(b) <= abs(a) * _SLANT:
        turn = 0 if a >= 0 else 180
    elif abs(a) <= abs(b) * _SLANT:
        turn = 90 if b > 0 else 270
    else:
        return -1
    return (turn + 180) % 360 if backward else turn


def clip_characters(chars: list[Char], clip: Box) -> list[Char]:
    """Return the characters inside the clip; a number that is cut is made unreadable."""
    x0, y0, x1, y1 = clip
    first, last = chars[0], chars[-1]
    if (
        x0 <= first[1] and first[3] <= x1 and y0 <= first[2] and first[4] <= y1
        and x0 <= last[1] and last[3] <= x1 and y0 <= last[2] and last[4] <= y1
    ):  # fmt: skip
        return chars
    inside = [x0 <= char.x <= x1 and y0 <= char.y <= y1 for char in chars]
    kept = []
    for n, char in enumerate(chars):
        if not inside[n]:
            continue
        cut = any(
            0 <= m < len(chars) and not inside[m] and chars[m].text.isdigit()
            for m in (n - 1, n + 1)
        )
        kept.append(
            char._replace(text=char.text + UNREADABLE) if cut and char.text.isdigit() else char
        )
    return kept
