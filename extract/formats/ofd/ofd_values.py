"""Read the values that OFD writes into attributes: numbers, matrices, steps, paths, colours."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from gongkai.extract.formats.xml_parts import Element, local_name
from gongkai.extract.layout.drawn_paths import DrawnPath, Matrix
from gongkai.extract.layout.page import gray_level
from gongkai.extract.layout.work_limits import WorkBudget

_TOKEN = re.compile(r"[-+]?(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d++)?|[A-Za-z]")
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_LONGEST = 1e6  # mm


def children_named(element: Element, name: str) -> Iterator[Element]:
    """Yield the children with a name in any namespace, because not all writers use the right one."""
    return (node for node in element if local_name(node) == name)


def decimals(text: str | None, count: int) -> list[float] | None:
    """Return the first `count` numbers of a list, None if there are fewer."""
    try:
        found = [float(part) for part in (text or "").split(maxsplit=count)[:count]]
    except ValueError:
        return None
    whole = len(found) == count and all(abs(part) <= _LONGEST for part in found)
    return found if whole else None


def decimal(text: str | None, otherwise: float) -> float:
    """Return the number with which a text begins."""
    found = decimals(text, 1)
    return found[0] if found else otherwise


def is_on(element: Element, name: str, otherwise: bool) -> bool:
    """Return whether a switch such as Fill is on."""
    return {"true": True, "1": True, "false": False, "0": False}.get(
        element.get(name, "").strip().lower(), otherwise
    )


def parse_matrix(text: str | None) -> Matrix:
    """Return six numbers as a matrix, the identity for any other text."""
    found = decimals(text, 6)
    if not found:
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    a, b, c, d, e, f = found
    return a, b, c, d, e, f


def character_steps(text: str | None, most: int) -> list[float]:
    """Return the steps from character to character. `g 3 4.2` stands for three steps of 4.2.

    >>> character_steps("g 3 4.2 -1 g 99 5", 6)
    [4.2, 4.2, 4.2, -1.0, 5.0, 5.0]
    """
    steps: list[float] = []
    parts = iter((text or "").split())
    for part in parts:
        times = 1
        if part == "g":
            times, part = round(decimal(next(parts, ""), 0)), next(parts, "")
        step = decimals(part, 1)
        if step is None or len(steps) >= most:
            break
        steps += step * min(max(times, 0), most - len(steps))
    return steps


def parse_path(text: str, budget: WorkBudget) -> DrawnPath:
    """Return an abbreviated path; an arc is taken for its chord.

    Raises:
        TooLarge: the path is longer than the budget
    """
    path = DrawnPath()
    waiting: list[float] = []
    wanted, does = 0, ""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token.isalpha():
            does, wanted, waiting = token, _OPERANDS.get(token, -1), []
            if token == "C":
                path.close()
            continue
        waiting.append(float(token))
        if len(waiting) != wanted:
            continue
        budget.spend("operators")
        if not all(map(math.isfinite, waiting)):
            break
        x, y = waiting[-2:]
        if does == "L":
            path.line(x, y)
        elif does in ("S", "M"):
            path.move(x, y)
        else:
            near = None if does == "A" else (waiting[0], waiting[1])
            path.curve(near, (waiting[2], waiting[3]) if does == "B" else near, (x, y))
        waiting = []
    return path


def color_gray(color: Element) -> float:
    """Return the brightness of a colour, 0 to 1; 0.5 for patterns, shades and palette colours."""
    try:
        parts = [_channel(part) for part in (color.get("Value") or "").split()[:5]]
    except ValueError:
        parts = []
    return gray_level([] if len(color) else parts)


def _channel(text: str) -> float:
    """Return a channel of eight bits, decimal or hexadecimal (#FF), as 0 to 1.

    Raises:
        ValueError: the text is not a channel
    """
    return (int(text[1:], 16) if text.startswith("#") else float(text)) / 255
