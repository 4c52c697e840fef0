"""Tell text from the remains of text whose characters got lost.

A PDF can draw letters and say nothing, or nonsense, about what they mean; a file can be decoded with a
wrong charset and saved again (鏀垮簻淇℃伅 for 政府信息).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LOOKED_AT = 20_000  # characters
_FEWEST = 30
_SHARE = 0.5
_MEANINGLESS = ("Cc", "Cn", "Co", "Cs", "Sk", "So")
"""Categories of Unicode: controls, unassigned, private, halves of characters, marks and pictures."""
_FIRST_LEVELS = {"gb2312": (0xB0A1, 0xD7F9), "big5": (0xA440, 0xC67E)}
"""The common characters of the mainland and of Hong Kong and Taiwan, as their standards order them."""


def is_meaningless(text: str) -> bool:
    """Return whether at least half of the letters of a text cannot be meant.

    >>> is_meaningless("鏀垮簻淇℃伅鍏紑宸ヤ綔骞村害鎶ュ憡" * 4), is_meaningless("政府信息公开工作年度报告" * 4)
    (True, False)
    """
    letters = [char for char in text[:_LOOKED_AT] if not (char.isspace() or _is_plain(char))]
    lost = sum(map(_is_lost, letters))
    return lost >= _FEWEST and lost >= _SHARE * len(letters)


def _is_plain(char: str) -> bool:
    """Return whether a character says nothing: ASCII but for its letters, punctuation."""
    return not char.isalpha() if char.isascii() else unicodedata.category(char).startswith("P")


@lru_cache(maxsize=20_000)
def _is_lost(char: str) -> bool:
    """Return whether a character hardly stands in a text on purpose."""
    if unicodedata.category(char) in _MEANINGLESS:
        return True
    if "\u4e00" <= char <= "\u9fff":
        return not any(_is_of_level(char, *level) for level in _FIRST_LEVELS.items())
    return (
        "\x80" <= char < "\u0250"
    )  # letters of Latin with marks, which are few where they are meant


def _is_of_level(char: str, charset: str, level: tuple[int, int]) -> bool:
    try:
        code = int.from_bytes(char.encode(charset))
    except UnicodeEncodeError:
        return False
    return level[0] <= code <= level[1]
