"""Recognise watermarks by the marks of the file, paleness, size, place and repetition.

Oblique text is never collected (pdf_text.py). What remains are watermarks that run straight across
a page: they lie between the characters of the text and would end up in the cells of tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gongkai.extract.layout.page import Char, DrawnPage, TextStyle

_PALE = 0.42  # less ink than this on white is pale
_DARK = 0.55
_LARGE = 1.5  # times the usual size: a pale text of this size is a mark
_HUGE = 2.5  # a dark one must be this large, and cover other text
_TILE = 12.0  # points: the side of the squares in which overlaps are searched for

StyleGroup = tuple[TextStyle, int]


def remove_watermarks(pages: Sequence[DrawnPage]) -> None:
    """Remove the watermarks of pages, in place."""
    suspects = [dict(_suspects(page)) for page in pages]
    seen: Counter[tuple[object, ...]] = Counter()
    for found in suspects:
        seen.update(_signature(chars) for chars, _ in found.values())
    for page, found in zip(pages, suspects, strict=True):
        gone = {
            group
            for group, (chars, usual) in found.items()
            if _is_mark(page, group, chars, usual, seen[_signature(chars)])
        }
        if gone:
            page.chars = [char for char in page.chars if _group(char) not in gone]


def _group(char: Char) -> StyleGroup:
    style = char[5]
    turned = style.turn and style.turn != 180
    return style, round(char[3] - char[1] if turned else char[4] - char[2])


def _darkness(style: TextStyle) -> float:
    return (1.0 - style.gray) * style.alpha


def _usual(groups: dict[StyleGroup, list[Char]]) -> float:
    """Return the size of most dark characters, 0 if most of the page is pale."""
    sizes: Counter[int] = Counter()
    for (style, size), chars in groups.items():
        if _darkness(style) > _DARK:
            sizes[size] += len(chars)
    if 2 * sizes.total() < sum(map(len, groups.values())):
        return 0.0
    return float(sizes.most_common(1)[0][0]) if sizes else 0.0


def _suspects(page: DrawnPage) -> Iterator[tuple[StyleGroup, tuple[list[Char], float]]]:
    """Yield the characters of possible watermarks by style, and the usual size of the page."""
    groups: dict[StyleGroup, list[Char]] = {}
    last, height = None, -1.0
    same: list[Char] = []
    for char in page.chars:
        if char[5] is not last or char[4] - char[2] != height or char[5].turn:
            last, height = char[5], char[4] - char[2]
            same = groups.setdefault(_group(char), [])
        same.append(char)
    usual = _usual(groups)
    for group, chars in groups.items():
        style, size = group
        large = usual > 0 and size >= _HUGE * usual
        pale = usual > 0 and _darkness(style) < _PALE and not _on_dark(chars[0], page)
        if style.mark or large or pale:
            yield group, (chars, usual)


def _on_dark(char: Char, page: DrawnPage) -> bool:
    """Return whether a character is on a dark ground, where pale text is a heading."""
    return any(
        fill.gray < 0.5 and fill.x0 <= char.x <= fill.x1 and fill.y0 <= char.y <= fill.y1
        for fill in (*page.fills, *page.grounds)
    )


def _signature(chars: Sequence[Char]) -> tuple[object, ...]:
    """Return what a watermark has in common on all pages: its text and where it begins."""
    return "".join(char.text for char in chars), round(chars[0].x0, -1), round(chars[0].y0, -1)


def _is_mark(
    page: DrawnPage, group: StyleGroup, chars: Sequence[Char], usual: float, times: int
) -> bool:
    style, size = group
    if style.mark:
        return True
    pale = _darkness(style) < _PALE
    if pale and (size >= _LARGE * usual or times >= 2):
        return True
    return _in_the_way(page, group, chars)


def _in_the_way(page: DrawnPage, group: StyleGroup, chars: Sequence[Char]) -> bool:
    """Return whether the characters lie over others, or over the lines of a table."""
    tiles: dict[tuple[int, int], list[Char]] = {}
    for char in page.chars:
        if _group(char) != group:
            tiles.setdefault((int(char.x // _TILE), int(char.y // _TILE)), []).append(char)
    hit = sum(1 for char in chars if _covers(char, tiles) or _is_crossed(char, page))
    return hit > 0.2 * len(chars)


def _covers(char: Char, tiles: dict[tuple[int, int], list[Char]]) -> bool:
    across = range(int(char.x0 // _TILE), int(char.x1 // _TILE) + 1)
    down = range(int(char.y0 // _TILE), int(char.y1 // _TILE) + 1)
    if len(across) * len(down) > 400:
        return True
    return any(
        char.x0 < other.x < char.x1 and char.y0 < other.y < char.y1
        for x in across
        for y in down
        for other in tiles.get((x, y), ())
    )


def _is_crossed(char: Char, page: DrawnPage) -> bool:
    """Return whether a line runs through the middle of a character."""
    wide, high = (char.x1 - char.x0) / 4, (char.y1 - char.y0) / 4
    return any(
        abs(rule.at - char.x) < wide and rule.start < char.y < rule.end for rule in page.vertical
    ) or any(
        abs(rule.at - char.y) < high and rule.start < char.x < rule.end for rule in page.horizontal
    )
