"""Keeping records of other programs as they are, each with a note of ours behind it."""

from __future__ import annotations

import gzip
import sqlite3
from dataclasses import asdict
from pathlib import Path

from gongkai.clock import utc_stamp
from gongkai.crawler.warc.compose import compose_import, compose_warcinfo
from gongkai.crawler.warc.file import StorageError, WarcFile
from gongkai.crawler.warc.foreign_record import ForeignRecord
from gongkai.crawler.warc.import_notes import ImportedRecord
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.indexing import add_import
from gongkai.crawler.warc.tables.import_table import ImportNote
from gongkai.crawler.warc.trust import IMPORTS
from gongkai.crawler.warc.writer import MAX_FILE_BYTES

SITE = "import"
"""What the names of the files begin with. It stands for no portal."""

RECORD_END = b"\r\n\r\n"
ABOUT = {
    "format": "WARC File Format 1.1",
    "isPartOf": SITE,
    "description": (
        "Records that other crawlers wrote, unchanged. Behind each one a metadata record says where "
        "it came from."
    ),
}


class ImportWriter:
    """Writes records of other programs. The file is created with the first one.

    `files` are the names of those that were written, as the index has them.
    """

    def __init__(self, folder: Path, index: SnapshotIndex) -> None:
        self._folder = folder / IMPORTS
        self._index = index
        self._file: WarcFile | None = None
        self.files: list[str] = []

    def write(self, content: bytes, foreign: ForeignRecord, note: ImportNote) -> None:
        """Keep a record, its note and its row, or nothing.

        Raises:
            StorageError: Nothing was kept.
        """
        file = self._open_file()
        url, packed = foreign.record.url, gzip.compress(content + RECORD_END, mtime=0)
        described = compose_import(note.snapshot, url, note.imported_at, asdict(note))
        offset = file.append(packed + described)
        imported = ImportedRecord(foreign, note, offset, len(packed))
        original = self._index.get(note.refers) if note.refers else None
        try:
            with self._index.batch():
                add_import(self._index, imported, f"{IMPORTS}/{file.name}", original)
        except sqlite3.Error as problem:
            file.truncate(offset)
            raise StorageError("index_not_writable", why=str(problem)) from problem

    def close(self) -> None:
        """Give the file its final name."""
        if self._file:
            self._file.close()
            self._file = None

    def _open_file(self) -> WarcFile:
        if self._file and self._file.end > MAX_FILE_BYTES:
            self.close()
        if self._file is None:
            self._file = WarcFile(self._folder, SITE)
            self._file.append(compose_warcinfo(self._file.name, utc_stamp(), ABOUT))
            self.files.append(f"{IMPORTS}/{self._file.name}")
            self._index.files.add(self.files[-1], "", "", "")
        return self._file
