"""Noticing that the process of a crawl has used up its address space.

Scrapy and Twisted log such an error and go on, and the page with the error is then waited for until
the crawl's time is spent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

MAX_CAUSES = 20
"""Errors behind an error that are looked at."""


class MemoryWatch(logging.Handler):
    """Calls a function once, when an error that is logged comes from a lack of memory."""

    def __init__(self, call: Callable[[], None]) -> None:
        super().__init__(logging.ERROR)
        self._call = call
        self._called = False

    def emit(self, record: logging.LogRecord) -> None:
        """Look at the error of a log record."""
        error = record.exc_info[1] if record.exc_info else None
        if not self._called and any(isinstance(each, MemoryError) for each in _causes(error)):
            self._called = True
            self._call()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that it was raised for or while handling."""
    for _ in range(MAX_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
