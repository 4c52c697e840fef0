"""One report as data: everything on its page as JSON, its cells as rows for CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from gongkai.catalogue import Language, text
from gongkai.publish.http.paths import path_segment
from gongkai.publish.pages.report.differences import Change
from gongkai.publish.pages.report.printed_form import print_tables
from gongkai.publish.pages.report.public_reviews import Review
from gongkai.publish.pages.report.report_page import FailedCheck, Report
from gongkai.publish.wording.codes import code_label, scope_label

LEFT_OUT = ("agency_id", "checks_failed")
"""Columns of a report that the record has in another place."""

CELL_COLUMNS = ("table", "item", "column", "value", "as_printed", "note")
"""The columns of a report's cells as CSV. Their headers are the texts `cell_head.NAME`."""


def report_record(report: Report) -> dict[str, Any]:
    """Return a report as plain data, with the keys of the data contract.

    `is_cut` is only there if parts of the report are not, `as_of` and `is_edited_since` only for a day.
    """
    return {
        **{name: value for name, value in dict(report.row).items() if name not in LEFT_OUT},
        "agency": {**dict(report.agency), "regions": [each.name for each in report.regions]},
        "tables": _table_values(report),
        "cell_notes": [
            {**_key_record(cell.key), "raw": cell.raw, "note": cell.note}
            for cell in report.cells.values()
            if cell.note
        ],
        "sections": [_without_report(row) for row in report.sections],
        "checks": [_check_record(check, report.reviews.get(check.id)) for check in report.checks],
        "changes": [
            {"seen_at": change.seen_at, **changed_parts(change)} for change in report.changes
        ],
        "documents": [asdict(document) for document in report.documents],
        **({"is_cut": True} if report.is_cut else {}),
        **(
            {"as_of": report.as_of.day.isoformat(), "is_edited_since": report.is_edited_since}
            if report.as_of
            else {}
        ),
    }


def changed_parts(change: Change) -> dict[str, Any]:
    """Return the changed cells and passages of an edit."""
    return {
        "cells": [asdict(cell) for cell in change.cells],
        "passages": [
            {
                "section": passage.section,
                "old": "".join(piece.text for piece in passage.old),
                "new": "".join(piece.text for piece in passage.new),
            }
            for passage in change.passages
        ],
    }


def cell_rows(
    report: Report, lang: Language, address: Callable[[str], str]
) -> Iterator[list[object]]:
    """Yield a header in words and a row for each printed cell, in the order of the form.

    The number of a cell that has none is empty, never zero; the row also has the printed text. It
    ends with the address of the cell in the page, by `address` from a path of the site.
    """
    yield [*(text(lang, f"cell_head.{name}") for name in CELL_COLUMNS), text(lang, "csv_link")]
    form = report.form
    if form is None:
        return
    found = report.tables(lang)
    as_of = f"?{report.as_of.query}" if report.as_of else ""
    page = f"/report/{path_segment(report.id)}{as_of}"
    for table in print_tables(form, lang):
        if table.section in found:
            for key in table.keys:
                cell = report.cell(key)
                part, item, field = key
                names = [
                    code_label("part", part, lang),
                    scope_label(item, lang),
                    scope_label(field, lang),
                ]
                yield [
                    *names,
                    cell.value,
                    cell.raw or cell.text,
                    code_label("note", cell.note, lang),
                    address(f"{page}#{cell.anchor}"),
                ]


def _table_values(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part, item, field in report.cells:
        rows = found.setdefault(part, {})
        row = rows.setdefault(item, {}) if item else rows
        row[field] = report.cells[part, item, field].value
    return found


def _key_record(key: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("part", "item", "field"), key, strict=True))


def _without_report(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in dict(row).items() if name != "report_id"}


def _check_record(check: FailedCheck, review: Review | None) -> dict[str, Any]:
    record = {
        "id": check.id,
        "rule": check.rule_id,
        "scope": check.scope,
        "verdict": check.verdict,
        "left_value": check.left,
        "right_value": check.right,
        "message_zh": check.message_zh,
        "message_en": check.message_en,
    }
    return {**record, "review": asdict(review) if review else None}
