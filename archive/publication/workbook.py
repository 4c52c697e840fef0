"""The summary as an Excel file: Chinese heads, filters, one sheet of data and one of explanations.

Texts are marked with Excel's own quote prefix, so that no text becomes a formula, not even when a
person edits the cell; numbers stay numbers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from gongkai.archive.codebook.table_schema import TableSchema, bilingual_description
from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.publication.parts.file_pieces import FilePiece
from gongkai.archive.publication.parts.part_rows import ALL, KeyRange, key_place, table_pieces
from gongkai.archive.publication.parts.sheet_file import LastSheet, SheetRows, fill_sheets
from gongkai.catalogue import LANGUAGES, text

LONGEST = 1_000_000
"""Rows of a sheet; more go to a further one."""

WIDTHS = {"title": 44, "agency": 28, "region": 24, "url": 30, "report_id": 24}
_WIDTH = 12
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The time of creation in every file, so that the same content gives the same bytes."""


def write_workbook(
    conn: sqlite3.Connection,
    table: TableSchema,
    path: Path,
    year: int | None = None,
    last: LastSheet | None = None,
) -> list[FilePiece]:
    """Write a table of reports, or a year of one, as a workbook; return its rows as one piece, if any.

    `last` is the file of the last publication. There is no piece of rows that need several sheets.

    Raises:
        ValueError: the last file is not that of its stretches.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    made = BytesIO()
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties(
            {"title": table.title("zh"), "comments": text("zh", "licence_about"), "created": _EPOCH}
        )
        sheets = _data(book, conn, table, year, last)
        _legend(book, table)
    stretches = [each for each in fill_sheets(made, path, sheets).values() if each]
    return [FilePiece.of(stretches[0], 0)] if len(stretches) == 1 else []


def _data(
    book: Any,
    conn: sqlite3.Connection,
    table: TableSchema,
    year: int | None,
    last: LastSheet | None,
) -> dict[str, SheetRows]:
    """Add the sheets of data without rows but a sample; return the rows by the name of the sheet's part."""
    rows = f"FROM {table.name}" if year is None else f"FROM {table.name} WHERE year = {year:d}"
    names = list(table.fields)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    quoted = book.add_format({"quote_prefix": True})
    share = book.add_format({"num_format": "0.0%"})
    shares = {place for place, name in enumerate(names) if name.endswith("_rate")}
    name_zh = table.title("zh")
    ids = [report for (report,) in conn.execute(f"SELECT report_id {rows} ORDER BY report_id")]
    total = len(ids)

    def read(within: KeyRange) -> Iterator[Sequence[object]]:
        for blocks in table_pieces(conn, table, year, ids, within):
            for columns in blocks:
                yield from zip(*columns, strict=True)

    found = read(ALL)
    sheets = {}
    for first in range(0, max(total, 1), LONGEST):
        number = first // LONGEST + 1
        sheet = book.add_worksheet(name_zh if number == 1 else f"{name_zh} {number}")
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, min(total - first, LONGEST), len(names) - 1)
        for place, name in enumerate(names):
            sheet.set_column(place, place, WIDTHS.get(name, _WIDTH))
            sheet.write_string(0, place, table.fields[name].title("zh"), head)
        if total:
            sheet.write_string(1, 0, "", quoted)
            sheet.write_number(1, 1, 0, share)
            count = min(total - first, LONGEST)
            is_whole = count == total
            sheets[f"xl/worksheets/sheet{number}.xml"] = SheetRows(
                read if is_whole else partial(_following, found, count),
                *(count, len(names), shares, table.name, key_place(table)),
                last if is_whole else None,
            )
    return sheets


def _following(
    rows: Iterator[Sequence[object]], count: int, _within: KeyRange
) -> Iterator[Sequence[object]]:
    """Return the next rows: those of a sheet that is not the only one."""
    return islice(rows, count)


def _legend(book: Any, table: TableSchema) -> None:
    """Add a sheet that explains the columns and how the data may be used."""
    sheet = book.add_worksheet(text("zh", "workbook_legend"))
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 2, 26)
    sheet.set_column(3, 3, 70)
    heads = (text("zh", "workbook_column"), "中文", "English", text("zh", "workbook_note"))
    rows = [
        (each.name, *(each.title(lang) for lang in LANGUAGES), bilingual_description(each))
        for each in table.fields.values()
    ]
    notes = [
        (f"{table.description('zh')} {table.description('en')}",),
        *((text(lang, "licence_about"),) for lang in LANGUAGES),
        (DATA_LICENCE.path,),
        (),
        heads,
    ]
    for at, row in enumerate([*notes, *rows]):
        for place, value in enumerate(row):
            sheet.write_string(at, place, value, bold if row is heads else None)
