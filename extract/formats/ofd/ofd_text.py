"""Place the characters of an OFD text object on its page."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import east_asian_width

from gongkai.extract.formats.ofd.ofd_values import character_steps, children_named, decimal
from gongkai.extract.formats.xml_parts import Element
from gongkai.extract.layout.drawn_paths import Matrix, bounding_box, multiply, transform_point
from gongkai.extract.layout.page import Char, TextStyle
from gongkai.extract.layout.text_direction import DESCENT, text_direction
from gongkai.extract.layout.work_limits import WorkBudget


@dataclass(frozen=True, slots=True)
class Pen:
    """How a text object is written: size in mm, width to size, directions in degrees, clockwise."""

    size: float
    scale: float
    turned: int
    reading: int
    matrix: Matrix

    @property
    def turn(self) -> int:
        """The direction of its characters on the page, -1 if they are oblique."""
        return text_direction(multiply(_rotation(self.turned), self.matrix))

    def width(self, char: str) -> float:
        """Return the width of a character of an ordinary font; fonts are not read."""
        return self.size * self.scale * (1.0 if east_asian_width(char) in "WFA" else 0.5)


def read_pen(node: Element, matrix: Matrix) -> Pen:
    """Return the pen of a TextObject."""
    return Pen(
        size=max(decimal(node.get("Size") or node.get("size"), 0.0), 0.0),
        scale=decimal(node.get("HScale"), 1.0),
        turned=round(decimal(node.get("CharDirection"), 0.0)) % 360,
        reading=round(decimal(node.get("ReadDirection"), 0.0)) % 360,
        matrix=matrix,
    )


def place_text(
    node: Element, pen: Pen, style: TextStyle, budget: WorkBudget
) -> Iterator[list[Char]]:
    """Yield the characters of each TextCode of a TextObject.

    Raises:
        TooLarge: the text exceeds a limit
    """
    x = y = 0.0
    for code in children_named(node, "TextCode"):
        text = code.text or ""
        text = text.strip() if "\n" in text else text  # line breaks of the XML itself
        budget.spend("characters", len(text))
        x, y = decimal(code.get("X"), x), decimal(code.get("Y"), y)
        places = _places(text, x, y, code, pen)
        yield [_char(char, *place, pen, style) for char, place in zip(text, places, strict=True)]


def _places(
    text: str, x: float, y: float, code: Element, pen: Pen
) -> Iterator[tuple[float, float, float]]:
    """Yield the position of each character and the distance to the next one, in mm.

    Steps that are not stated are as wide as the characters.
    """
    across, down = (
        character_steps(code.get("DeltaX"), len(text)),
        character_steps(code.get("DeltaY"), len(text)),
    )
    angle = math.radians(pen.reading)
    for char, dx, dy in itertools.zip_longest(text, across, down):
        width = pen.width(char)
        # characters with wide spacing are still one word, unlike those behind a gap
        near = dx is not None and not dy and 0 < dx <= pen.size
        yield x, y, dx if near else width
        if dx is None and dy is None:
            dx, dy = width * math.cos(angle), width * math.sin(angle)
        x, y = x + (dx or 0.0), y + (dy or 0.0)


def _char(text: str, x: float, y: float, width: float, pen: Pen, style: TextStyle) -> Char:
    """Return a character with its baseline at x, y; its box reaches to one size above."""
    place = multiply(multiply(_rotation(pen.turned), (1.0, 0.0, 0.0, 1.0, x, y)), pen.matrix)
    low, high = -DESCENT * pen.size, -(1 + DESCENT) * pen.size
    corners = [transform_point(place, *corner) for corner in ((0.0, low), (width, high))]
    return Char(text, *bounding_box(corners), style)


def _rotation(degrees: int) -> Matrix:
    """Return the matrix of a turn to the right (y grows downwards)."""
    angle = math.radians(degrees)
    cos, sin = round(math.cos(angle), 9), round(math.sin(angle), 9)
    return cos, sin, -sin, cos, 0.0, 0.0
