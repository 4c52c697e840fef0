"""Visits that found what the visit before had found: counted beside the fetch that they confirm.

Such a visit has no row among the fetches. What is kept of it takes some ten bytes: which stretch of
fetching it belongs to, how many seconds after the beginning of the stretch it took place, and where in the
file of the stretch its record stands. So its time follows when a clock is judged in another way, and its
place when files are merged. Of the last visit there is as much as of a fetch with a row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import chain

from gongkai.clock import seconds_of, stamp_of
from gongkai.crawler.warc.tables.entries import IndexEntry, Snapshot
from gongkai.crawler.warc.tables.index_schema import OWN
from gongkai.crawler.warc.tables.packed_visits import (
    PlacedVisit,
    last_visit,
    pack_visit,
    unpack_visits,
)

VISITS_SCHEMA = """
CREATE TABLE visits (
    fetch INTEGER PRIMARY KEY, changed INTEGER NOT NULL, later BLOB NOT NULL, id TEXT NOT NULL,
    fetched_at TEXT NOT NULL, status INTEGER NOT NULL, server_date TEXT NOT NULL, refers TEXT NOT NULL,
    payload TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL
);
CREATE INDEX visits_changed ON visits(changed);
CREATE INDEX visits_id ON visits(id)
"""
"""`fetch` is the number of the confirmed row, `later` the visits, and the rest describes the last one;
`refers` is the answer that a page was rendered from."""

SAME_STATUSES = (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
_Stretch = tuple[int, str, str, int]
_ALIKE = "site, final_url, media_type, bytes, digest, clock, role, truncated"
_BEFORE = (
    f"SELECT seq, last_seen, status, {_ALIKE} FROM snapshots WHERE url = ? AND kind != 'conversion'"
    f" AND {OWN} AND seen_at <= ? AND (seen_at, warc, offset) < (?, ?, ?)"
    " ORDER BY last_seen DESC, warc DESC, offset DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class LocatedVisit:
    """A visit of the fetch with a number: its probable time, the opinion of its clock, its place."""

    fetch: int
    seen_at: str
    clock: str
    warc: str
    offset: int
    stretch: int  # its number


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The visits after a fetch that found the same: when each took place, and the record of the last.

    `times` are those of `seen_at` and in order.
    """

    snapshot: str  # id of the fetch that they confirm
    times: Sequence[str]
    last: str  # id of the record of the last visit
    warc: str
    offset: int


class VisitTable:
    """The table of visits in an open index."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def confirm(self, entry: IndexEntry, stretch: int) -> bool:
        """Count a visit beside the fetch that it confirms; return False where it needs a row of its own.

        That is so where the visit before found something else, where our clock was wrong, and where
        something was noted of this visit. A visit that is counted already stays as it is.
        """
        snapshot = entry.snapshot
        if (
            entry.kind not in ("response", "revisit")
            or snapshot.status not in SAME_STATUSES
            or not snapshot.digest
        ):
            return False
        at = (snapshot.seen_at, snapshot.warc, snapshot.offset)
        row = self._db.execute(_BEFORE, (snapshot.url, snapshot.seen_at, *at)).fetchone()
        if row is None or row[2] not in SAME_STATUSES:
            return False
        fetch, last_seen, _, *before = row
        return self._count(fetch, last_seen, before, entry, stretch)

    def confirm_rendering(self, entry: IndexEntry, stretch: int) -> bool:
        """Count a rendered page beside an equal one, where the answers that they were made of are equal.

        Return False where it needs a row of its own.
        """
        origin = self.fetch_confirmed_by(entry.snapshot.rendered_from)
        if origin is None:
            return False
        row = self._db.execute(
            f"SELECT r.seq, r.last_seen, {', '.join(f'r.{name}' for name in _ALIKE.split(', '))}"
            " FROM snapshots o JOIN snapshots r ON r.rendered_from = o.id AND r.rendered_from != ''"
            " WHERE o.seq = ? ORDER BY r.seq DESC LIMIT 1",
            (origin,),
        ).fetchone()
        return row is not None and self._count(row[0], row[1], row[2:], entry, stretch)

    def last_of(self, fetch: int, entry: IndexEntry) -> IndexEntry:
        """Return the last visit that found what a fetch had found; the fetch itself where there is none."""
        row = self._db.execute(
            "SELECT v.later, v.id, v.fetched_at, v.status, v.server_date, s.last_seen, v.refers,"
            " v.payload, v.etag, v.last_modified"
            " FROM visits v JOIN snapshots s ON s.seq = v.fetch WHERE v.fetch = ?",
            (fetch,),
        ).fetchone()
        if row is None or not row[0]:
            return entry
        later, key, fetched_at, status, server_date, seen_at, refers, payload, etag, modified = row
        warc, offset = self.place(last_visit(later))
        is_rendering = entry.kind == "conversion"
        last = replace(
            entry.snapshot,
            id=key,
            fetched_at=fetched_at,
            status=status,
            server_date=server_date,
            warc=warc,
            offset=offset,
            seen_at=seen_at,
            rendered_from=refers if is_rendering else "",
        )
        return replace(
            entry,
            snapshot=last,
            kind="conversion" if is_rendering else "revisit" if refers else "response",
            refers="" if is_rendering else refers,
            payload=payload,
            etag=etag,
            last_modified=modified,
        )

    def fetch_confirmed_by(self, record_id: str) -> int | None:
        """Return the number of the fetch whose last visit has a record of this id, None without one."""
        query = "SELECT fetch FROM visits WHERE id = ? AND id != ''"
        row = self._db.execute(query, (record_id,)).fetchone()
        return int(row[0]) if row else None

    def fetch_counting(self, url: str, warc: str, offset: int) -> int | None:
        """Return the number of the fetch of an address that counts the record at a place, None without one."""
        bases = dict(
            self._db.execute(
                "SELECT number, base FROM stretches WHERE file = ?", (warc,)
            ).fetchall()
        )
        rows = self._db.execute(
            "SELECT v.fetch, v.later FROM snapshots s JOIN visits v ON v.fetch = s.seq WHERE s.url = ?",
            (url,),
        )
        for fetch, packed in rows:
            for visit in unpack_visits(packed):
                base = bases.get(visit.stretch)
                if base is not None and base + visit.offset == offset:
                    return int(fetch)
        return None

    def last_until(self, fetch: int, until: str) -> tuple[str, str]:
        """Return (time by our clock, probable time) of the last visit up to a time; "" where none was."""
        times = ((self.times(visit)) for visit in self.later(fetch))
        return max(
            ((own, seen) for own, seen in times if seen <= until),
            key=lambda each: each[1],
            default=("", ""),
        )

    def later(self, fetch: int) -> list[PlacedVisit]:
        """Return the visits that a fetch counts besides its own, in the order in which they were added."""
        return unpack_visits(self._packed(fetch))

    def place(self, visit: PlacedVisit) -> tuple[str, int]:
        """Return the file of a visit, and where in it the record stands."""
        file, base = self._db.execute(
            "SELECT file, base FROM stretches WHERE number = ?", (visit.stretch,)
        ).fetchone()
        return str(file), int(base) + visit.offset

    def take_last(self, fetch: int, before: IndexEntry | None) -> None:
        """Forget the last visit, which gets a row of its own; `before` is the one before it, if any."""
        self._keep(fetch, self.later(fetch)[:-1], before)

    def take_stretch(self, fetch: int, number: int, last: IndexEntry | None) -> None:
        """Forget the visits of a stretch, which get rows of their own; `last` is the last one that is left."""
        self._keep(fetch, [each for each in self.later(fetch) if each.stretch != number], last)

    def _keep(self, fetch: int, later: Sequence[PlacedVisit], last: IndexEntry | None) -> None:
        for visit in set(self.later(fetch)).difference(later):
            self._db.execute(
                "UPDATE stretches SET visits = visits - 1 WHERE number = ?", (visit.stretch,)
            )
        self._store(fetch, b"".join(map(pack_visit, later)), last if later else None)

    def changed(self, since: int = 0) -> Iterator[Confirmation]:
        """Yield the visits of fetches that were counted, moved or judged anew after a number."""
        stretches = dict[int, _Stretch]()
        rows = self._db.execute(
            "SELECT s.id, v.later, v.id FROM visits v JOIN snapshots s ON s.seq = v.fetch"
            " WHERE v.changed > ? ORDER BY v.changed",
            (since,),
        )
        for fetch, packed, last in rows:
            found = self._located(unpack_visits(packed), stretches)
            warc, offset = (found[-1].warc, found[-1].offset) if found else ("", 0)
            yield Confirmation(fetch, sorted(each.seen_at for each in found), last, warc, offset)

    def located(self, where: str, values: Sequence[str | int]) -> list[LocatedVisit]:
        """Return the visits of the fetches that a condition in SQL names, in order of time."""
        stretches = dict[int, _Stretch]()
        rows = self._db.execute(
            f"SELECT v.later, s.seq FROM visits v JOIN snapshots s ON s.seq = v.fetch {where}",
            values,
        )
        found = (self._located(unpack_visits(packed), stretches, seq) for packed, seq in rows)
        return sorted(
            chain.from_iterable(found), key=lambda each: (each.seen_at, each.warc, each.offset)
        )

    def _located(
        self, later: Sequence[PlacedVisit], stretches: dict[int, _Stretch], fetch: int = 0
    ) -> list[LocatedVisit]:
        """Return where the visits of a fetch stand; `stretches` are those that were met so far."""
        for number in {visit.stretch for visit in later if visit.stretch not in stretches}:
            stretches[number] = self._db.execute(
                "SELECT started + shift, clock, file, base FROM stretches WHERE number = ?",
                (number,),
            ).fetchone()
        found = []
        for visit in later:
            started, clock, file, base = stretches[visit.stretch]
            seen_at = stamp_of(started + visit.seconds)
            at = (file, base + visit.offset)
            found.append(LocatedVisit(fetch, seen_at, clock, *at, visit.stretch))
        return found

    def note_changed(self, numbers: Iterable[int]) -> None:
        """Let the fetches with visits of these stretches count as changed, with the times they have now.

        Reads the visits of the portals concerned: their clocks were judged anew, or files were merged.
        """
        for number in numbers:
            found = self._db.execute(
                "SELECT v.fetch, v.later FROM stretches t JOIN snapshots s ON s.site = t.site"
                " JOIN visits v ON v.fetch = s.seq WHERE t.number = ? AND t.visits",
                (number,),
            ).fetchall()
            for fetch, packed in found:
                if any(visit.stretch == number for visit in unpack_visits(packed)):
                    self._touch(fetch, packed)

    def _count(
        self, fetch: int, last_seen: str, before: Sequence[object], entry: IndexEntry, stretch: int
    ) -> bool:
        """Count a visit beside a fetch where both are alike; return whether it is counted there."""
        snapshot = entry.snapshot
        visit = self._placed(snapshot, stretch)
        if visit is None or last_seen > snapshot.seen_at:
            return visit is not None and visit in self.later(fetch)
        if last_seen == snapshot.seen_at and visit in self.later(fetch):
            return True
        alike = (
            *(snapshot.site, snapshot.final_url, snapshot.media_type, snapshot.bytes),
            *(snapshot.digest, snapshot.clock, snapshot.role, entry.truncated),
        )
        is_plain = not (snapshot.clock or entry.truncated or self._is_described(snapshot.id))
        if tuple(before) != alike or not is_plain:
            return False
        self._store(fetch, self._packed(fetch) + pack_visit(visit), entry)
        self._db.execute(
            "UPDATE stretches SET visits = visits + 1, fetches = fetches + ?,"
            " last_fetch = max(last_fetch, ?) WHERE id = ?",
            (entry.kind != "conversion", snapshot.fetched_at, stretch),
        )
        return True

    def _packed(self, fetch: int) -> bytes:
        row = self._db.execute("SELECT later FROM visits WHERE fetch = ?", (fetch,)).fetchone()
        return bytes(row[0]) if row else b""

    def _store(self, fetch: int, later: bytes, last: IndexEntry | None) -> None:
        """Store the packed visits of a fetch; the last of them is given as an entry, too."""
        about: tuple[object, ...] = ("", "", 0, "", "", "", "", "")
        if last is not None:
            of = last.snapshot
            about = (
                *(of.id, of.fetched_at, of.status, of.server_date),
                last.refers or of.rendered_from,
                *(last.payload, last.etag, last.last_modified),
            )
        self._db.execute(
            "INSERT INTO visits VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (fetch) DO UPDATE"
            " SET later = excluded.later, id = excluded.id, fetched_at = excluded.fetched_at,"
            " status = excluded.status, server_date = excluded.server_date, refers = excluded.refers,"
            " payload = excluded.payload, etag = excluded.etag, last_modified = excluded.last_modified",
            (fetch, later, *about),
        )
        self._touch(fetch, later)

    def _touch(self, fetch: int, later: bytes) -> None:
        """Let the visits of a fetch count as changed, and note when the last one took place."""
        last = self.times(last_visit(later))[1] if later else ""
        self._db.execute(
            "UPDATE snapshots SET last_seen = max(seen_at, ?) WHERE seq = ?", (last, fetch)
        )
        self._db.execute(
            "UPDATE visits SET changed = 1 + (SELECT max(changed) FROM visits) WHERE fetch = ?",
            (fetch,),
        )

    def _placed(self, snapshot: Snapshot, stretch: int) -> PlacedVisit | None:
        """Return a visit as it is stored, None for one whose date is none."""
        number, started, base = self._db.execute(
            "SELECT number, started, base FROM stretches WHERE id = ?", (stretch,)
        ).fetchone()
        try:
            seconds = seconds_of(snapshot.fetched_at) - started
        except ValueError:
            return None
        return PlacedVisit(number, seconds, snapshot.offset - base)

    def times(self, visit: PlacedVisit) -> tuple[str, str]:
        """Return when a visit took place: by our clock, and the probable time."""
        started, shift = self._db.execute(
            "SELECT started, shift FROM stretches WHERE number = ?", (visit.stretch,)
        ).fetchone()
        return stamp_of(started + visit.seconds), stamp_of(started + visit.seconds + shift)

    def _is_described(self, record_id: str) -> bool:
        """Return whether something was noted of a fetch, or a page was rendered from it."""
        found = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM notes WHERE snapshot = ?1)"
            " OR EXISTS (SELECT 1 FROM units WHERE snapshot = ?1)"
            " OR EXISTS (SELECT 1 FROM snapshots WHERE rendered_from = ?1 AND rendered_from != '')",
            (record_id,),
        ).fetchone()
        return bool(found[0])
