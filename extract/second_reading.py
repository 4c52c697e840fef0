"""Compare two independent readings of one PDF or web page, cell by cell.

The second reading is made where something speaks against the first one, and on a sample. It never
adds a number: a cell for which both print another one is left out, with a finding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gongkai.extract.checks.all_rules import contradictions_of
from gongkai.extract.chinese.numbers import read_wan_yuan
from gongkai.extract.formats.media_type import MHTML
from gongkai.extract.forms import FORM_2019, FORM_2021, form_by_basis
from gongkai.extract.forms.form import Form
from gongkai.extract.forms.identity_rules import IDENTITY_RULES
from gongkai.extract.layout.page import UNREADABLE
from gongkai.extract.model.document import Document, Grid
from gongkai.extract.model.findings import verbatim
from gongkai.extract.model.report import (
    Cell,
    Finding,
    Reading,
    Report,
    SecondReading,
    Source,
    Table,
)
from gongkai.extract.tables.row_recognition import assign_rows
from gongkai.extract.tables.stated_blanks import states_zero_blanks
from gongkai.extract.tables.table_reader import read_tables
from gongkai.messages import message

_BY_THE_OTHER = "layers"
"""The doubt of a file that only the second reader reads, because PDFium draws hidden layers."""
_READ_TWICE = ("application/pdf", "text/html", MHTML)
_SAMPLE = 20  # one file in so many is read twice without a reason
_NO_UNITS = str.maketrans("", "", "亿万千元")
_NOT_SEEN = Cell("", None, "unreadable")
_FAILED = IDENTITY_RULES | {"active_disclosure_cells"}


def wants_second_reading(reading: Reading, body: bytes, wanted: SecondReading) -> bool:
    """Return whether a PDF or a page is to be read by the second reader too."""
    if wanted == "off" or reading.media_type not in _READ_TWICE:
        return False
    if reading.report is None or not reading.report.tables or _BY_THE_OTHER in reading.doubts:
        return False
    if wanted == "all" or reading.doubts:
        return True
    if any(finding.rule in _FAILED for finding in reading.report.findings):
        return True
    if any(map(_is_converted, _all_cells(reading.report))):
        return True
    return int.from_bytes(hashlib.sha256(body).digest()[:4]) % _SAMPLE == 0


def _all_cells(report: Report) -> Iterator[Cell]:
    return (
        cell for table in report.tables.values() for row in table.values() for cell in row.values()
    )


def _is_converted(cell: Cell) -> bool:
    """Return whether a cell prints an amount in yuan, or another unit than that of the form.

    One lost character of 万元 makes the number 10,000 times smaller, and no identity shows it.
    """
    if not cell.value:
        return False
    number = read_wan_yuan(cell.raw.translate(_NO_UNITS)).value
    return number is not None and number != cell.value


def known_of(first: Reading, source: Source) -> Source:
    """Return what the second reader may know: the source, and the year, which decides the form."""
    year = first.report.year if first.report else None
    return replace(source, year=source.year or year)


def read_tables_again(document: Document, source: Source) -> Reading:
    """Return a reading that consists of the tables of a document, and is good for comparing only."""
    assigned = assign_rows([block for block in document.blocks if isinstance(block, Grid)])
    pictures, zeros = document.images > 0, states_zero_blanks(document.text)
    tables = read_tables(assigned, pictures=pictures, zero_blanks=zeros)
    form = tables.form or form_by_basis(source.year, document.text)
    if tables.form is None and form is FORM_2019:
        tables = read_tables(assigned, form, pictures, zeros)
    report = Report("", source.year, form.id, "", None, "partial", tables=tables.parts)
    return Reading("report", document.media_type, "", report)


def compare_readings(first: Reading, second: Reading) -> Reading:
    """Return the first reading without the cells of which the second one reads another number.

    Amounts in yuan, which the form does not ask for, are left out too if the second one has none.
    """
    report, other = first.report, second.report
    if report is None:
        return first
    seen = other.tables if other else {}
    tables: dict[str, Table] = {}
    findings: list[Finding] = []
    for part, table in report.tables.items():
        tables[part], found = _compare_tables(table, seen.get(part, {}))
        findings += found
    if not findings:
        return first
    form = FORM_2019 if report.form == "2019" else FORM_2021
    return replace(first, report=_without_cells(report, tables, findings, form))


def _compare_tables(table: Table, other: Table) -> tuple[Table, list[Finding]]:
    found: list[Finding] = []
    kept: dict[str, Mapping[str, Cell]] = {}
    for item, row in table.items():
        cells = dict(row)
        for key, cell in row.items():
            seen = other.get(item, {}).get(key, _NOT_SEEN)
            if _differ(cell, seen):
                cells[key] = replace(cell, value=None, note="unreadable")
                found.append(_disagreement(item or key, cell, seen))
        kept[item] = cells
    return kept, found


def _differ(cell: Cell, seen: Cell) -> bool:
    """Return whether two readings of a cell contradict each other; an unreadable one says nothing.

    An amount in another unit than that of the form needs the word of both.
    """
    if "unreadable" in (cell.note, seen.note) or UNREADABLE in cell.raw + seen.raw:
        return _is_converted(cell)
    return cell.value != seen.value


def _disagreement(scope: str, cell: Cell, seen: Cell) -> Finding:
    said = message(
        "second_reading_differs", one=verbatim(cell.raw or "–"), other=verbatim(seen.raw or "–")
    )
    return Finding("readings_disagree", scope, "extraction", cell.raw, seen.raw, said)


def _without_cells(
    report: Report, tables: Mapping[str, Table], disagreements: list[Finding], form: Form
) -> Report:
    """Return a report with other tables; its contradictions are those of the remaining cells."""
    before = contradictions_of(report.tables, form, report.sections, report.year)
    after = contradictions_of(tables, form, report.sections, report.year)
    others = [finding for finding in report.findings if finding not in before]
    return replace(
        report, tables=tables, status="partial", findings=(*others, *disagreements, *after)
    )
