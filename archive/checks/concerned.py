"""Which reports have to be checked again, because they or the reports of their agency have changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from gongkai.archive.store import work_queue
from gongkai.archive.store.ids import agency_of_report

EVERYTHING = ""
"""The key that stands in the queue for all reports."""


@dataclass(frozen=True, slots=True)
class ConcernedReports:
    """The ids of reports to check again, and of reports that are gone."""

    ids: frozenset[str]
    gone: frozenset[str]


def concerned_reports(conn: sqlite3.Connection) -> ConcernedReports:
    """Return what the queue leads to: all reports of the agencies concerned, and of those that follow."""
    keys = set(work_queue.queued(conn, "across"))
    gone = keys - {EVERYTHING} - _existing(conn, keys)
    if EVERYTHING in keys:
        everyone = frozenset(key for (key,) in conn.execute("SELECT id FROM reports"))
        return ConcernedReports(everyone, frozenset(gone))
    agencies = {agency_of_report(key) for key in keys}
    agencies |= set(work_queue.queued(conn, "across_agency"))
    agencies |= _ask(
        conn,
        "SELECT to_id FROM agency_links WHERE kind = 'renamed' AND to_id IS NOT NULL AND from_id IN",
        agencies,
    )
    ids = _ask(conn, "SELECT id FROM reports WHERE agency_id IN", agencies)
    return ConcernedReports(frozenset(ids), frozenset(gone))


def _existing(conn: sqlite3.Connection, keys: Iterable[str]) -> set[str]:
    return _ask(conn, "SELECT id FROM reports WHERE id IN", keys)


def _ask(conn: sqlite3.Connection, query: str, values: Iterable[str]) -> set[str]:
    rows = conn.execute(f"{query} (SELECT value FROM json_each(?))", [json.dumps(sorted(values))])
    return {value for (value,) in rows}
