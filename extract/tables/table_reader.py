"""Read the three tables of a report from all grids of its document."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.extract.forms import FORM_2021, SECTIONS, Form, section_label
from gongkai.extract.model.findings import missing_table
from gongkai.extract.model.report import Finding, Table
from gongkai.extract.tables.disclosure_table import form_by_headers, read_disclosure
from gongkai.extract.tables.litigation_table import read_litigation
from gongkai.extract.tables.requests_table import read_requests
from gongkai.extract.tables.row_recognition import AssignedRows, FormRow, TableKind
from gongkai.extract.tables.stated_blanks import fill_blanks
from gongkai.extract.tables.torn_rows import join_torn_numbers
from gongkai.extract.tables.value_columns import split_parts


@dataclass(frozen=True, slots=True)
class FormTables:
    """The tables of a document: cells by part, and the findings about their shape."""

    form: Form | None
    parts: dict[str, Table]
    findings: tuple[Finding, ...]


def read_tables(
    assigned: AssignedRows,
    default: Form = FORM_2021,
    pictures: bool = False,
    zero_blanks: bool = False,
) -> FormTables:
    """Read the tables of the form. `default` is the layout if the headers do not show it.

    `pictures` says whether the document has pictures that can hold a table, `zero_blanks` whether
    it says of its blank cells that they are zeros. A part that could not
    be read is absent and has a finding. A document without any of the three tables has no findings:
    whether it is a report is decided elsewhere.
    """
    rows: dict[TableKind, list[FormRow]] = {"disclosure": [], "requests": [], "litigation": []}
    for kind, part in (
        found for grid in join_torn_numbers(assigned) for found in split_parts(grid)
    ):
        rows[kind] += part
    form = form_by_headers(rows["disclosure"])
    used = form or default
    disclosure, of_disclosure = (
        read_disclosure(rows["disclosure"], used, zero_blanks) if rows["disclosure"] else ({}, [])
    )
    requests, of_requests = read_requests(rows["requests"], used) if rows["requests"] else ({}, [])
    review, of_litigation = read_litigation(rows["litigation"]) if rows["litigation"] else ({}, [])
    if zero_blanks:
        requests = {item: fill_blanks(row) for item, row in requests.items()}
        review = {item: fill_blanks(row) for item, row in review.items()}
    parts: dict[str, Table] = {
        used.part: {"": disclosure} if disclosure else {},
        "requests": requests,
        "review_litigation": review,
    }
    findings = [*of_disclosure, *of_requests, *of_litigation]
    if any(rows.values()):
        sections = zip(rows, parts, SECTIONS[1:4], strict=True)
        findings += [
            missing_table(part, heading, section_label(number), pictures)
            for kind, part, (number, heading) in sections
            if not rows[kind]
        ]
    return FormTables(
        form, {part: table for part, table in parts.items() if table}, tuple(findings)
    )
