"""Chinese names in Latin letters: pinyin without tones, and initials.

The dictionary of pinyin takes memory and a moment to load: it is used when an archive is built or
published, never by the site.
"""

from __future__ import annotations

from functools import lru_cache

LEAST_INITIALS = 3
"""Fewer initials stand for too many names."""


@lru_cache(maxsize=1 << 15)  # departments are called the same everywhere
def _syllables(name: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # late: it loads large dictionaries

    return tuple("".join(c for c in each.casefold() if c.isalnum()) for each in lazy_pinyin(name))


def pinyin_forms(name: str) -> tuple[str, ...]:
    """Return the pinyin of a name in one word; ü is written v, and u as well.

    >>> pinyin_forms("平罗"), pinyin_forms("吕梁")
    (('pingluo',), ('lvliang', 'luliang'))
    """
    written = "".join(_syllables(name))
    as_typed = "".join(each.replace("v", "u") for each in _syllables(name))
    return tuple(dict.fromkeys(form for form in (written, as_typed) if form.isascii() and form))


def initials(name: str) -> str:
    """Return the first letters of the syllables of a name, "" where they are too few.

    >>> initials("工信局"), initials("平罗")
    ('gxj', '')
    """
    letters = "".join(each[:1] for each in _syllables(name))
    return letters if letters.isascii() and len(letters) >= LEAST_INITIALS else ""


def romanised(name: str) -> tuple[str, ...]:
    """Return all forms of a name in Latin letters."""
    short = initials(name)
    return (*pinyin_forms(name), *([short] if short else []))
