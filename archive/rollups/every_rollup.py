"""All that a publication has ready, in one step."""

from __future__ import annotations

import sqlite3

from gongkai.archive.rollups.coverage_sums import TABLE, create_coverage_sums
from gongkai.archive.rollups.facet_bits import ORDERS, create_facet_bits
from gongkai.archive.rollups.facet_bits import TABLE as FACET_BITS
from gongkai.archive.rollups.list_specs import LISTS
from gongkai.archive.rollups.listed_rows import create_listed_rows
from gongkai.archive.rollups.number_order import TABLE as BY_NUMBER
from gongkai.archive.rollups.number_order import create_number_order
from gongkai.archive.rollups.site_numbers import (
    CONTRADICTORY,
    NUMBERS,
    SITE_REPORTS,
    create_site_numbers,
)
from gongkai.archive.rollups.table_facets import TABLE as TABLE_FACETS
from gongkai.archive.rollups.table_facets import create_table_facets

TABLES = (
    TABLE,
    *(table for spec in LISTS.values() for table in spec.tables),
    *(TABLE_FACETS, FACET_BITS, ORDERS, BY_NUMBER, NUMBERS, CONTRADICTORY, SITE_REPORTS),
)
"""The tables, which are no part of the data contract."""


def create_rollups(conn: sqlite3.Connection) -> None:
    """Create the tables from those of a public file, of which `coverage` must be one."""
    create_coverage_sums(conn)
    create_listed_rows(conn)
    create_facet_bits(conn)
    create_number_order(conn)
    create_site_numbers(conn)
    create_table_facets(conn)
