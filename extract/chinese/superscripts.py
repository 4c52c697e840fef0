"""Raised figures, which are notes and never part of a number: 10² is not 102."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def raise_digits(text: str) -> str:
    """Return a text with its digits as superscripts.

    >>> raise_digits("12")
    '¹²'
    """
    return text.translate(_RAISED)
