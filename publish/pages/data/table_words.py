"""The rows of a table as lines of CSV: with the keys of the data contract, or in words with links."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from gongkai.archive.store.pooled.region_totals import COUNTRY
from gongkai.catalogue import Language, stored_text, text
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.paths import path_segment
from gongkai.publish.http.table_select import TableSelect
from gongkai.publish.site import DATABASE, page_of
from gongkai.publish.wording.codes import CODES, code_label, scope_label
from gongkai.publish.wording.dictionary import TableSchema

Cells = list[object]

KNOWN_REPORTS = 2000
"""Reports whose year and agency are remembered: the rows of a report stand together."""

CONTEXT = ("year", "agency", "region")
"""Columns that say of a row which report it belongs to."""

CELL_PARTS = ("active_disclosure", "active_disclosure_2019", "requests", "review_litigation")

_CONTEXT = "SELECT year, agency, region FROM report_summary WHERE report_id = ?"


def key_lines(conn: sqlite3.Connection, select: TableSelect, *, header: bool) -> Iterator[Cells]:
    """Yield the rows as the table has them, by default below the names of the columns."""
    if header:
        yield list(select.columns)
    for row in conn.execute(select.sql, dict(select.parameters)):
        yield list(row)


def word_lines(
    conn: sqlite3.Connection,
    select: TableSelect,
    every: Sequence[str],
    schema: TableSchema,
    lang: Language,
    address: Callable[[str], str],
) -> Iterator[Cells]:
    """Yield the rows in words below the titles of the columns.

    Codes are words. A row of a report has its year, agency and region, and each row the address of
    the page that shows it, by `address` from a path of the site. `every` are all columns of the table,
    because that page may be named by others than the chosen ones.
    """
    shown = [name for name in select.columns if _is_for(name, every, lang)]
    added = _added(every)
    fields = schema.fields
    yield [
        *(fields[name].title(lang) if name in fields else name for name in shown),
        *(text(lang, f"csv_{name}") for name in added),
        text(lang, "csv_link"),
    ]
    context = _context_reader(conn)
    whole = replace(select, columns=tuple(every))
    for row in conn.execute(whole.sql, dict(select.parameters)):
        found = context(row["report_id"] or "") if added else ()
        link = address(row_path(schema, row))
        yield [*(value_in_words(name, row[name], lang) for name in shown), *found, link]


def _added(columns: Sequence[str]) -> tuple[str, ...]:
    return CONTEXT if "report_id" in columns and not set(CONTEXT) & set(columns) else ()


def _is_for(name: str, columns: Sequence[str], lang: Language) -> bool:
    """Say whether a column is for readers of a language: `message_en` is not for Chinese ones."""
    stem, _, own = name.rpartition("_")
    other = "zh" if lang == "en" else "en"
    return not (own == other and f"{stem}_{lang}" in columns)


def _context_reader(conn: sqlite3.Connection) -> Callable[[str], tuple[object, ...]]:
    @lru_cache(maxsize=KNOWN_REPORTS)
    def read(report_id: str) -> tuple[object, ...]:
        row = conn.execute(_CONTEXT, [report_id]).fetchone()
        return tuple(row) if row else ("", "", "")

    return read


def value_in_words(column: str, value: object, lang: Language) -> object:
    """Return a value as people read it; numbers, texts and times stay as they are."""
    if value is None or isinstance(value, float):
        return value
    if column == "scope":
        return scope_label(str(value), lang)
    if column in ("item", "field", "proceeding"):
        return scope_label(str(value), lang) if value else ""
    if column == "error":
        return stored_text(lang, str(value))
    if str(value) in CODES.get(column, {}):
        return code_label(column, value, lang)
    return value


def row_path(schema: TableSchema, row: Row) -> str:
    """Return the path of the page that shows a row: of its cell, report, agency, region or itself."""
    names = row.keys()
    if "report_id" in names and row["report_id"]:
        return f"/report/{path_segment(row['report_id'])}{_place_in_report(schema.name, row)}"
    if set(schema.primary_key) <= set(names) and schema.primary_key and schema.has_row_pages:
        key = ",".join(path_segment(row[name]) for name in schema.primary_key)
        return page_of(schema.name, key)
    if "agency_id" in names and row["agency_id"]:
        return f"/agency/{path_segment(row['agency_id'])}"
    if "region_code" in names and row["region_code"] == COUNTRY:
        return "/region"
    if "region_code" in names and row["region_code"]:
        return f"/region/{path_segment(row['region_code'])}"
    return f"/{DATABASE}/{schema.name}"


def _place_in_report(table: str, row: Row) -> str:
    names = row.keys()
    if "field" in names and "part" in names and row["part"] in CELL_PARTS:
        place = (row["part"], row["item"], row["field"])
        return f"#cell-{'-'.join(str(each) for each in place if each)}"
    if table.startswith("requests") and "item" in names:
        return f"#cell-requests-{row['item']}-total"
    if table == "review_litigation" and "proceeding" in names:
        return f"#cell-review_litigation-{row['proceeding']}-total"
    if table == "sections" and "number" in names and row["number"]:
        return f"#section-{row['number']}"
    if table == "checks":
        return "#checks"
    return "#edits" if table in ("changes", "change_marks") else ""
