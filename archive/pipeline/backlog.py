"""The documents to read, and what is known of each besides its bytes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from gongkai.archive.store.work_queue import READABLE
from gongkai.archive.workers import reading_conditions
from gongkai.archive.workers.libreoffice import can_convert
from gongkai.archive.workers.reading_conditions import NOT_CONVERTED, NOT_SEEN_BY_OCR
from gongkai.crawler.warc.trust import IMPORTS
from gongkai.extract.model.report import EXTRACTOR

_READ_BY_ANOTHER = "r.extractor < :extractor OR r.extractor > :extractor"
"""SQL: the reading r is of another extractor; in this form an index answers it."""

_IS_READ = (
    "EXISTS (SELECT 1 FROM readings r WHERE r.digest = u.digest AND r.url = u.url"
    " AND r.extractor = :extractor)"
)
"""SQL: this extractor has read the document u."""


@dataclass(frozen=True, slots=True)
class UnreadDocument:
    """A document to read: the bytes of `snapshot`. `facts` are those an operator stated, as JSON."""

    digest: str
    url: str
    snapshot: str
    portal_region: str
    facts: str

    @property
    def site_region(self) -> str:
        """The region of the portal it was published on, "" where that is unknown."""
        return str(self._fact("region")) or self.portal_region

    @property
    def agency(self) -> str:
        """The operator's override of the agency."""
        return str(self._fact("agency"))

    @property
    def filename(self) -> str:
        """The name the file had on the operator's disk."""
        return str(self._fact("filename"))

    @property
    def year(self) -> int | None:
        """The operator's override of the year."""
        year = str(self._fact("year"))
        return int(year) if year.isdecimal() else None

    def _fact(self, name: str) -> object:
        return json.loads(self.facts).get(name, "") if self.facts else ""


def documents_to_read(conn: sqlite3.Connection) -> list[UnreadDocument]:
    """Return the documents that this extractor has not read, in the order they were first seen.

    The same bytes at two addresses are two readings, because an address tells region and date. Of
    several fetches the first of ours counts, else the first of others; where an operator stated
    facts, the last fetch with facts. Pictures are read again once the extra [ocr] is installed, old Word files once they can be
    converted.
    """
    again = _READ_BY_ANOTHER
    if reading_conditions.is_ocr_installed():
        again += f" OR ({NOT_SEEN_BY_OCR})"
    if can_convert():
        again += f" OR ({NOT_CONVERTED})"
    rows = conn.execute(
        f"""WITH wanted(digest, url) AS (
              SELECT u.digest, u.url FROM unread u WHERE NOT {_IS_READ}
              UNION SELECT r.digest, r.url FROM readings r WHERE {again})
            SELECT s.digest, s.url, s.id, coalesce(p.region_code, ''), coalesce(f.facts, '')
            FROM wanted w CROSS JOIN snapshots s INDEXED BY snapshots_url
              ON s.url = w.url AND s.digest = w.digest
            JOIN sites p ON p.id = s.site LEFT JOIN facts f ON f.snapshot = s.id
            WHERE {READABLE}
            ORDER BY s.warc GLOB '{IMPORTS}/*', s.seen_at, s.warc, s.offset""",
        {"extractor": EXTRACTOR},
    )
    found: dict[tuple[str, str], UnreadDocument] = {}
    for row in rows:
        candidate = UnreadDocument(*row)
        before = found.get((candidate.digest, candidate.url))
        if before is None or candidate.facts:
            found[candidate.digest, candidate.url] = candidate
    return list(found.values())


def forget_read_documents(conn: sqlite3.Connection) -> None:
    """Remove what was read from the list of unread documents, and what is none to read."""
    conn.execute(
        f"""DELETE FROM unread AS u WHERE {_IS_READ} OR NOT EXISTS (
              SELECT 1 FROM snapshots s INDEXED BY snapshots_url
              WHERE s.url = u.url AND s.digest = u.digest AND {READABLE})""",
        {"extractor": EXTRACTOR},
    )
