"""One helper process that is kept for documents that are read one at a time.

It takes half a second to start, and then reads a page in a few milliseconds. It ends with the process
that started it.
"""

from __future__ import annotations

import atexit
import os
import threading

from gongkai.archive.workers.process_pool import EncodedReading
from gongkai.archive.workers.reading_helper import ReadingHelper
from gongkai.extract.model.report import Source


class _WarmHelper:
    """The helper of this process. Threads take turns; a forked process starts a helper of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._helpers: dict[int, ReadingHelper] = {}  # by the process that started it
        os.register_at_fork(after_in_child=self._release)

    def read(self, body: bytes, source: Source) -> EncodedReading:
        """Read one document."""
        with self._lock:
            helper = self._helpers.setdefault(os.getpid(), ReadingHelper())
            try:
                return helper.read(body, source)
            except BaseException:
                helper.close()  # interrupted: what it answers next would be of this document
                raise

    def close(self) -> None:
        """End the helper. The next document starts another one."""
        if helper := self._helpers.pop(os.getpid(), None):
            helper.close()

    def _release(self) -> None:
        self._lock = threading.Lock()  # another thread of the parent may have held it


_warm = _WarmHelper()
atexit.register(_warm.close)


def read_warm(body: bytes, source: Source) -> EncodedReading:
    """Read one document in the helper that is kept."""
    return _warm.read(body, source)
