"""One region: its agencies by year, its totals, and the regions beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gongkai.archive.store.search import Filters
from gongkai.publish.pages.places.divisions import COUNTRY, Region, chain, children
from gongkai.publish.pages.places.totals import EMPTY, Total, Totals, totals

Row = Mapping[str, Any]

PAGE = 100
"""Agencies on a page of the matrix."""

MEASURES = (
    "requests_new",
    "requests_handled",
    "granted",
    "refused",
    "reviews",
    "suits",
    "disclosure_rate",
)


@dataclass(frozen=True)
class RegionPage:
    """A region, or the whole country, whose `code` is ""."""

    code: str
    row: Row | None
    above: tuple[Region, ...]
    years: tuple[int, ...]
    own: Totals
    parts: tuple[Region, ...]
    of_parts: Totals
    siblings: tuple[Region, ...]
    beside: Totals
    year: int | None
    agencies: tuple[Row, ...]
    matrix: Mapping[tuple[str, int], Row]
    agencies_in_all: int
    page: int

    @property
    def pages(self) -> int:
        """Return the number of pages of the matrix."""
        return max(1, -(-self.agencies_in_all // PAGE))

    @property
    def compares(self) -> bool:
        """Say whether there are neighbours, or a year was chosen that has none: one may go back."""
        return len(self.siblings) > 1 or (self.year is not None and self.year != self.years[-1])

    def total(self, year: int) -> Total:
        """Return the region's own total of a year."""
        return self.own.get((self.code, year), EMPTY)

    def part(self, code: str, year: int) -> Total:
        """Return the total of a region right below."""
        return self.of_parts.get((code, year), EMPTY)

    def sibling(self, code: str) -> Total:
        """Return the total of a region beside this one, in the year of comparison."""
        return self.beside.get((code, self.year or 0), EMPTY)


def load(
    conn: sqlite3.Connection, code: str, year: int | None = None, page: int = 1
) -> RegionPage | None:
    """Return the page of a region, or None where there is no such code.

    `year` is that of the comparison with the regions beside it, the latest by default.
    """
    row = conn.execute("select * from regions where code = ?", (code,)).fetchone()
    if row is None and code != COUNTRY:
        return None
    own = totals(conn, [code], MEASURES)
    years = tuple(sorted({year for _, year in own}))
    below = children(conn, code)
    of_parts = totals(conn, [each.code for each in below]) if below else {}
    parts = tuple(each for each in below if any((each.code, year) in of_parts for year in years))
    compared = year if year in years else (years[-1] if years else None)
    beside: Totals = {}
    siblings: tuple[Region, ...] = ()
    if row is not None and compared:
        around = children(conn, row["parent_code"] or COUNTRY)
        beside = totals(conn, [each.code for each in around], MEASURES, compared)
        siblings = tuple(each for each in around if (each.code, compared) in beside)
    agencies, in_all = _agencies(conn, code, page)
    return RegionPage(
        code=code,
        row=row,
        above=chain(conn, code),
        years=years,
        own=own,
        parts=parts,
        of_parts=of_parts,
        siblings=siblings,
        beside=beside,
        year=compared,
        agencies=agencies,
        matrix=_matrix(conn, [str(agency["id"]) for agency in agencies]),
        agencies_in_all=in_all,
        page=page,
    )


def _agencies(conn: sqlite3.Connection, code: str, page: int) -> tuple[tuple[Row, ...], int]:
    """Return a page of the agencies within a region, its own before those of the parts below."""
    if code == COUNTRY:
        return (), 0
    ((within, parameters),) = Filters(region=code).conditions()
    rows = "from agencies a left join regions g on g.code = a.region_code where " + within
    (in_all,) = conn.execute(f"select count(*) {rows}", parameters).fetchone()
    found = conn.execute(
        "select a.id, a.name, a.kind, g.code, g.name as region"
        f" {rows} order by a.region_code, a.kind <> 'government', a.name, a.id"
        " limit :limit offset :offset",
        {**parameters, "limit": PAGE, "offset": PAGE * (page - 1)},
    )
    return tuple(found), in_all


def _matrix(conn: sqlite3.Connection, ids: list[str]) -> dict[tuple[str, int], Row]:
    """Return coverage by agency and year."""
    marks = ", ".join("?" * len(ids))
    rows = conn.execute(f"select * from coverage where agency_id in ({marks})", ids)
    return {(row["agency_id"], row["year"]): row for row in rows}
