"""Sums of a built table from what a publication has ready, for all divisions, filters and vintages.

A division with others below has its sums ready, by everything that narrows a table but a single agency. One
without has few reports, which are read. In the divisions of another year a division has what it has today,
and what lies elsewhere then is added or taken away: the reports of few divisions.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gongkai.archive.rollups.filtered_sums import DIVIDED, EVERY_SECTOR, TABLE
from gongkai.archive.store.measures_sql import (
    BODIES,
    GOVERNMENT,
    SERIES_SQL,
    picked_sql,
)
from gongkai.archive.store.pooled.region_totals import COUNTRY
from gongkai.publish.http.vintage import EVER, has_vintage, moved_divisions
from gongkai.publish.pages.builder.table_query import Summed, TableQuery
from gongkai.publish.pages.builder.table_sql import conditions, sums
from gongkai.publish.pages.places.moved_totals import add_sums
from gongkai.publish.wording.measures import MeasureValue, measure_value

Values = dict[tuple[str, int], MeasureValue]

By = Literal["", "sector", "series"]
"""What sums of a division stand apart by: nothing, sectors, or series of reports."""

Sums = Mapping[str, int | None]
Key = tuple[str, str, int]
"""A code, a sector or series, "" for none, and a year."""

Keyed = Mapping[Key, Sums]


@dataclass(frozen=True, slots=True)
class _Share:
    """What a division has: the reports of a code in some years, or those that it has no more (-1).

    `is_whole` stands for those of the divisions below that code too.
    """

    root: str
    code: str
    since: int = 0
    until: int = EVER
    sign: int = 1
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class PlaceSums:
    """What a table asks of a connection whose sums are ready.

    `whose` says whose reports are added up, None for all of them. A table of sectors has those of agencies
    with a sector alone.
    """

    conn: sqlite3.Connection
    query: TableQuery
    whose: Summed | None = None

    def of_whole(self, roots: Collection[str], by: By = "") -> dict[str, Values]:
        """Return the values of divisions with all below them, "" for the country, by division or `by`."""
        shares = [_Share(root, root or COUNTRY, is_whole=True) for root in roots]
        if has_vintage(self.conn):
            moves = moved_divisions(self.conn).moves
            shares += [
                _Share(root, move.code, move.since, move.until, move.sign)
                for root in roots
                for move in moves.get(root, ())
            ]
        return self._values(shares, by)

    def of_own(self, roots: Collection[str], *, is_summed: bool = False) -> dict[str, Values]:
        """Return the values of divisions without those below, by division, or of all of them by ""."""
        own = moved_divisions(self.conn).own if has_vintage(self.conn) else {}
        shares = [
            _Share("" if is_summed else root, code, since, until)
            for root in roots
            for code, since, until in own.get(root, ((root, 0, EVER),))
        ]
        return self._values(shares, "")

    def _values(self, shares: Sequence[_Share], by: By) -> dict[str, Values]:
        whole, own = self._whole(shares, by), self._own(shares, by)
        found = _added(shares, whole, own, _names(self.query))
        values: dict[str, Values] = defaultdict(dict)
        for (root, part, year), row in found.items():
            for column in self.query.columns:
                values[part if by else root][column.key, year] = measure_value(column.measure, row)
        return dict(values)

    def _whole(self, shares: Iterable[_Share], by: By) -> Keyed:
        """Return the sums of codes with all below them."""
        codes = {each.code for each in shares if each.is_whole}
        divided = {code for (code,) in self.conn.execute(DIVIDED)} | {COUNTRY}
        return {**self._ready(codes & divided, by), **self._read(codes - divided, by)}

    def _own(self, shares: Iterable[_Share], by: By) -> Keyed:
        return self._read({each.code for each in shares if not each.is_whole}, by)

    def _ready(self, codes: Collection[str], by: By) -> Keyed:
        filters = {name: value for name, value in self.query.filters.items() if name != "region"}
        if self.query.rows == "sector" and "sector" not in filters:
            chosen = f"sector > '{EVERY_SECTOR}'"
        else:
            chosen = "sector = :sector"
            filters.setdefault("sector", EVERY_SECTOR)
        narrowed = [f"{name} = :{name}" for name in filters if name != "sector"]
        where = " AND ".join((f"root IN ({_LISTED})", chosen, *narrowed, *_series(self.whose)))
        sql = (
            f"SELECT root AS code, {by or 'NULL'} AS part, year,"
            f" {', '.join(f'sum({name}) AS {name}' for name in _names(self.query))}"
            f" FROM main.{TABLE} WHERE {where} GROUP BY 1, 2, 3"
        )
        return self._keyed(sql, codes, filters)

    def _read(self, codes: Collection[str], by: By) -> Keyed:
        """Return the sums of codes without those below them, from their reports."""
        if not codes:
            return {}
        others = {name: value for name, value in self.query.filters.items() if name != "region"}
        where, parameters = conditions(replace(self.query, filters=others))
        where += f" AND a.region_code IN ({_LISTED})"
        where += " AND a.sector <> ''" if self.query.rows == "sector" else ""
        measures = [each.measure for each in self.query.columns]
        series = "".join(f" WHERE {each}" for each in _series(self.whose))
        sql = (
            f"SELECT region_code AS code, {by or 'NULL'} AS part, year,"
            f" count(*) AS reports, {sums(self.query.columns)} FROM"
            f" (SELECT *, {SERIES_SQL} AS series FROM"
            f" ({picked_sql(measures, where, 'main.report_summary')})){series} GROUP BY 1, 2, 3"
        )
        return self._keyed(sql, codes, parameters)

    def _keyed(self, sql: str, codes: Collection[str], parameters: Mapping[str, str]) -> Keyed:
        found = self.conn.execute(sql, {**parameters, "codes": json.dumps(sorted(codes))})
        return {(row["code"], row["part"] or "", row["year"]): dict(row) for row in found}


_LISTED = "SELECT value FROM json_each(:codes)"


def place_sums(
    conn: sqlite3.Connection, query: TableQuery, whose: Summed | None
) -> PlaceSums | None:
    """Return what answers a table from sums that are ready; None where reports have to be read."""
    is_other = "agency" in query.filters or query.filters.get("region") == COUNTRY
    if is_other or not _is_ready(conn):
        return None
    return PlaceSums(conn, query, whose)


def _is_ready(conn: sqlite3.Connection) -> bool:
    """Return whether the sums are there, and what the connection sees is known by them."""
    is_changed = conn.execute("SELECT 1 FROM sqlite_temp_master LIMIT 1").fetchone()
    if is_changed and not has_vintage(conn):
        return False
    found = conn.execute("SELECT 1 FROM main.sqlite_master WHERE name = ?", (TABLE,)).fetchone()
    return bool(found)


def _series(whose: Summed | None) -> list[str]:
    """Return SQL conditions for the series of reports that are added."""
    if whose == "governments":
        return [f"substr(series, 1, {len(GOVERNMENT)}) = '{GOVERNMENT}'"]
    return [f"series = '{BODIES}'"] if whose else []


def _names(query: TableQuery) -> list[str]:
    """Return the names of sums: all reports, then those of each measure."""
    ends = ("part", "whole", "reports")
    return ["reports", *(f"{each.key}_{end}" for each in query.columns for end in ends)]


def _added(
    shares: Iterable[_Share], whole: Keyed, own: Keyed, names: Sequence[str]
) -> dict[Key, Sums]:
    """Return the sums of shares by their roots. What has no report is left out."""
    by_code: dict[tuple[str, bool], list[tuple[str, int, Sums]]] = defaultdict(list)
    for is_whole, keyed in ((True, whole), (False, own)):
        for (code, part, year), row in keyed.items():
            by_code[code, is_whole].append((part, year, row))
    found: dict[Key, Sums] = {}
    for share in shares:
        for part, year, row in by_code.get((share.code, share.is_whole), ()):
            if share.since <= year <= share.until:
                key = (share.root, part, year)
                found[key] = add_sums(found.get(key), row, share.sign, names)
    return {key: row for key, row in found.items() if row["reports"]}
