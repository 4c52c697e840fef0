"""Traditional characters as simplified ones, by the dictionaries of OpenCC."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Return a text in simplified characters; one that has no traditional ones stays as it is.

    >>> simplified("行政復議"), simplified("平罗县")
    ('行政复议', '平罗县')
    """
    clean = text.encode("utf-8", "replace").decode("utf-8")  # OpenCC refuses half a character
    return str(_converter().convert(clean))
