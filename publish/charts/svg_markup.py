"""Write SVG elements. Looks are attributes, because a page's policy and other programs drop styles."""

from __future__ import annotations

import re
from html import escape

INK, SOFT, RULE, FAINT = "#1d1b18", "#5b554c", "#4a453d", "#d9d2c4"
PAPER, RED = "#fffdf8", "#9b1c1f"
FONTS = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',sans-serif"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot contain: with one of them a picture cannot be opened."""

Value = str | int | float


def element(name: str, content: str | None = None, /, **attributes: Value) -> str:
    """Return an element. `class_` is the attribute `class`, `stroke_width` is `stroke-width`.

    `content` is markup. Attributes are escaped.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_text_of(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}/>" if content is None else f"<{name}{written}>{content}</{name}>"


def text_element(text: str, x: float, y: float, /, **attributes: Value) -> str:
    """Return a text, by default 12 pixels high in ink."""
    looks: dict[str, Value] = {"x": x, "y": y, "font_size": 12, "fill": INK, **attributes}
    return element("text", written_text(text), **looks)


def written_text(text: str) -> str:
    """Return a text as the content of an element."""
    return escape(_NOT_XML.sub("\ufffd", text), quote=False)


def _text_of(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escape(_NOT_XML.sub("\ufffd", str(value)))


def text_width(text: str, size: float = 12) -> float:
    """Return about how wide a text is, in pixels: Chinese is square, other letters are narrower."""
    return sum(size if ord(each) > 0x2E7F else size * 0.58 for each in text)


def wrap_text(text: str, width: float, size: float = 12, most: int = 3) -> list[str]:
    """Return a text in lines of at most a width, and at most so many; what is left out is "…".

    Words are kept whole where they can be.
    """
    lines, line = [], ""
    for word in _words(text):
        if line and text_width((line + word).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    lines.append(line.rstrip())
    if len(lines) > most:
        lines = lines[:most]
        while lines[-1] and text_width(f"{lines[-1]}…", size) > width:
            lines[-1] = lines[-1][:-1]
        lines[-1] += "…"
    return [each for each in lines if each]


_LONGEST_WORD = 24


def _words(text: str) -> list[str]:
    """Return what a line may be broken between: Chinese characters, and words with their space."""
    found: list[str] = []
    for each in text:
        is_alone = ord(each) > 0x2E7F
        if (
            not found
            or is_alone
            or ord(found[-1][-1]) > 0x2E7F
            or found[-1][-1] == " "
            or len(found[-1]) >= _LONGEST_WORD
        ) and each not in "，。、；：）》”":
            found.append(each)
        elif found:
            found[-1] += each
        else:
            found.append(each)
    return found
