"""Reading one report from the archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from gongkai.publish.pages.places.divisions import chain
from gongkai.publish.pages.report import shared_passages as twins
from gongkai.publish.pages.report.differences import of_report
from gongkai.publish.pages.report.originals import copy_of
from gongkai.publish.pages.report.public_reviews import public_reviews
from gongkai.publish.pages.report.report_page import Cell, Check, Document, Number, Report, Row
from gongkai.publish.wording.rules import RULES, CellKey, rule_cells

VALUE_TABLES = (
    ("active_disclosure", ""),
    ("active_disclosure_2019", ""),
    ("requests", "item"),
    ("review_litigation", "proceeding"),
)
"""The tables of the forms, with the column that names the printed row ("" for one-row tables)."""


def load(conn: sqlite3.Connection, report_id: str, reviews: Path | None = None) -> Report | None:
    """Return the report with this id, or None. Rows of `conn` must be sqlite3.Row.

    `reviews` is the file of what people said of checks.
    """
    row = conn.execute("select * from reports where id = ?", (report_id,)).fetchone()
    if row is None:
        return None
    agency = conn.execute("select * from agencies where id = ?", (row["agency_id"],)).fetchone()
    checks = _checks(conn, report_id)
    return Report(
        row=row,
        agency=agency,
        regions=chain(conn, agency["region_code"]),
        sections=_many(conn, "sections", report_id, "number, rowid"),
        cells=_cells(conn, report_id, checks),
        checks=checks,
        documents=tuple(_documents(conn, report_id)),
        kept=copy_of(conn, row["digest"]),
        previous=_neighbour(conn, row, "<", "desc"),
        next=_neighbour(conn, row, ">", "asc"),
        changes=of_report(conn, report_id),
        reviews=public_reviews(reviews, [check.id for check in checks]),
        twins=twins.of_report(conn, report_id),
    )


def _neighbour(conn: sqlite3.Connection, row: Row, side: str, order: str) -> Row | None:
    """Return the agency's report of the nearest year on one side of this one, or None."""
    found: Row | None = conn.execute(
        f"select id, year from reports where agency_id = ? and year {side} ?"
        f" order by year {order} limit 1",
        (row["agency_id"], row["year"]),
    ).fetchone()
    return found


def _many(conn: sqlite3.Connection, table: str, report_id: str, order: str) -> tuple[Row, ...]:
    return tuple(
        conn.execute(f"select * from {table} where report_id = ? order by {order}", (report_id,))
    )


def _documents(conn: sqlite3.Connection, report_id: str) -> Iterator[Document]:
    """Return the versions of the report, the one that stands first, then its further copies."""
    for row in _many(conn, "revisions", report_id, "current desc, first_seen desc"):
        yield Document(
            "",
            bool(row["current"]),
            str(row["url"]),
            str(row["digest"]),
            str(row["first_seen"]),
            str(row["last_seen"]),
        )
    for row in _many(conn, "copies", report_id, "role, first_seen"):
        yield Document(
            str(row["role"]),
            False,
            str(row["url"]),
            str(row["digest"]),
            str(row["first_seen"]),
            str(row["last_seen"]),
        )


def _checks(conn: sqlite3.Connection, report_id: str) -> tuple[Check, ...]:
    """Return the report's failed checks in the order of the rules, numbered from 1."""
    rows = conn.execute("select * from checks where report_id = ?", (report_id,)).fetchall()
    order = {rule: place for place, rule in enumerate(RULES)}
    rows.sort(key=lambda row: (order.get(row["rule"], len(order)), row["scope"], row["id"]))
    return tuple(
        Check(
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


def _cells(
    conn: sqlite3.Connection, report_id: str, checks: tuple[Check, ...]
) -> dict[CellKey, Cell]:
    """Return every cell the archive knows of the report: its value, its note, its checks."""
    values = dict(_values(conn, report_id))
    notes = {
        (str(row["part"]), str(row["item"]), str(row["field"])): (str(row["raw"]), str(row["note"]))
        for row in _many(conn, "cell_notes", report_id, "part, item, field")
    }
    spoken_of: dict[CellKey, tuple[int, ...]] = {}
    for check in checks:
        for key in check.cells:
            spoken_of[key] = (*spoken_of.get(key, ()), check.number)
    known = (*values, *(key for key in notes if key not in values))
    return {
        key: Cell(
            key,
            values.get(key),
            *notes.get(key, ("", "" if values.get(key) is not None else "missing")),
            checks=spoken_of.get(key, ()),
        )
        for key in known
    }


def _values(conn: sqlite3.Connection, report_id: str) -> Iterator[tuple[CellKey, Number | None]]:
    for part, item_column in VALUE_TABLES:
        for row in conn.execute(f"select * from {part} where report_id = ?", (report_id,)):
            item = row[item_column] if item_column else ""
            for field in row.keys():  # noqa: SIM118 - iterating a sqlite3.Row gives its values
                if field not in ("report_id", item_column):
                    yield (part, item, field), row[field]
