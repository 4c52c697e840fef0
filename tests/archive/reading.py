"""One document read as the build reads it."""

from __future__ import annotations

from gongkai.archive.store.reading_cache import decode
from gongkai.archive.workers.document_reader import read_encoded
from gongkai.extract.model.report import Reading, Source


def read_sandboxed(body: bytes, source: Source) -> Reading:
    """Read one document in the sandbox, and decode what it gave."""
    return decode(read_encoded(body, source))
