"""Queries for the facts that the rules across reports use."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from gongkai.archive.checks.facts import ReportFacts, Value
from gongkai.archive.store.work_queue import ADDED
from gongkai.extract.forms import FORM_2021

_CARRIED = ("carried_in", "carried_out")
_APPLICANTS = tuple(column.key for column in FORM_2021.applicants)
_DOUBTFUL = "SELECT DISTINCT report_id FROM checks WHERE verdict = 'extraction'"

_REPORTS = """
SELECT (SELECT s.site FROM snapshots s LEFT JOIN imports i ON i.snapshot = s.id
         WHERE s.url = r.url ORDER BY i.snapshot IS NOT NULL, s.seen_at LIMIT 1),
       r.id, r.agency_id, a.name, coalesce(a.region_code, ''), a.level, a.kind, r.year,
       coalesce(r.published_on, ''), r.first_seen
FROM reports r JOIN agencies a ON a.id = r.agency_id ORDER BY r.id
"""


def load_report_facts(conn: sqlite3.Connection) -> dict[str, ReportFacts]:
    """Return the facts of all reports by id."""
    carried = _carried(conn)
    disclosure = _disclosure(conn)
    doubtful = {key for (key,) in conn.execute(_DOUBTFUL)}
    watched = dict(
        conn.execute(
            "SELECT site, min(seen_at) FROM snapshots s WHERE site <> ?"
            " AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.snapshot = s.id) GROUP BY site",
            [ADDED],
        )
    )
    return {
        key: replace(
            ReportFacts(key, *facts),
            watched=watched.get(site, ""),
            doubtful=key in doubtful,
            carried_in=carried["carried_in", key],
            carried_out=carried["carried_out", key],
            disclosure=disclosure.get(key, {}),
        )
        for site, key, *facts in conn.execute(_REPORTS)
    }


def former_names(conn: sqlite3.Connection) -> dict[str, str]:
    """Return for each agency that was renamed the id that it had under its name before."""
    renamed = (
        "SELECT to_id, from_id FROM agency_links WHERE kind = 'renamed' ORDER BY year, from_id"
    )
    return dict(conn.execute(renamed).fetchall())


def _carried(conn: sqlite3.Connection) -> dict[tuple[str, str], Mapping[str, Value]]:
    carried: dict[tuple[str, str], Mapping[str, Value]] = defaultdict(dict)
    for item in _CARRIED:
        columns = ", ".join(_APPLICANTS)
        for key, *values in conn.execute(
            f"SELECT report_id, {columns} FROM requests WHERE item = ?", [item]
        ):
            carried[item, key] = dict(zip(_APPLICANTS, values, strict=True))
    return carried


def _disclosure(conn: sqlite3.Connection) -> dict[str, Mapping[str, Value]]:
    keys = FORM_2021.disclosure_keys
    found = conn.execute(f"SELECT report_id, {', '.join(keys)} FROM active_disclosure")
    return {key: dict(zip(keys, values, strict=True)) for key, *values in found}


def section_texts(conn: sqlite3.Connection, report_id: str) -> dict[int, str]:
    """Return the text of a report by the number of the section."""
    found: dict[int, str] = {}
    for number, text in conn.execute(
        "SELECT number, text FROM sections WHERE report_id = ? ORDER BY number, rowid", [report_id]
    ):
        found[number] = f"{found[number]}\n{text}" if number in found else text
    return found
