"""Limit the work for one PDF or OFD: pages, characters, operators and unpacked bytes.

A real report has fewer than 60 pages and some 60,000 characters, and unpacks to a few megabytes.
The limits are far above that, and far below what a malicious file would take.
"""

from __future__ import annotations

from gongkai.extract.errors import TooLarge

MAX_BYTES = 64 * 1024 * 1024
MAX_PAGES = 300
MAX_LISTED_PAGES = 2_000
"""Files with more pages are refused; those with fewer are read as far as MAX_PAGES."""

LIMITS = {
    "bytes": 96 * 1024 * 1024,
    "content": 24 * 1024 * 1024,  # of drawing instructions; a real report has less than 5 MB
    "operators": 1_500_000,
    "characters": 400_000,
    "rules": 100_000,
    "forms": 5_000,
}
"""How much a document may use of each resource; `work_limit_…` in the catalogue names it."""


class WorkBudget:
    """Counts what a document has used."""

    def __init__(self, kind: str = "PDF") -> None:
        self._kind = kind
        self._left = dict(LIMITS)

    def left(self, name: str) -> int:
        """Return how much of `name` may still be used."""
        return self._left[name]

    def spend(self, name: str, amount: int = 1) -> None:
        """Use `amount` of `name`.

        Raises:
            TooLarge: less than that is left
        """
        self._left[name] -= amount
        if self._left[name] < 0:
            raise TooLarge(f"work_limit_{name}", kind=self._kind, most=LIMITS[name])
