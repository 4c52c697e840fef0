"""Draw the objects of an OFD page as characters, lines and pictures, as on a PDF page.

OFD measures in millimetres from the upper left corner, a DrawnPage in points from the lower left
corner. An object has a box of its own (Boundary) and is drawn inside it, through its matrix (CTM).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.extract.errors import TooLarge
from gongkai.extract.formats.ofd.ofd_text import place_text, read_pen
from gongkai.extract.formats.ofd.ofd_values import (
    children_named,
    color_gray,
    decimal,
    decimals,
    is_on,
    parse_matrix,
    parse_path,
)
from gongkai.extract.formats.xml_parts import Element, local_name
from gongkai.extract.layout.drawn_paths import (
    Matrix,
    Painter,
    bounding_box,
    intersect_boxes,
    multiply,
    transform_point,
    unit_square,
)
from gongkai.extract.layout.page import Box, DrawnPage, TextStyle
from gongkai.extract.layout.text_direction import clip_characters
from gongkai.extract.layout.work_limits import WorkBudget

_POINTS = 72 / 25.4
_LINE = 0.353  # mm, the default width of a line
_DEEPEST = 20
_OPAQUE = 0.9


@dataclass(frozen=True, slots=True)
class Resources:
    """Drawings and sets of drawing parameters that the pages share, by id."""

    units: dict[str, Element]
    params: dict[str, Element]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The frame in which an object is drawn: matrix from millimetres to points, clip, opacity."""

    matrix: Matrix
    clip: Box
    alpha: float = 1.0
    param: str = ""


class Artist:
    """Draws one page. `sheet` is its x, y, width and height in millimetres."""

    def __init__(
        self, number: int, sheet: Sequence[float], resources: Resources, budget: WorkBudget
    ) -> None:
        x, y, width, height = (side * _POINTS for side in sheet)
        self.page = DrawnPage(number, width, height)
        self.resources = resources
        self.budget = budget
        self.painter = Painter(self.page, budget)
        upright = (_POINTS, 0.0, 0.0, -_POINTS, -x, y + height)
        self.whole = _Frame(upright, (0.0, 0.0, width, height))
        self.drawn: Mapping[str, Callable[[Element, _Frame], None]] = {
            "TextObject": self._text,
            "PathObject": self._path,
            "ImageObject": self._image,
        }

    def draw(self, content: Element) -> None:
        """Draw the layers of a page or a template.

        Raises:
            TooLarge: the drawing exceeds a limit
        """
        self._objects(content, self.whole, 0)

    def _objects(self, parent: Element, frame: _Frame, depth: int) -> None:
        if depth > _DEEPEST:
            raise TooLarge("ofd_nested_too_deeply")
        for node in parent:
            kind = local_name(node)
            self.budget.spend("operators")
            if not is_on(node, "Visible", True):
                continue
            own = replace(frame, param=node.get("DrawParam") or frame.param)
            if kind in ("Layer", "PageBlock", "Content"):
                self._objects(node, own, depth + 1)
            elif kind == "CompositeObject":
                unit = self.resources.units.get(node.get("ResourceID", ""))
                if unit is not None:
                    self.budget.spend("forms")
                    self._objects(unit, _framed(node, own), depth + 1)
            elif kind in self.drawn:
                self.drawn[kind](node, _framed(node, own))

    def _text(self, node: Element, frame: _Frame) -> None:
        pen = read_pen(node, frame.matrix)
        if not pen.size or pen.turn < 0:
            return  # oblique text is a watermark
        color = self._color(node, "FillColor", frame)
        style = TextStyle(
            gray=0.0 if color is None or not color.get("Value") else color_gray(color),
            alpha=_alpha(color, frame),
            turn=pen.turn,
            hidden=not is_on(node, "Fill", True) and not is_on(node, "Stroke", False),
        )
        for chars in place_text(node, pen, style, self.budget):
            if chars:
                self.page.chars += clip_characters(chars, frame.clip)

    def _path(self, node: Element, frame: _Frame) -> None:
        data = next((child.text or "" for child in children_named(node, "AbbreviatedData")), "")
        widths = [node.get("LineWidth"), *(p.get("LineWidth") for p in self._params(frame))]
        width = decimal(next(filter(None, widths), None), _LINE)
        color = self._color(node, "FillColor", frame) if is_on(node, "Fill", False) else None
        self.painter.paint(
            parse_path(data, self.budget),
            frame.matrix,
            frame.clip,
            width if is_on(node, "Stroke", True) else None,
            None if color is None else color_gray(color),
            _alpha(color, frame) > _OPAQUE,
            node.get("Rule") == "Even-Odd",
        )

    def _image(self, node: Element, frame: _Frame) -> None:
        matrix = frame.matrix
        if not node.get("CTM"):
            _, _, wide, high = decimals(node.get("Boundary"), 4) or [0.0] * 4
            matrix = multiply((wide, 0.0, 0.0, high, 0.0, 0.0), matrix)
        self.painter.image(matrix, frame.clip, frame.alpha > _OPAQUE)
        # its colours are unknown: white text on it is a title rather than hidden
        self.painter.shade(unit_square(matrix), frame.clip, opaque=False)

    def _color(self, node: Element, name: str, frame: _Frame) -> Element | None:
        """Return the colour of an object, else of its drawing parameters."""
        stated = (next(children_named(each, name), None) for each in (node, *self._params(frame)))
        return next((color for color in stated if color is not None), None)

    def _params(self, frame: _Frame) -> Iterator[Element]:
        """Yield the drawing parameters of a frame, and those they are based on."""
        name = frame.param
        for _ in range(_DEEPEST):
            if (param := self.resources.params.get(name)) is None:
                return
            yield param
            name = param.get("Relative", "")


def _framed(node: Element, frame: _Frame) -> _Frame:
    """Return the frame of what an object draws."""
    x, y = (decimals(node.get("Boundary"), 4) or [0.0, 0.0])[:2]
    placed = multiply((1.0, 0.0, 0.0, 1.0, x, y), frame.matrix)
    matrix = multiply(parse_matrix(node.get("CTM")), placed)
    clip = frame.clip
    for clips in children_named(node, "Clips"):
        through = matrix if is_on(clips, "TransFlag", True) else placed
        for each in children_named(clips, "Clip"):
            areas = [box for area in children_named(each, "Area") for box in _areas(area, through)]
            if areas:
                clip = intersect_boxes(clip, _around(areas))
    alpha = frame.alpha * decimal(node.get("Alpha"), 255.0) / 255
    return replace(frame, matrix=matrix, clip=clip, alpha=alpha)


def _areas(area: Element, through: Matrix) -> Iterator[Box]:
    """Yield the boxes around the paths of a clip area."""
    base = multiply(parse_matrix(area.get("CTM")), through)
    for node in children_named(area, "Path"):
        x, y, width, height = decimals(node.get("Boundary"), 4) or [0.0] * 4
        corners = ((x, y), (x + width, y + height))
        yield bounding_box([transform_point(base, *corner) for corner in corners])


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _alpha(color: Element | None, frame: _Frame) -> float:
    """Return the opacity of a colour, 0 to 1."""
    return frame.alpha * (1.0 if color is None else decimal(color.get("Alpha"), 255.0) / 255)
