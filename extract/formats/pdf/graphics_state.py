"""The graphics state of a page, and operands as numbers and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pdfminer.pdftypes import list_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name

from gongkai.extract.formats.pdf.fonts import Font
from gongkai.extract.layout.drawn_paths import Matrix
from gongkai.extract.layout.page import Box

_FAMILIES = {"DeviceGray": "", "DeviceRGB": "", "DeviceCMYK": "", "CalGray": "", "CalRGB": "",
             "ICCBased": "", "G": "", "RGB": "", "CMYK": "", "Separation": "ink", "DeviceN": "ink",
             "Lab": "lab"}  # fmt: skip


@dataclass(slots=True)
class GraphicsState:
    """The graphics state that q saves and Q restores."""

    ctm: Matrix
    clip: Box
    font: Font | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scaling: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    gray: float = 0.0
    space: str = ""  # the meaning of the parts of a colour: "", ink, lab, other
    stroke_gray: float = 0.0
    alpha: float = 1.0
    blended: bool = False  # paint mixes with the colours beneath
    line_width: float = 1.0

    def copy(self) -> GraphicsState:
        """Return a copy of the state.

        dataclasses.replace takes ten times as long, and q is frequent.
        """
        return GraphicsState(
            self.ctm, self.clip, self.font, self.size, self.spacing, self.word_spacing,
            self.scaling, self.leading, self.rise, self.mode, self.gray, self.space,
            self.stroke_gray, self.alpha, self.blended, self.line_width,
        )  # fmt: skip


def color_space(given: Sequence[Any], spaces: Mapping[str, Any]) -> str:
    """Return how the colours of a named colour space are meant."""
    name = given[-1] if given else ""
    spec = resolve1(spaces.get(name)) if isinstance(name, str) else None
    parts = list_value(spec)
    family = resolve1(parts[0]) if parts else spec
    return _FAMILIES.get(
        literal_name(family) if isinstance(family, PSLiteral) else str(name), "other"
    )


def last_number(given: Sequence[Any]) -> float | None:
    """Return the last operand if it is a number, else None."""
    return given[-1] if given and isinstance(given[-1], float) else None


def numbers(given: Any, count: int) -> list[float] | None:
    """Return the last `count` operands if all are numbers, else None."""
    found = []
    for part in given[-count:]:
        if type(part) is not float:
            part = resolve1(part)
            if not isinstance(part, int | float):
                return None
        found.append(float(part))
    return found if len(found) == count else None


def matrix_of(given: Any) -> Matrix | None:
    """Return the last six operands as a matrix."""
    found = numbers(given, 6)
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if found else None
