"""What a page may cost in Python. SQLite has its own limit, in `time_limit`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

SECONDS = 1.5
"""Processor time of the thread that makes the content of a page."""

CHARACTERS = 1_000_000
"""Text of a page. The longest real reports have a tenth of it."""


class PageBudget:
    """The processor time and the characters that a page may still cost.

    The time is that of the thread in which the budget is made and used, so that other requests do
    not count. A page whose budget is used up shows what it has, and says so.
    """

    def __init__(self, seconds: float = SECONDS, characters: int = CHARACTERS) -> None:
        """Begin with everything left."""
        self._end = time.thread_time() + seconds
        self._characters = characters
        self.is_exceeded = False
        """Whether something was left out."""

    def limit(self, items: Iterable[T], length: Callable[[T], int]) -> Iterator[T]:
        """Yield items while something is left; `length` returns the characters of an item."""
        for item in items:
            self._characters -= length(item)
            if self._characters < 0 or time.thread_time() > self._end:
                self.is_exceeded = True
                return
            yield item
