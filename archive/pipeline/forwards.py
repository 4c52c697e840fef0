"""Ids that have changed: where a report or an agency is by now that an archive had under another id.

An id changes when more is known of a portal: its division, or a better reading of a name. The new
report is the one that the document of the old one belongs to. A living id has no row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.archive.lineage.duty_scope import among
from gongkai.archive.store.ids import UNKNOWN_REGION, agency_of_report
from gongkai.clock import utc_stamp

Row = tuple[str, str, str, str]

_DOCUMENTS = """
SELECT digest, url FROM (
  SELECT digest, url, 0 AS place, '' AS seen FROM reports WHERE id = ?1
  UNION ALL SELECT digest, url, 1, last_seen FROM revisions WHERE report_id = ?1
  UNION ALL SELECT digest, url, 2, last_seen FROM copies WHERE report_id = ?1)
ORDER BY place, seen DESC, url
"""
"""SQL: the documents of a report, the one that stands for it first, then the latest."""


@dataclass(frozen=True, slots=True)
class KnownIds:
    """The ids that an archive had: its reports, each with its documents, and the rows of `forwards`."""

    reports: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    rows: Sequence[Row] = ()


def known_ids(conn: sqlite3.Connection) -> KnownIds:
    """Return the ids of an archive, which may be of an earlier version."""
    reports = [
        (name, documents_of(conn, name))
        for (name,) in conn.execute("SELECT id FROM reports ORDER BY id").fetchall()
    ]
    has_rows = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'forwards'").fetchone()
    rows = conn.execute("SELECT * FROM forwards ORDER BY old_id").fetchall() if has_rows else []
    return KnownIds(reports, rows)


def documents_of(conn: sqlite3.Connection, report_id: str) -> list[tuple[str, str]]:
    """Return (digest, address) of the documents of a report, the standing one first."""
    return conn.execute(_DOCUMENTS, [report_id]).fetchall()


def forward_report(
    conn: sqlite3.Connection, old: str, documents: Sequence[tuple[str, str]]
) -> None:
    """Note where a report went that is no more: to the report that its documents belong to now.

    One whose documents are no reports any more leaves no row.
    """
    for digest, url in documents:
        row = conn.execute(
            "SELECT report_id FROM readings WHERE digest = ? AND url = ?"
            " AND report_id IS NOT NULL AND report_id <> ?",
            [digest, url, old],
        ).fetchone()
        if row:
            _write(conn, (old, row[0], utc_stamp(), _why(old, row[0])))
            return


def forget_forward(conn: sqlite3.Connection, report_id: str) -> None:
    """Remove the row of a report that there is again."""
    conn.execute("DELETE FROM forwards WHERE old_id = ?", [report_id])


def carry_over(conn: sqlite3.Connection, known: KnownIds) -> None:
    """Write the rows of a new archive for the ids of the one that it replaces."""
    for old, new, since, why in known.rows:
        if not _is_report(conn, old) and is_report_id(old):
            _write(conn, (old, new, since, why))
    for old, documents in known.reports:
        if not _is_report(conn, old):
            forward_report(conn, old, documents)
    write_agency_forwards(conn)


def write_agency_forwards(conn: sqlite3.Connection) -> None:
    """Write where agencies are that there are no more: where their latest report went."""
    found: dict[str, Row] = {}
    rows: list[Row] = conn.execute("SELECT * FROM forwards").fetchall()
    condition, values = among({agency_of_report(old) for old, *_ in rows}, "id")
    living = {key for (key,) in conn.execute(f"SELECT id FROM agencies WHERE {condition}", values)}
    # by year, not by the length of the id that stands before it
    for old, new, since, why in sorted(rows, key=lambda row: (row[0][-4:], row[0])):
        agency, now = agency_of_report(old), agency_of_report(new)
        if is_report_id(old) and agency not in living and agency != now:
            found[agency] = agency, now, since, why
    had = {row for row in rows if not is_report_id(row[0])}
    conn.executemany(
        "DELETE FROM forwards WHERE old_id = ?",
        [(old,) for old, *_ in sorted(had - set(found.values()))],
    )
    conn.executemany("INSERT INTO forwards VALUES (?, ?, ?, ?)", sorted(set(found.values()) - had))


def is_report_id(key: str) -> bool:
    """Return whether an id is that of a report, and not of an agency.

    >>> is_report_id("640221-jiaoyuju-1234-2024"), is_report_id("640221-jiaoyuju-1234")
    (True, False)
    >>> is_report_id("000000-lindu-jiaoyuju-12345678")
    False
    """
    end = key.rpartition("-")[2]
    return key.count("-") > 2 and len(end) == 4 and end.isdecimal()


def _write(conn: sqlite3.Connection, row: Row) -> None:
    """Write a row; ids that were forwarded to the old one are forwarded to the new one."""
    old, new, _, _ = row
    conn.execute("UPDATE forwards SET new_id = ? WHERE new_id = ?", [new, old])
    conn.execute("INSERT OR REPLACE INTO forwards VALUES (?, ?, ?, ?)", row)
    conn.execute("DELETE FROM forwards WHERE old_id IN (?, new_id)", [new])


def _is_report(conn: sqlite3.Connection, key: str) -> bool:
    return conn.execute("SELECT 1 FROM reports WHERE id = ?", [key]).fetchone() is not None


def _why(old: str, new: str) -> str:
    """Return why an id has changed: region, name, year or site."""
    if agency_of_report(old) == agency_of_report(new):
        return "year"
    region, now = old.partition("-")[0], new.partition("-")[0]
    if region != now:
        return "region"
    return "site" if region == UNKNOWN_REGION else "name"
