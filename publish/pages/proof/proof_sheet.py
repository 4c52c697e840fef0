"""The proof of one number: what the archive says of it, and where it has it from."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from gongkai.catalogue import Language
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.paths import proof_path
from gongkai.publish.pages.proof.sightings import Sightings, load_sightings
from gongkai.publish.pages.report.originals import Original, find_original
from gongkai.publish.pages.report.printed_form import print_tables
from gongkai.publish.pages.report.public_reviews import Review, public_reviews
from gongkai.publish.pages.report.report_page import FORM_BY_ID, FailedCheck, FormCell
from gongkai.publish.pages.report.report_query import load_cells, load_checks
from gongkai.publish.wording.codes import code_label, scope_label
from gongkai.publish.wording.rules import CellKey


@dataclass(frozen=True, slots=True)
class ProofSheet:
    """A cell of a report with all that speaks for it.

    `original` is the document from which it was read, None where the archive has none. `reviews` are
    public verdicts by check.
    """

    report: Row
    agency: Row
    cell: FormCell
    checks: tuple[FailedCheck, ...]
    reviews: Mapping[str, Review]
    original: Original | None
    revision: Row | None
    sightings: Sightings

    @property
    def report_id(self) -> str:
        """The id of the report."""
        return str(self.report["id"])

    @property
    def path(self) -> str:
        """The path of the sheet below the base of the site."""
        return proof_path(self.report_id, self.cell.key)

    @property
    def package_name(self) -> str:
        """The name of a folder or file with all that proves the cell, without suffix."""
        return "-".join(("proof", self.report_id, *filter(None, self.cell.key)))

    def names(self, lang: Language) -> tuple[str, ...]:
        """Return what the cell is called: its table, its row if the table has several, its column."""
        part, item, field = self.cell.key
        row = (scope_label(item, lang),) if item else ()
        return (code_label("part", part, lang), *row, scope_label(field, lang))


def load_sheet(
    conn: sqlite3.Connection, report_id: str, key: CellKey, reviews: Path | None = None
) -> ProofSheet | None:
    """Return the proof of a cell, None if there is no such report or its form has no such cell.

    `reviews` is the file of people's verdicts on checks.
    """
    report = conn.execute("SELECT * FROM reports WHERE id = ?", (report_id,)).fetchone()
    if report is None:
        return None
    checks = load_checks(conn, report_id)
    cells = load_cells(conn, report_id, checks)
    if key not in _printed(report, cells):
        return None
    found = tuple(check for check in checks if key in check.cells)
    digest = str(report["digest"])
    return ProofSheet(
        report=report,
        agency=conn.execute(
            "SELECT * FROM agencies WHERE id = ?", (report["agency_id"],)
        ).fetchone(),
        cell=cells.get(key) or FormCell(key, None, note="missing"),
        checks=found,
        reviews=public_reviews(reviews, [check.id for check in found], conn),
        original=find_original(conn, digest),
        revision=conn.execute(
            "SELECT * FROM revisions WHERE report_id = ? AND digest = ? ORDER BY last_seen DESC LIMIT 1",
            (report_id, digest),
        ).fetchone(),
        sightings=load_sightings(conn, digest),
    )


def _printed(report: Row, cells: Collection[CellKey]) -> set[CellKey]:
    """Return the keys of the cells that the form prints in the tables that the report has."""
    form = FORM_BY_ID.get(str(report["form"]))
    if form is None:
        return set(cells)
    parts = {part for part, _, _ in cells}
    tables = print_tables(form, "zh")
    return {key for table in tables if table.part in parts for key in table.keys}
