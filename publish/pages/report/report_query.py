"""Load one report from the archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from gongkai.publish.datasette_types import Row
from gongkai.publish.http.page_budget import PageBudget
from gongkai.publish.pages.places.region_tree import load_ancestors
from gongkai.publish.pages.report.differences import load_changes
from gongkai.publish.pages.report.originals import clock_at, find_original
from gongkai.publish.pages.report.public_reviews import public_reviews
from gongkai.publish.pages.report.removals import load_removal
from gongkai.publish.pages.report.report_page import (
    Document,
    FailedCheck,
    FormCell,
    Number,
    Report,
)
from gongkai.publish.pages.report.shared_passages import load_similar_reports
from gongkai.publish.pages.report.witnesses import is_asked, load_sightings
from gongkai.publish.wording.rules import RULES, CellKey, rule_cells

VALUE_TABLES = (
    ("active_disclosure", ""),
    ("active_disclosure_2019", ""),
    ("requests", "item"),
    ("review_litigation", "proceeding"),
)
"""The tables of the forms with the column that names the printed row, "" for tables of one row."""


def load_report(
    conn: sqlite3.Connection, report_id: str, reviews: Path | None = None
) -> Report | None:
    """Return the report with an id, or None. Rows of `conn` must be sqlite3.Row.

    `reviews` is the file of people's verdicts on checks. A report that costs more than a page may is
    loaded in part: its figures, its checks, and of its words and changes what the budget allows.
    """
    budget = PageBudget()
    row = conn.execute("SELECT * FROM reports WHERE id = ?", (report_id,)).fetchone()
    if row is None:
        return None
    agency = conn.execute("SELECT * FROM agencies WHERE id = ?", (row["agency_id"],)).fetchone()
    checks = load_checks(conn, report_id)
    report = Report(
        row=row,
        agency=agency,
        regions=load_ancestors(conn, agency["region_code"]),
        sections=_load_sections(conn, report_id, budget),
        cells=load_cells(conn, report_id, checks),
        checks=checks,
        documents=tuple(budget.limit(_load_documents(conn, report_id), _document_length)),
        original=find_original(conn, row["digest"]),
        first_clock=clock_at(conn, report_id, row["first_seen"]),
        previous=_load_previous(conn, row),
        next=_load_next(conn, row),
        changes=load_changes(conn, report_id, budget),
        sightings=load_sightings(conn, report_id),
        removal=load_removal(conn, report_id),
        is_asked=is_asked(conn, report_id),
        reviews=public_reviews(reviews, [check.id for check in checks], conn),
        similar_reports=load_similar_reports(conn, report_id),
    )
    return replace(report, is_cut=budget.is_exceeded)


def _load_previous(conn: sqlite3.Connection, row: Row) -> Row | None:
    """Return the agency's report of the nearest earlier year, or None."""
    found: Row | None = conn.execute(
        "SELECT id, year FROM reports WHERE agency_id = ? AND year < ? ORDER BY year DESC LIMIT 1",
        (row["agency_id"], row["year"]),
    ).fetchone()
    return found


def _load_next(conn: sqlite3.Connection, row: Row) -> Row | None:
    """Return the agency's report of the nearest later year, or None."""
    found: Row | None = conn.execute(
        "SELECT id, year FROM reports WHERE agency_id = ? AND year > ? ORDER BY year LIMIT 1",
        (row["agency_id"], row["year"]),
    ).fetchone()
    return found


def _load_rows(conn: sqlite3.Connection, table: str, report_id: str, order: str) -> tuple[Row, ...]:
    return tuple(
        conn.execute(f"SELECT * FROM {table} WHERE report_id = ? ORDER BY {order}", (report_id,))
    )


def _load_sections(conn: sqlite3.Connection, report_id: str, budget: PageBudget) -> tuple[Row, ...]:
    """Return the sections of a report, as far as the budget goes."""
    rows = conn.execute(
        "SELECT * FROM sections WHERE report_id = ? ORDER BY number, rowid", (report_id,)
    )
    return tuple(budget.limit(rows, lambda row: len(row["heading"]) + len(row["text"])))


def _document_length(document: Document) -> int:
    return len(document.url) + len(document.digest)


def _load_documents(conn: sqlite3.Connection, report_id: str) -> Iterator[Document]:
    """Yield the versions of the report, the current one first, then its further copies."""
    for row in _load_rows(conn, "revisions", report_id, "current DESC, first_seen DESC"):
        yield Document(
            "",
            bool(row["current"]),
            str(row["url"]),
            str(row["digest"]),
            str(row["first_seen"]),
            str(row["last_seen"]),
        )
    for row in _load_rows(conn, "copies", report_id, "role, first_seen"):
        yield Document(
            str(row["role"]),
            False,
            str(row["url"]),
            str(row["digest"]),
            str(row["first_seen"]),
            str(row["last_seen"]),
        )


def load_checks(conn: sqlite3.Connection, report_id: str) -> tuple[FailedCheck, ...]:
    """Return the failed checks of a report in the order of the rules, numbered from 1."""
    rows = conn.execute("SELECT * FROM checks WHERE report_id = ?", (report_id,)).fetchall()
    order = {rule: place for place, rule in enumerate(RULES)}
    rows.sort(key=lambda row: (order.get(row["rule"], len(order)), row["scope"], row["id"]))
    return tuple(
        FailedCheck(
            number=number,
            id=row["id"],
            rule=RULES.get(row["rule"]),
            rule_id=row["rule"],
            scope=row["scope"],
            verdict=row["verdict"],
            left=row["left_value"],
            right=row["right_value"],
            message_zh=row["message_zh"],
            message_en=row["message_en"],
            cells=rule_cells(row["rule"], row["scope"]),
        )
        for number, row in enumerate(rows, 1)
    )


def load_cells(
    conn: sqlite3.Connection, report_id: str, checks: tuple[FailedCheck, ...]
) -> dict[CellKey, FormCell]:
    """Return all cells of a report in the archive with their values, notes and checks."""
    values = dict(_load_values(conn, report_id))
    notes = {
        (str(row["part"]), str(row["item"]), str(row["field"])): (
            str(row["raw"]),
            str(row["note"]),
            _box(row),
        )
        for row in _load_rows(conn, "cell_notes", report_id, "part, item, field")
    }
    numbers: dict[CellKey, tuple[int, ...]] = {}
    for check in checks:
        for key in check.cells:
            numbers[key] = (*numbers.get(key, ()), check.number)
    cells = {}
    for key in {**values, **notes}:
        value = values.get(key)
        raw, note, box = notes.get(key, ("", "missing" if value is None else "", ""))
        cells[key] = FormCell(key, value, raw, note, numbers.get(key, ()), box)
    return cells


def _box(row: Row) -> str:
    """Return where a cell was recognised; archives of earlier versions have no such column."""
    return str(row["box"]) if "box" in row.keys() else ""  # noqa: SIM118 - see `_load_values`


def _load_values(
    conn: sqlite3.Connection, report_id: str
) -> Iterator[tuple[CellKey, Number | None]]:
    for part, item_column in VALUE_TABLES:
        for row in conn.execute(f"SELECT * FROM {part} WHERE report_id = ?", (report_id,)):
            item = row[item_column] if item_column else ""
            for field in row.keys():  # noqa: SIM118 - iterating a sqlite3.Row gives its values
                if field not in ("report_id", item_column):
                    yield (part, item, field), row[field]
