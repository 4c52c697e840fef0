"""A built table for other programs: rows of cells, an Excel file, JSON. Rates are not rounded."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Any

import xlsxwriter

from gongkai.catalogue import Language, text
from gongkai.publish.http.page_links import page_links
from gongkai.publish.http.paths import path_segment
from gongkai.publish.http.query_args import MAX_PAGE
from gongkai.publish.pages.builder.built_table import BuiltTable, TableRow
from gongkai.publish.wording.series import series_title

Address = Callable[[str], str]
"""Makes the address of a path of the site."""

_SHEET_TEXT = 32_767
"""Characters that Excel takes in a cell."""


def table_lines(table: BuiltTable, lang: Language, address: Address) -> Iterator[list[object]]:
    """Yield the header, the rows and the sums, as cells: None where there is no value.

    A rate has a second column with its n. The last column is the address of the page that a row is
    about; for a sum that of the table. If there are more rows, the last line says so.
    """
    yield _header(table, lang)
    for row in table.rows:
        link = address(_row_path(table, row))
        yield [row.id, row_name(row, lang), row.place, *_cells(table, row), link]
    for row in table.sums:
        yield ["", sum_name(row, lang), "", *_cells(table, row), address(table_path(table))]
    if table.is_cut:
        yield [text(lang, "csv_cut", address=address("/data"))]


def table_path(table: BuiltTable) -> str:
    """Return the path of the first page of a table, with what it asks for."""
    query = table.query.query_string()
    return f"/table?{query}" if query else "/table"


def _row_path(table: BuiltTable, row: TableRow) -> str:
    """Return the path of the page of an agency or a region; for a sector that of its agencies."""
    if table.query.rows == "sector":
        return f"/table?{table.query.agencies_of(row.id)}"
    return f"/{table.query.rows}/{path_segment(row.id)}"


def row_name(row: TableRow, lang: Language) -> str:
    """Return the name of a row as the table shows it."""
    return text(lang, "table_own_level", name=row.name) if row.is_own_level else row.name


def sum_name(row: TableRow, lang: Language) -> str:
    """Return the name of a row of sums."""
    if row.id == "governments":
        return text(lang, "table_sum_governments")
    return text(lang, "table_sum", series=series_title(row.id, lang))


def _header(table: BuiltTable, lang: Language) -> list[object]:
    head: list[object] = [text(lang, f"table_head_{name}") for name in ("id", "name", "place")]
    for column, year in table.columns:
        title = f"{column.title(lang)} {year}"
        head.append(title)
        if column.measure.is_rate:
            head.append(f"{title} n")
    head.append(text(lang, "csv_link"))
    return head


def _cells(table: BuiltTable, row: TableRow) -> Iterator[object]:
    for column, year in table.columns:
        value = row.value_of(column.key, year)
        yield table.shown(value)
        if column.measure.is_rate:
            yield value.n if value.reports else None


def table_json(table: BuiltTable, lang: Language, address: Address, size: int) -> dict[str, object]:
    """Return a table as plain data, `size` rows a page; its `address` is that of the page that shows it."""
    query = table.query
    links = page_links(
        query.page,
        min(MAX_PAGE, max(1, ceil(table.total / size))),
        lambda number: address(f"/table.json?{query.query_string(number)}".rstrip("?")),
    )

    def plain(row: TableRow, name: str) -> dict[str, object]:
        return {
            "id": row.id,
            "name": name,
            "place": row.place,
            "values": [
                {
                    "measure": column.key,
                    "year": year,
                    "value": table.shown(value),
                    "n": value.n if value.is_rate else None,
                    "reports": value.reports,
                }
                for column, year in table.columns
                for value in (row.value_of(column.key, year),)
            ],
        }

    return {
        "address": address(table_path(table)),
        "links": links,
        "rows_of": table.query.rows,
        "measures": [
            {"key": each.key, "title": each.title(lang), "about": each.about(lang)}
            for each in table.query.columns
        ],
        "years": list(table.years),
        "filters": dict(table.query.filters),
        "total": table.total,
        "is_cut": table.is_cut,
        "rows": [plain(row, row_name(row, lang)) for row in table.rows],
        "sums": [plain(row, sum_name(row, lang)) for row in table.sums],
    }


def write_table_workbook(
    table: BuiltTable, lang: Language, address: Address, about: Sequence[str]
) -> bytes:
    """Return the table as an Excel file; `about` are the lines of its second sheet."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(text(lang, "table_title"))
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        quoted = book.add_format({"quote_prefix": True})
        for at, line in enumerate(table_lines(table, lang, address)):
            for place, value in enumerate(line):
                _write(sheet, at, place, value, quoted if at else head)
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 2, 24)
        notes = book.add_worksheet(text(lang, "table_about_sheet"))
        for at, note in enumerate(about):
            _write(notes, at, 0, note, quoted)
        notes.set_column(0, 0, 100)
    return target.getvalue()


def _write(sheet: Any, row: int, column: int, value: object, style: Any) -> None:
    if isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value)[:_SHEET_TEXT], style)
