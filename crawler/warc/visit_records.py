"""The visits that are counted beside fetches: what the index does not keep of them is in their records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gongkai.crawler.warc.file import open_warc
from gongkai.crawler.warc.parse import DamagedRecord, read_record_at, refers_to
from gongkai.crawler.warc.snapshot import IndexEntry, Snapshot, index_entry
from gongkai.crawler.warc.tables.fetch_table import FetchTable
from gongkai.crawler.warc.tables.visits import LocatedVisit, VisitTable

MOST_REVISITS = 1000
"""So many revisits are followed, each to the one that it refers to."""


class VisitRecords:
    """The records of visits in a folder, and the tables that count them."""

    def __init__(self, folder: Path, fetches: FetchTable, visits: VisitTable) -> None:
        self._folder = folder
        self._fetches = fetches
        self._visits = visits

    def get(self, record_id: str) -> IndexEntry | None:
        """Return the fetch or the last visit of an id, None where it is unknown."""
        if found := self._fetches.with_id(record_id):
            return found
        fetch = self._visits.fetch_confirmed_by(record_id)
        return None if fetch is None else self._visits.last_of(fetch, self._fetches.numbered(fetch))

    def original(self, record_id: str) -> IndexEntry | None:
        """Return the fetch that holds the payload to which a revisit refers by this id.

        Earlier versions let a revisit refer to another one, night after night. None where the payload is
        missing, and where revisits refer to each other in a circle.
        """
        found = self.get(record_id)
        for _ in range(MOST_REVISITS):
            if found is None or found.kind != "revisit":
                return found
            found = self.get(found.refers)
        return None

    def read(self, visit: LocatedVisit) -> IndexEntry:
        """Return a visit that a fetch counts, by its record; what cannot be read is as in the fetch."""
        entry = self._fetches.numbered(visit.fetch)
        try:
            with open_warc(self._folder, visit.warc) as file:
                record = read_record_at(file, visit.offset)
            original = self.get(refers_to(record))
            entry = index_entry(record, entry.snapshot.site, visit.warc, visit.offset, original)
        except (OSError, DamagedRecord):  # `gongkai snapshots verify` names it
            of = replace(entry.snapshot, id="", warc=visit.warc, offset=visit.offset)
            entry = replace(entry, snapshot=of)
        return replace(
            entry, snapshot=replace(entry.snapshot, seen_at=visit.seen_at, clock=visit.clock)
        )

    def at(self, record_id: str, warc: str, offset: int) -> Snapshot | None:
        """Return the visit whose record of an id stands at a place, None where there is no such record."""
        try:
            with open_warc(self._folder, warc) as file:
                record = read_record_at(file, offset)
        except (OSError, DamagedRecord):
            return None
        fetch = self._visits.fetch_counting(record.address, warc, offset)
        if fetch is None or record.id != record_id:
            return None
        of = self._fetches.numbered(fetch).snapshot
        original = self.get(refers_to(record)) if record.kind == "revisit" else None
        return index_entry(record, of.site, warc, offset, original).snapshot

    def counted(self, stated: IndexEntry) -> IndexEntry | None:
        """Return what the fetch tells that counts a visit, the visit's own record being `stated`.

        None where no fetch counts a visit at that place. What differs from one visit to the next is
        taken from the record.
        """
        of = stated.snapshot
        fetch = self._visits.fetch_counting(of.url, of.warc, of.offset)
        if fetch is None:
            return None
        snapshot = replace(
            self._fetches.numbered(fetch).snapshot,
            id=of.id,
            fetched_at=of.fetched_at,
            status=of.status,
            server_date=of.server_date,
            warc=of.warc,
            offset=of.offset,
            rendered_from=of.rendered_from,
        )
        return replace(stated, snapshot=snapshot)

    def counted_by(self, url: str, warc: str, offset: int) -> str:
        """Return the id of the fetch that counts the record at a place as a visit, "" where none does."""
        fetch = self._visits.fetch_counting(url, warc, offset)
        return "" if fetch is None else self._fetches.numbered(fetch).snapshot.id
