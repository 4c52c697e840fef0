"""Records that wait on disk until all pages are known: files, redirects, removals and revisits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.crawler.imports.import_sources import SourceFile

MAX_HELD_BYTES = 8 << 30
MAX_HELD = 1_000_000


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record that waits: what it is, and where its bytes are."""

    kind: str
    source: SourceFile
    remark: str
    target: str
    offset: int
    length: int


class HeldRecords:
    """Holds records of an import in a file without a name, which is gone with the process."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed in `close`
        self._records: list[HeldRecord] = []
        self._end = 0

    def __len__(self) -> int:
        return len(self._records)

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()

    def clear(self) -> None:
        """Forget all records."""
        self._records.clear()
        self._file.truncate(0)
        self._end = 0

    def add(self, kind: str, source: SourceFile, content: bytes, remark: str, target: str) -> bool:
        """Hold a record, and return whether there was room for it."""
        if self._end + len(content) > MAX_HELD_BYTES or len(self._records) >= MAX_HELD:
            return False
        self._file.seek(self._end)
        self._file.write(content)
        place = (self._end, len(content))
        self._records.append(HeldRecord(kind, source, remark, target, *place))
        self._end += len(content)
        return True

    def of_kind(self, kind: str) -> Iterator[tuple[HeldRecord, bytes]]:
        """Yield the records of a kind with their bytes, in the order in which they came."""
        for held in self._records:
            if held.kind == kind:
                yield held, self.content(held)

    def content(self, held: HeldRecord) -> bytes:
        """Return the bytes of a record."""
        self._file.seek(held.offset)
        return self._file.read(held.length)
