"""Shorten quotations for findings."""

from __future__ import annotations

_LONGEST = 60
"""Characters of a quotation."""


def shorten_quote(text: str) -> str:
    """Return a text of at most 60 characters; a longer one ends with an ellipsis.

    >>> shorten_quote("很" * 70)[-2:]
    '很…'
    """
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + "…"
