"""All that a publication has beside the tables of the archive: made in whole, or for what was touched.

Whoever replaces rows of a public file fills the temporary tables of `TOUCHED`, calls `forget_rollups` while
the old rows stand and `add_rollups` when the new ones do. Both together give what `create_rollups` gives.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from gongkai.archive.rollups.coverage_sums import TABLE, create_coverage_sums
from gongkai.archive.rollups.facet_bits import ORDERS, create_facet_bits
from gongkai.archive.rollups.facet_bits import TABLE as FACET_BITS
from gongkai.archive.rollups.figures_by_size import PLACES, VALUES, create_figures
from gongkai.archive.rollups.list_specs import LISTS
from gongkai.archive.rollups.listed_rows import create_listed_rows
from gongkai.archive.rollups.materialised_views import (
    MATERIALISED_VIEWS,
    create_materialised_views,
)
from gongkai.archive.rollups.number_order import TABLE as BY_NUMBER
from gongkai.archive.rollups.number_order import create_number_order
from gongkai.archive.rollups.region_sums import TABLE as REGION_SUMS
from gongkai.archive.rollups.region_sums import create_region_sums
from gongkai.archive.rollups.site_numbers import (
    CONTRADICTORY,
    NUMBERS,
    SITE_REPORTS,
    create_site_numbers,
)
from gongkai.archive.rollups.table_facets import TABLE as TABLE_FACETS
from gongkai.archive.rollups.table_facets import create_table_facets
from gongkai.archive.store import search, views
from gongkai.archive.store.names import name_index

TABLES = (
    *(REGION_SUMS, TABLE),
    *(table for spec in LISTS.values() for table in spec.tables),
    *(TABLE_FACETS, FACET_BITS, ORDERS, BY_NUMBER, NUMBERS, CONTRADICTORY, SITE_REPORTS),
    *(PLACES, VALUES),
)
"""The tables, which are no part of the data contract."""

TOUCHED = ("touched_reports", "touched_agencies", "touched_sites")
"""Temporary tables (id TEXT PRIMARY KEY) of what is replaced.

Reports that came, went or changed, that have a row in another table that did, or whose agency has another
name, kind, level, division or sector, or whose document (`digest`) has other snapshots; agencies that came,
went or changed, that have a duty that did, or a report that is touched; portals with runs that came, went
or changed. `due_calendar` must be readable by its name; if it changed, or a division did, everything is
created anew.
"""

WORK: tuple[Callable[[sqlite3.Connection], object], ...] = (
    create_materialised_views,
    create_region_sums,
    create_coverage_sums,
    create_listed_rows,
    create_facet_bits,
    create_number_order,
    create_site_numbers,
    create_table_facets,
    create_figures,
    search.rebuild_index,
    name_index.write_names,
)
"""The steps, each after those whose tables it reads."""


def create_rollups(conn: sqlite3.Connection, step: Callable[[], object] = lambda: None) -> None:
    """Create everything from the tables of the archive. `step` is called after each of `WORK`.

    The caller commits.
    """
    for work in WORK:
        work(conn)
        step()


def forget_rollups(conn: sqlite3.Connection) -> None:
    """Take away what the touched reports, agencies and portals contribute; their old rows stand."""


def add_rollups(conn: sqlite3.Connection) -> None:
    """Add what the touched reports, agencies and portals contribute; their new rows stand."""
    for name in (*views.PUBLISHED_VIEWS, "figures"):
        conn.execute(f"DROP VIEW {name}")
    for name in (*MATERIALISED_VIEWS, *TABLES):
        conn.execute(f"DROP TABLE main.{name}")
    conn.execute("DROP INDEX requests_by_total")
    create_rollups(conn)
