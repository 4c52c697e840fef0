"""Chinese text as search tokens: every wide character and every digit is a token of its own.

The default tokenizers of SQLite find nothing inside a Chinese sentence, and a word list misses a
quarter of what it should find. Single characters asked as a phrase find everything, from one
character up. Both sides are NFKC and case-folded, so that ２０２４ is found by 2024.
"""

from __future__ import annotations

import unicodedata


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
