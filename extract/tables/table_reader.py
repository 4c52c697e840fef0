"""The three tables of a report, from all the grids of its document."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.extract.forms import FORM_2021, SECTIONS, Form, section_label
from gongkai.extract.model.findings import missing_table
from gongkai.extract.model.report import Finding, Table
from gongkai.extract.tables.disclosure_table import form_by_headers, read_active
from gongkai.extract.tables.litigation_table import read_review
from gongkai.extract.tables.requests_table import read_requests
from gongkai.extract.tables.row_kinds import Assigned, Kind, Row
from gongkai.extract.tables.value_columns import parts_of


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables of a document hold: cells by part, and what was wrong with their shape."""

    form: Form | None
    parts: dict[str, Table]
    findings: tuple[Finding, ...]


def read_tables(assigned: Assigned, default: Form = FORM_2021, pictures: bool = False) -> Tables:
    """Read the tables of the form. `default` is the layout where the headers show neither.

    `pictures` says whether the document has any that can hold a table.

    A part that could not be read is absent and has a finding; a document without any of the three
    has none: whether it is a report at all is decided elsewhere.
    """
    rows: dict[Kind, list[Row]] = {"active": [], "requests": [], "review": []}
    for kind, part in (found for grid in assigned for found in parts_of(grid)):
        rows[kind] += part
    form = form_by_headers(rows["active"])
    used = form or default
    active, of_active = read_active(rows["active"], used) if rows["active"] else ({}, [])
    requests, of_requests = read_requests(rows["requests"], used) if rows["requests"] else ({}, [])
    review, of_review = read_review(rows["review"]) if rows["review"] else ({}, [])
    parts: dict[str, Table] = {
        used.part: {"": active} if active else {},
        "requests": requests,
        "review_litigation": review,
    }
    findings = [*of_active, *of_requests, *of_review]
    if any(rows.values()):
        sections = zip(rows, parts, SECTIONS[1:4], strict=True)
        findings += [
            missing_table(part, heading, section_label(number), pictures)
            for kind, part, (number, heading) in sections
            if not rows[kind]
        ]
    return Tables(form, {part: table for part, table in parts.items() if table}, tuple(findings))
