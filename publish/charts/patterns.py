"""How parts and lines differ without colour: fills with hatches, dashes, and marks on points."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.publish.charts.svg_markup import PAPER, RULE, element


@dataclass(frozen=True, slots=True)
class Fill:
    """A ground and what is drawn on it in a square of 6 or 8 pixels. `is_dark` asks for light text."""

    ground: str
    marks: str = ""
    size: int = 6
    turn: int = 0
    is_dark: bool = False


def _line(path: str, colour: str = RULE, width: float = 1) -> str:
    return element(
        "path", d=path, stroke=colour, stroke_width=width, fill="none", class_="fill-mark"
    )


def _dot(x: float, y: float, r: float) -> str:
    return element("circle", cx=x, cy=y, r=r, fill=RULE, class_="fill-dot")


FILLS = (
    Fill("#9b1c1f", is_dark=True),
    Fill("#e8b4a4"),
    Fill("#ffffff", _line("M0 0V6", width=2.4), turn=45),
    Fill("#f1e5c5", _line("M0 0V6", "#8a661a", 2.4), turn=-45),
    Fill("#ffffff", _dot(3, 3, 1.3)),
    Fill("#ffffff", _line("M0 3H6M3 0V6", width=0.8)),
    Fill("#4a453d", is_dark=True),
    Fill("#ffffff", _line("M0 3H6", width=1.6)),
    Fill("#d5dde6", _line("M3 0V6", "#1c4f82", 1.4)),
    Fill("#dfeadf", _dot(2, 2, 1.2) + _dot(6, 6, 1.2), size=8),
    Fill("#ffffff", _line("M0 3H6M3 0V6", width=1.2), turn=45),
    Fill("#c9c2b4"),
)
"""Fills of parts in their order. More parts than these begin again."""

DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2")
"""Dashes of lines in their order."""

LINE_COLOURS = ("#9b1c1f", "#1c4f82", "#23603c", "#7a4b00", "#5b3a86", "#1d1b18")
"""Colours of lines in their order; each has 4.5 to 1 on paper. Dashes and marks say the same."""


def fill_of(place: int) -> Fill:
    """Return the fill of a part, counted from 0."""
    return FILLS[place % len(FILLS)]


def fill_definitions(prefix: str, count: int) -> str:
    """Return the element `defs` with the fills of so many parts; `fill_url` refers to them."""
    patterns = []
    for place in range(min(count, len(FILLS))):
        fill = FILLS[place]
        looks: dict[str, str | int | float] = {
            "id": f"{prefix}-{place + 1}",
            "width": fill.size,
            "height": fill.size,
            "patternUnits": "userSpaceOnUse",
        }
        if fill.turn:
            looks["patternTransform"] = f"rotate({fill.turn})"
        ground = element(
            "rect",
            width=fill.size,
            height=fill.size,
            fill=fill.ground,
            class_=f"ground-{place + 1}",
        )
        patterns.append(element("pattern", ground + fill.marks, **looks))
    return element("defs", "".join(patterns))


def fill_url(prefix: str, place: int) -> str:
    """Return how a part refers to its fill."""
    return f"url(#{prefix}-{place % len(FILLS) + 1})"


def point_mark(place: int, x: float, y: float) -> str:
    """Return the mark of a point of a line: its shape, and whether it is filled, tell the line."""
    colour = LINE_COLOURS[place % len(LINE_COLOURS)]
    inside = colour if place % 2 == 0 else PAPER
    looks: dict[str, str | int | float] = {
        "fill": inside,
        "stroke": colour,
        "stroke_width": 1.6,
        "class_": f"line-{place % len(LINE_COLOURS) + 1}{'' if place % 2 == 0 else ' hollow'}",
    }
    shape = place // 2 % 4
    if shape == 0:
        return element("circle", cx=x, cy=y, r=3.4, **looks)
    if shape == 1:
        return element("rect", x=x - 3, y=y - 3, width=6, height=6, **looks)
    if shape == 2:
        return element("path", d=f"M{x:.1f} {y - 4.2:.1f}l4 7.4h-8z", **looks)
    return element("path", d=f"M{x:.1f} {y - 4.4:.1f}l4.4 4.4-4.4 4.4-4.4-4.4z", **looks)
