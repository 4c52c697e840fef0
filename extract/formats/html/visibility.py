"""Decide from the properties of elements which text of a page is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gongkai.extract.formats.html.style_rules import Declared

_LENGTH = re.compile(
    r"(-?(?:\d{1,7}(?:\.\d{1,6})?|\.\d{1,6}))(px|pt|em|rem|ex|%|vw|vh|in|cm|mm|pc)?"
)
_FAR = {"": 500, "px": 500, "pt": 400, "em": 50, "rem": 50, "ex": 99, "%": 99, "vw": 99, "vh": 99,
        "in": 5, "cm": 14, "mm": 140, "pc": 30}  # fmt: skip
"""Lengths by unit that lead off the page, and farther than any ordinary indent."""
_CLIPPED = re.compile(
    r"rect\(\s*([01](?:px)?[,\s]+){3}[01](?:px)?\s*\)|inset\(\s*(?:50|100)%.{0,20}"
)
_NO_COLOUR = re.compile(
    r"transparent|rgba\([^()]{1,40},\s*0(?:\.0{1,3})?\s*\)|#[\da-f]{6}00|#[\da-f]{3}0"
)
_COLOUR_NAMES = {"white": "ffffff", "black": "000000", "red": "ff0000", "silver": "c0c0c0"}
_HEX = re.compile(r"#?([\da-f]{6}|[\da-f]{3})")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*1(?:\.0)?\s*)?\)")
_ABSOLUTE_SIZE = re.compile(
    r"[\d.]{1,12}+(?:px|pt|rem|in|cm|mm|pc|vw|vh)|(?:x{0,2}-)?(?:small|large)|medium"
)


@dataclass(frozen=True, slots=True)
class TextLook:
    """What text inherits: whether it has no size, is invisible or struck out, and its colours.

    Colours are six hexadecimal digits, "" where the page does not state them.
    """

    sizeless: bool = False
    invisible: bool = False
    struck: bool = False
    colour: str = ""
    ground: str = ""

    @property
    def is_unseen(self) -> bool:
        """Whether a reader does not see the text, or sees it crossed out."""
        same = bool(self.colour) and self.colour == self.ground
        return self.sizeless or self.invisible or self.struck or same or self.colour == "none"


def inherit_look(look: TextLook, declared: Declared) -> TextLook:
    """Return the look of the text in an element with these properties inside another look."""
    if "visibility" in declared:
        look = replace(look, invisible=declared["visibility"] in ("hidden", "collapse"))
    sizes = (declared.get("font-size", "") or declared.get("font", "").partition("/")[0]).split()
    if any(map(_is_zero, sizes)):
        look = replace(look, sizeless=True)
    elif look.sizeless and any(map(_ABSOLUTE_SIZE.fullmatch, sizes)):
        look = replace(look, sizeless=False)
    decoration = declared.get("text-decoration", "") + declared.get("text-decoration-line", "")
    if "line-through" in decoration:
        look = replace(look, struck=True)
    if "color" in declared:
        look = replace(look, colour=_colour(declared["color"]))
    ground = declared.get("background-color") or declared.get("background")
    if ground:
        look = replace(look, ground=_colour(ground).replace("none", "") or look.ground)
        if "url(" in ground:
            look = replace(look, ground="")
    return look


def hides_element(declared: Declared) -> bool:
    """Return whether an element with these properties is not shown, nor anything inside it."""
    if declared.get("display") == "none":
        return True
    if "opacity" in declared and _is_zero(declared["opacity"].removesuffix("%")):
        return True
    if _is_far(declared.get("text-indent", "")):
        return True
    if declared.get("position") in ("absolute", "fixed"):
        sides = ("left", "top", "right", "bottom", "margin-left", "margin-top")
        if any(_is_far(declared.get(side, "")) for side in sides):
            return True
        if _CLIPPED.fullmatch(declared.get("clip", "")):
            return True
    if _CLIPPED.fullmatch(declared.get("clip-path", "")):
        return True
    cut = declared.get("overflow", "") in ("hidden", "clip")
    sizes = ("height", "width", "max-height", "max-width")
    return cut and any(_is_zero(declared.get(size, "")) for size in sizes)


def takes_no_place(declared: Declared) -> bool:
    """Return whether a hidden element with these properties takes no field of its table either.

    A cell that is only transparent, cut off or empty to the eye keeps its column.
    """
    return declared.get("display") == "none" or declared.get("position") in ("absolute", "fixed")


def _is_zero(length: str) -> bool:
    match = _LENGTH.fullmatch(length)
    return match is not None and float(match[1]) == 0


def _is_far(length: str) -> bool:
    match = _LENGTH.fullmatch(length)
    return match is not None and float(match[1]) <= -_FAR[match[2] or ""]


def _colour(text: str) -> str:
    """Return a colour as six digits, "none" for a transparent one, "" for others."""
    word = text if text.startswith("rgb") else (text.split() or [""])[0]
    if _NO_COLOUR.fullmatch(word):
        return "none"
    word = _COLOUR_NAMES.get(word, word)
    if match := _HEX.fullmatch(word):
        digits = match[1]
        return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    if match := _RGB.fullmatch(word):
        return "".join(f"{min(int(part), 255):02x}" for part in match.groups())
    return ""
