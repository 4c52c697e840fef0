"""Queries for the facts that the rules across reports use."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from gongkai.archive.checks.facts import ReportFacts, Value
from gongkai.archive.store.work_queue import ADDED, OWN
from gongkai.extract.forms import FORM_2021

_CARRIED = ("carried_in", "carried_out")
_APPLICANTS = tuple(column.key for column in FORM_2021.applicants)
_AT_ONCE = 500
"""Reports that are read together, where all of them are."""

_REPORTS = """
SELECT (SELECT s.site FROM snapshots s LEFT JOIN imports i ON i.snapshot = s.id
         WHERE s.url = r.url ORDER BY i.snapshot IS NOT NULL, s.seen_at LIMIT 1),
       EXISTS (SELECT 1 FROM checks c WHERE c.report_id = r.id AND c.verdict = 'extraction'),
       r.id, r.agency_id, a.name, coalesce(a.region_code, ''), a.level, a.kind, r.year,
       coalesce(r.published_on, ''), r.first_seen
FROM reports r JOIN agencies a ON a.id = r.agency_id
WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id
"""

WATCHED = f"SELECT min(seen_at) FROM snapshots s WHERE s.site = ? AND {OWN}"
"""SQL: since when a portal has been crawled by us."""


class FactsReader:
    """Reads the facts of reports, each once."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._known: dict[str, ReportFacts] = {}
        self._watched: dict[str, str] = {}

    def read(self, report_ids: Collection[str]) -> dict[str, ReportFacts]:
        """Return the facts of reports by id; an id that is none of a report is left out."""
        # a set less the keys of a dictionary would look at every key
        missing = sorted({key for key in report_ids if key not in self._known})
        for start in range(0, len(missing), _AT_ONCE):
            self._read(json.dumps(missing[start : start + _AT_ONCE]))
        return {key: self._known[key] for key in report_ids if key in self._known}

    def get(self, report_id: str) -> ReportFacts:
        """Return the facts of a report that the archive has."""
        return self.read([report_id])[report_id]

    def of_year(self, agency_id: str, year: int) -> ReportFacts | None:
        """Return the facts of the report of an agency for a year, None where there is none."""
        row = self._conn.execute(
            "SELECT id FROM reports WHERE agency_id = ? AND year = ?", [agency_id, year]
        ).fetchone()
        return self.get(row[0]) if row else None

    def _read(self, wanted: str) -> None:
        carried = _carried(self._conn, wanted)
        disclosure = _disclosure(self._conn, wanted)
        for site, doubtful, key, *facts in self._conn.execute(_REPORTS, [wanted]).fetchall():
            self._known[key] = replace(
                ReportFacts(key, *facts),
                watched=self._watched_since(site),
                doubtful=bool(doubtful),
                carried_in=carried["carried_in", key],
                carried_out=carried["carried_out", key],
                disclosure=disclosure.get(key, {}),
            )

    def _watched_since(self, site: str | None) -> str:
        if site is None or site == ADDED:
            return ""
        if site not in self._watched:
            (since,) = self._conn.execute(WATCHED, [site]).fetchone()
            self._watched[site] = since or ""
        return self._watched[site]


def former_name(conn: sqlite3.Connection, agency_id: str) -> str:
    """Return the id that a renamed agency had under its name before, "" for another one."""
    row = conn.execute(
        "SELECT from_id FROM agency_links WHERE to_id = ? AND kind = 'renamed'"
        " ORDER BY year DESC, from_id DESC LIMIT 1",
        [agency_id],
    ).fetchone()
    return row[0] if row else ""


def _carried(conn: sqlite3.Connection, wanted: str) -> dict[tuple[str, str], Mapping[str, Value]]:
    carried: dict[tuple[str, str], Mapping[str, Value]] = defaultdict(dict)
    columns = ", ".join(_APPLICANTS)
    for key, item, *values in conn.execute(
        f"SELECT report_id, item, {columns} FROM requests"
        " WHERE report_id IN (SELECT value FROM json_each(?)) AND item IN (?, ?)",
        [wanted, *_CARRIED],
    ):
        carried[item, key] = dict(zip(_APPLICANTS, values, strict=True))
    return carried


def _disclosure(conn: sqlite3.Connection, wanted: str) -> dict[str, Mapping[str, Value]]:
    keys = FORM_2021.disclosure_keys
    found = conn.execute(
        f"SELECT report_id, {', '.join(keys)} FROM active_disclosure"
        " WHERE report_id IN (SELECT value FROM json_each(?))",
        [wanted],
    )
    return {key: dict(zip(keys, values, strict=True)) for key, *values in found}


def section_texts(conn: sqlite3.Connection, report_id: str) -> dict[int, str]:
    """Return the text of a report by the number of the section."""
    found: dict[int, str] = {}
    for number, text in conn.execute(
        "SELECT number, text FROM sections WHERE report_id = ? ORDER BY number, rowid", [report_id]
    ):
        found[number] = f"{found[number]}\n{text}" if number in found else text
    return found
