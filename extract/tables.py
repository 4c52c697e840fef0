"""The three tables of a report, from all the grids of its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.document import Grid
from extract.forms import FORM_2021, Form
from extract.recognise import Kind, Row, assign
from extract.schema import Cell, Finding, Table
from extract.table_active import form_by_headers, read_active
from extract.table_requests import read_requests
from extract.table_review import read_review


@dataclass(frozen=True, slots=True)
class Tables:
    """What the tables of a document hold: cells by part, and what was wrong with their shape."""

    form: Form | None
    parts: dict[str, Table]
    findings: tuple[Finding, ...]


def read_tables(grids: Sequence[Grid], default: Form = FORM_2021) -> Tables:
    """Read the tables of the form. `default` is the layout where the headers show neither.

    A part of which no row was found is absent without a finding here: whether that is wrong is
    for the report as a whole to say.
    """
    rows: dict[Kind, list[Row]] = {"active": [], "requests": [], "review": []}
    for kind, row in (pair for grid in assign(grids) for pair in grid):
        rows[kind].append(row)
    form = form_by_headers(rows["active"])
    parts: dict[str, Table] = {}
    findings: list[Finding] = []
    used = form or default
    active, found = read_active(rows["active"], used) if rows["active"] else ({}, [])
    if active:
        parts[used.part] = {"": active}
    findings += found
    requests: dict[str, dict[str, Cell]]
    requests, found = read_requests(rows["requests"], used) if rows["requests"] else ({}, [])
    if requests:
        parts["requests"] = requests
    findings += found
    review, found = read_review(rows["review"]) if rows["review"] else ({}, [])
    if review:
        parts["review_litigation"] = review
    findings += found
    return Tables(form, parts, tuple(findings))
