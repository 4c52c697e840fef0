"""Chinese text as search tokens: every wide character and every digit is a token of its own.

The default tokenizers of SQLite find nothing inside a Chinese sentence, and a word list misses a
quarter of what it should find. Single characters asked as a phrase find everything, from one
character up. Both sides are NFKC and case-folded, so that ２０２４ is found by 2024.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SINGLE = (
    *((0x0000, 0x007F), (0x00A1, 0x00A7), (0x00B0, 0x00B7), (0x00C0, 0x00FF)),
    *(
        (0x2000, 0x200B),
        (0x2010, 0x2025),
        (0x2030, 0x203B),
        (0x2190, 0x21FF),
        (0x2460, 0x2468),
        (0x2500, 0x27BF),
    ),
    *((0x3000, 0x3029), (0x3030, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xFF01, 0xFF5E)),
    (0xE000, 0xF8FF),  # private use, such as the bullets of Word
)
"""Ranges of characters that never join with a character beside them when a text is normalised."""

_GAP = "\ue002"
"""Stands between texts (private use). In a text it is no token."""

_AT_ONCE = 1 << 20
"""Characters that are looked up at a time, each of which takes 11 bytes."""


class _Split(dict[int, str]):
    """For `str.translate`: separates wide characters and digits, drops punctuation."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if not character.isalnum():
            spaced = " "
        else:
            spaced = f" {character} " if stands_alone(character) else character
        self[code] = spaced
        return spaced


def stands_alone(character: str) -> bool:
    """Return whether a character is a token of its own: a digit, or a wide one."""
    return character.isdecimal() or unicodedata.east_asian_width(character) in "WF"


def normal_form(text: str) -> str:
    """Return a text as it is compared: compatibility forms and cases made one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


_split = _Split()


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, as both the index and a question have them."""
    return normal_form(text).translate(_split).split()


def texts_of_tokens(texts: Sequence[str]) -> list[str]:
    """Return each text as its tokens with spaces between, one or more.

    Many texts at once take a tenth of the time: the characters of most are looked up in a table. A text
    with one that is not in the table is read by itself.
    """
    found: list[str] = []
    first = size = 0
    for place, text in enumerate(texts):
        if place > first and size + len(text) > _AT_ONCE:
            found += _looked_up(texts[first:place])
            first, size = place, 0
        size += len(text)
    return found + (_looked_up(texts[first:]) if texts else [])


def _looked_up(texts: Sequence[str]) -> list[str]:
    import numpy as np  # late: slow to import, and few commands need it

    joined = _GAP.join(text.replace(_GAP, " ") for text in texts)
    codes = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
    fold, stands = _tables()
    folded, alone = fold[codes], stands[codes]
    # each character and the place after it, where a space is needed beside what stands alone
    spaced = np.full((len(codes), 2), ord(" "), np.uint16)
    spaced[:, 0] = folded
    kept = np.ones((len(codes), 2), np.bool_)
    kept[:, 1] = alone
    kept[:-1, 1] |= alone[1:]
    found = spaced[kept].tobytes().decode("utf-16-le").split(_GAP)
    odd = np.flatnonzero(folded == 0)
    if len(odd):
        ends = list(
            accumulate(len(text.encode("utf-16-le", "surrogatepass")) // 2 + 1 for text in texts)
        )
        for place in np.unique(np.searchsorted(ends, odd, "right")).tolist():
            found[place] = " ".join(tokens(texts[place]))
    return found


@cache
def _tables() -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """Return for each code unit its folded one, 0 where it is read in its text, and whether it stands alone."""
    import numpy as np

    folded, alone = np.zeros(1 << 16, np.uint16), np.zeros(1 << 16, np.bool_)
    for first, last in _SINGLE:
        for code in range(first, last + 1):
            found = normal_form(chr(code))
            if len(found) == 1:
                folded[code] = ord(found) if found.isalnum() else ord(" ")
                alone[code] = found.isalnum() and stands_alone(found)
    folded[ord(_GAP)] = ord(_GAP)
    return folded, alone
