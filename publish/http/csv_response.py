"""CSV for spreadsheets: Excel reads it as UTF-8, and no cell of it runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from gongkai.archive.store.csv_formulas import escape_formula, quote_id

BOM = "\ufeff"
"""Without this mark Excel shows garbage in place of Chinese."""

MAX_ROWS = 10_000
"""Rows of a CSV response that is made in memory. Whole tables are streamed, see `csv_stream`."""


def to_csv(rows: Iterable[Iterable[object]], *, bom: bool = True) -> str:
    """Return rows as CSV, by default for Excel: with the byte order mark of UTF-8 in front.

    There, ids that look like numbers are quoted as text.
    """
    return f"{BOM if bom else ''}{csv_lines(rows, for_excel=bom)}"


def csv_lines(rows: Iterable[Iterable[object]], *, for_excel: bool) -> str:
    """Return rows as lines of CSV, without a mark in front."""
    out = io.StringIO(newline="")
    as_shown = quote_id if for_excel else _unchanged
    csv.writer(out).writerows([as_shown(escape_formula(value)) for value in row] for row in rows)
    return out.getvalue()


def _unchanged(value: object) -> object:
    return value
