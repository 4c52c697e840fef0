"""Every cell of the tables of a report, those included that have no number, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from gongkai.extract.forms import FORM_2021, FORMS
from gongkai.extract.model.annual_report import Number, Report
from gongkai.extract.model.cell_place import CellPlace

ITEMS = tuple(item.key for item in FORM_2021.items)
APPLICANTS = tuple(column.key for column in FORM_2021.applicants)
PROCEEDINGS = tuple(item.key for item in FORM_2021.proceedings)
RESULTS = tuple(column.key for column in FORM_2021.results)

REFUSING_RULES = ("row_shape", "readings_disagree")
"""Rules whose findings say that a row was refused."""


@dataclass(frozen=True, slots=True)
class ReportCell:
    """A cell of the form, under its keys in the public data contract.

    `value` is None where there is no number; then `note` says why. `place` is that of the cell, if it is known. A cell that no table of the
    document has is `unreadable` if its row was refused, and `missing` if there is no such row in
    the document or in its form.
    """

    part: str
    item: str
    field: str
    value: Number | None
    raw: str
    note: str
    place: CellPlace | None = None


def report_cells(report: Report) -> Iterator[ReportCell]:
    """Yield every cell of the tables that a report has, by table, in the order of the form."""
    refused = {each.scope for each in report.findings if each.rule in REFUSING_RULES}
    for part, table in report.tables.items():
        items, fields = _shape(part)
        for item in items:
            for field in fields:
                cell = table.get(item, {}).get(field)
                if cell is None:
                    scopes = {item} if item else _same_row(part, field)
                    yield ReportCell(part, item, field, None, "", _absent(scopes & refused))
                else:
                    note = cell.note or ("unreadable" if cell.value is None else "")
                    yield ReportCell(part, item, field, cell.value, cell.raw, note, cell.place)


def _absent(refusals: Collection[str]) -> str:
    return "unreadable" if refusals else "missing"


def _same_row(part: str, field: str) -> set[str]:
    """Return the columns of section two that stand in one printed row with a column."""
    rows = (row for form in FORMS.values() if form.part == part for row in form.disclosures)
    found = ({column.key for column in row.columns} for row in rows)
    return next((keys for keys in found if field in keys), {field})


def _shape(part: str) -> tuple[Sequence[str], Sequence[str]]:
    """Return the items and the fields that the rows of a table have."""
    for form in FORMS.values():
        if part == form.part:
            return ("",), form.disclosure_keys
    return (ITEMS, APPLICANTS) if part == "requests" else (PROCEEDINGS, RESULTS)
