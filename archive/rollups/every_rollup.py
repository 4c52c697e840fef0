"""All that a publication has beside the tables of the archive: made in whole, or for what was touched.

Whoever replaces rows of a public file fills the temporary tables of `TOUCHED`, calls `forget_rollups` while
the old rows stand and `add_rollups` when the new ones do. Both together give what `create_rollups` gives.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gongkai.archive.rollups import (
    coverage_rows,
    coverage_sums,
    facet_bits,
    facet_orders,
    figures_by_size,
    filtered_sums,
    gram_index,
    listed_rows,
    materialised_views,
    region_sums,
    rollup_layout,
    row_orders,
    site_numbers,
    table_facets,
    touched,
)
from gongkai.archive.rollups.list_specs import LISTS
from gongkai.archive.store import search
from gongkai.archive.store.names import name_index

TABLES = (
    *(region_sums.TABLE, filtered_sums.TABLE, coverage_sums.TABLE, coverage_rows.TABLE),
    *(table for spec in LISTS.values() for table in spec.tables),
    *(table_facets.TABLE, facet_bits.TABLE, facet_orders.TABLE),
    *(site_numbers.NUMBERS, site_numbers.CONTRADICTORY, site_numbers.SITE_REPORTS),
    *(figures_by_size.PLACES, figures_by_size.VALUES, rollup_layout.TABLE),
)
"""The tables, which are no part of the data contract."""

TOUCHED = (touched.REPORTS, touched.AGENCIES, touched.SITES)
"""Temporary tables (id TEXT PRIMARY KEY) of what is replaced.

Reports that came, went or changed, that have a row in another table that did, or whose agency has another
name, kind, level, division or sector, or whose document (`digest`) has other snapshots; agencies that came,
went or changed, that have a duty that did, or a report that is touched; portals with crawls that came, went
or changed. `due_calendar` must be readable by its name. If it changed, or a division did,
everything is created anew. Reports and agencies keep their rowids while they stand.
"""

Work = Callable[[sqlite3.Connection], object]

WORK: tuple[Work, ...] = (
    rollup_layout.create_rollup_layout,
    materialised_views.create_materialised_views,
    region_sums.create_region_sums,
    filtered_sums.create_filtered_sums,
    coverage_sums.create_coverage_sums,
    coverage_rows.create_looked_sites,
    listed_rows.create_listed_rows,
    facet_bits.create_facet_bits,
    facet_orders.create_orders,
    table_facets.create_table_facets,
    site_numbers.create_site_numbers,
    figures_by_size.create_figures,
    row_orders.create_row_orders,
    gram_index.create_text_indexes,
    name_index.write_names,
)
"""The steps, each after those whose tables it reads."""


def _forget_texts(conn: sqlite3.Connection) -> None:
    rows = _touched_rows(conn)
    gram_index.remove_grams(conn, rows)
    for row in rows:
        search.remove(conn, row)


def _add_texts(conn: sqlite3.Connection) -> None:
    rows = _touched_rows(conn)
    gram_index.add_grams(conn, rows)
    for row in rows:
        search.add(conn, row)


def _touched_rows(conn: sqlite3.Connection) -> list[int]:
    sql = f"SELECT rowid FROM reports WHERE id IN ({touched.REPORT_IDS}) ORDER BY rowid"
    return [row for (row,) in conn.execute(sql)]


def _write_names(conn: sqlite3.Connection) -> None:
    keys = conn.execute(f"SELECT id FROM {touched.AGENCIES} ORDER BY id").fetchall()
    name_index.write_agencies(conn, [key for (key,) in keys])


_FORGET: tuple[Work, ...] = (
    touched.note_old_rows,
    table_facets.note_values,
    _forget_texts,
    figures_by_size.forget_figures,
    site_numbers.forget_site_numbers,
    facet_orders.forget_in_orders,
    facet_bits.forget_bits,
    listed_rows.forget_listed_rows,
    lambda conn: region_sums.merge_region_sums(conn, -1),
    lambda conn: filtered_sums.merge_filtered_sums(conn, -1),
    materialised_views.forget_reports,
)
_ADD: tuple[Work, ...] = (
    touched.note_new_rows,
    materialised_views.add_reports,
    lambda conn: region_sums.merge_region_sums(conn, 1),
    lambda conn: filtered_sums.merge_filtered_sums(conn, 1),
    coverage_rows.renew_coverage,
    listed_rows.add_listed_rows,
    facet_bits.add_bits,
    facet_orders.add_to_orders,
    table_facets.count_noted_values,
    site_numbers.add_site_numbers,
    figures_by_size.add_figures,
    _add_texts,
    _write_names,
    touched.drop_notes,
)


def create_rollups(conn: sqlite3.Connection, step: Callable[[], object] = lambda: None) -> None:
    """Create everything from the tables of the archive. `step` is called after each of `WORK`.

    The caller commits.
    """
    for work in WORK:
        work(conn)
        step()


def forget_rollups(conn: sqlite3.Connection) -> None:
    """Take away what the touched reports, agencies and portals contribute; their old rows stand."""
    for work in _FORGET:
        work(conn)


def add_rollups(conn: sqlite3.Connection) -> None:
    """Add what the touched reports, agencies and portals contribute; their new rows stand."""
    for work in _ADD:
        work(conn)
