"""Digits that stand off the baseline are notes; smaller ones on it are not, unless behind a digit."""

from __future__ import annotations

import pytest

from gongkai.extract.layout.page import Char
from gongkai.extract.layout.text_lines import row_text

Drawn = tuple[str, float, float]


def row(*drawn: Drawn) -> list[Char]:
    """Characters side by side: text, size in points, and height of the baseline."""
    chars: list[Char] = []
    x = 100.0
    for text, size, baseline in drawn:
        width = size if ord(text) > 255 else size / 2
        low = baseline - 0.2 * size
        chars.append(Char(text, x, low, x + width, low + size))
        x += width
    return chars


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        ((("1", 9, 0), ("2", 9, 0), ("1", 5, 3)), "12¹"),
        ((("1", 9, 0), ("2", 9, 0), ("1", 7.4, 3)), "12¹"),
        ((("1", 9, 0), ("2", 9, 0), ("1", 9, 3)), "12¹"),
        ((("1", 9, 0), ("1", 6, 3), ("0", 6, 3)), "1¹⁰"),
        ((("注", 9, 0), ("1", 7.4, 3)), "注¹"),
        ((("1", 6, 3), ("2", 9, 0), ("5", 9, 0)), "¹25"),
        ((("1", 9, 0), ("2", 6, -2)), "1²"),
        ((("1", 9, 0), ("2", 5, 0)), "1²"),
        ((("2", 10.5, 0), ("4", 10.5, 0), ("年", 16, 0)), "24年"),
        ((("第", 16, 0), ("3", 10.5, 0), ("项", 16, 0)), "第3项"),
        ((("1", 9, 0), ("2", 9, 0.6)), "12"),
        ((("件", 9, 0), ("1", 9, 0), ("2", 9, 0)), "件12"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_digit_off_the_baseline_is_a_note(drawn: tuple[Drawn, ...], text: str) -> None:
    assert row_text(row(*drawn)) == text


def test_digits_far_apart_are_not_compared() -> None:
    left, right = row(("1", 9, 0)), row(("2", 9, 3))
    apart = [char._replace(x0=char.x0 + 60, x1=char.x1 + 60) for char in right]
    assert row_text([*left, *apart]) == "1 2"
