"""Totals of regions by the divisions of another year, from the sums that a publication has ready.

Few reports lie elsewhere in another vintage. A division's total is the ready one, without what moved out of
it, with what moved into it: what a division has of its own is its sum without those of the divisions in it.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from gongkai.archive.rollups import coverage_sums
from gongkai.archive.store.measures_sql import SummedMeasure
from gongkai.archive.store.pooled.region_totals import REGION_SUMS
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.vintage import Move, has_vintage, moved_divisions

Sums = Mapping[str, int | None]


def has_moved_totals(conn: sqlite3.Connection) -> bool:
    """Return whether a connection sees the divisions of another year over sums that are ready."""
    ready = conn.execute(
        "SELECT count(*) FROM main.sqlite_master WHERE name IN (?, ?)",
        (coverage_sums.TABLE, REGION_SUMS),
    ).fetchone()
    return has_vintage(conn) and ready[0] == 2


def load_moved_sums(
    conn: sqlite3.Connection,
    roots: Collection[str],
    measures: Iterable[SummedMeasure],
    year: int | None = None,
) -> tuple[list[Row], list[Row]]:
    """Return rows of coverage (root, year, status, n) and of sums (root, year, series, …) in the vintage.

    They are those of `load_coverage_sums` and `load_region_sums`.
    """
    tree = moved_divisions(conn)
    moves = [move for root in roots for move in tree.moves.get(root, ())]
    names = [f"{each.key}_{end}" for each in measures for end in ("part", "whole", "reports")]
    coverage = _moved(
        conn, (coverage_sums.TABLE, "status", ("n",)), roots, moves, tree.children, year
    )
    columns = ("reports", "with_failed_checks", *names)
    sums = (
        _moved(conn, (REGION_SUMS, "series", columns), roots, moves, tree.children, year)
        if names
        else []
    )
    return coverage, sums


def _moved(
    conn: sqlite3.Connection,
    source: tuple[str, str, tuple[str, ...]],
    roots: Collection[str],
    moves: Sequence[Move],
    children: Mapping[str | None, Sequence[str]],
    year: int | None,
) -> list[Row]:
    """Return the rows of a table of sums with what moved. The first column counts: without it there is no row."""
    table, kind, columns = source
    codes = {each.code for each in moves}
    needed = {*roots, *codes, *(below for code in codes for below in children.get(code, ()))}
    kept: dict[str, dict[tuple[int, str], Sums]] = defaultdict(dict)
    in_year = "" if year is None else " AND year = :year"
    for row in conn.execute(
        f"SELECT root, year, {kind}, {', '.join(columns)} FROM main.{table}"
        f" WHERE root IN (SELECT value FROM json_each(:roots)){in_year}",
        {"roots": json.dumps(sorted(needed)), "year": year},
    ):
        kept[row["root"]][row["year"], row[kind]] = dict(row)
    found = {root: dict(kept[root]) for root in roots}
    for move in moves:
        for code, sign in (
            (move.code, move.sign),
            *((c, -move.sign) for c in children.get(move.code, ())),
        ):
            for key, sums in kept[code].items():
                if move.since <= key[0] <= move.until:
                    found[move.root][key] = add_sums(found[move.root].get(key), sums, sign, columns)
    return [
        {**sums, "root": root, "year": key[0], kind: key[1]}
        for root, rows in found.items()
        for key, sums in rows.items()
        if sums[columns[0]]
    ]


def add_sums(
    sums: Sums | None, change: Sums, sign: int, columns: Sequence[str]
) -> dict[str, int | None]:
    """Return sums, None for none, with others added, or taken away where `sign` is -1.

    Columns that end in _reports say over how many reports those before it are.
    """
    added: dict[str, int | None] = {
        name: ((sums or {}).get(name) or 0) + sign * (change[name] or 0) for name in columns
    }
    for name in columns:
        key, _, end = name.rpartition("_")
        if end == "reports" and not added[name]:  # the sum over no report is not zero
            added[f"{key}_part"] = added[f"{key}_whole"] = None
    return added
