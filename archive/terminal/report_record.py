"""One report with everything the archive knows of it, found by what a person calls it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

from gongkai.archive.errors import ArchiveError
from gongkai.archive.pipeline.report_writer import CHILDREN
from gongkai.archive.store.former_ids import present_id
from gongkai.archive.store.report_address import report_at

_YEAR = re.compile(r"(?:19|20)\d\d")
_SHOWN = 10


def find_report_id(conn: sqlite3.Connection, words: Sequence[str]) -> str:
    """Return the id of the one report meant: its id, present or former, a part of it, an agency and a year, or its address.

    Raises:
        ArchiveError: there is none, or more than one.
    """
    text = " ".join(words)
    if conn.execute("SELECT 1 FROM reports WHERE id = ?", [text]).fetchone():
        return text
    if now := present_id(conn, text):
        return now
    if at_address := report_at(conn, text):
        return at_address
    where, values = "1", []
    for word in text.split():
        if _YEAR.fullmatch(word):
            where += " AND r.year = ?"
            values.append(word)
        else:
            where += " AND (instr(r.id, ?) OR instr(a.name, ?) OR instr(r.title, ?))"
            values += [word] * 3
    found = conn.execute(
        f"SELECT r.id, r.title FROM reports r JOIN agencies a ON a.id = r.agency_id"
        f" WHERE {where} ORDER BY r.id LIMIT {_SHOWN + 1}",
        values,
    ).fetchall()
    if not found:
        raise ArchiveError("report_missing", words=text)
    if len(found) > 1:
        some = "\n".join(f"  {key}  {title}" for key, title in found[:_SHOWN])
        more = "\n  …" if len(found) > _SHOWN else ""
        raise ArchiveError("report_ambiguous", words=text, some=f"{some}{more}")
    return str(found[0][0])


def report_record(conn: sqlite3.Connection, report_id: str) -> dict[str, Any]:
    """Return a report as plain data: its row, agency, tables, findings and provenance."""
    report = _rows(conn, "SELECT * FROM reports WHERE id = ?", report_id)[0]
    children = {
        table: _rows(conn, f"SELECT * FROM {table} WHERE report_id = ?", report_id)
        for table in CHILDREN
    }
    agency = _rows(
        conn,
        "SELECT a.*, g.full_name AS region FROM agencies a"
        " LEFT JOIN regions g ON g.code = a.region_code WHERE a.id = ?",
        report["agency_id"],
    )[0]
    fetched = _rows(
        conn,
        "SELECT * FROM snapshots WHERE digest = ? ORDER BY seen_at, warc, offset LIMIT 1",
        report["digest"],
    )
    for rows in children.values():
        for row in rows:
            del row["report_id"]
    return {**report, "agency": agency, **children, "snapshot": fetched[0] if fetched else None}


def _rows(conn: sqlite3.Connection, sql: str, value: object) -> list[dict[str, Any]]:
    found = conn.execute(sql, [value])
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]
