"""The divisions of one year for all years: views that stand in for the archive's for one request.

Reports of a division that ended count for the one that followed it, those of a division that was founded
later for the one that it was made of. Where that would be several, they count for what lies above all.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gongkai.extract.chinese.vintages import FIRST, LAST, divisions_in, placements
from gongkai.publish.datasette_types import Arguments
from gongkai.publish.http.query_args import BadValue, positive_int

VINTAGES = tuple(range(LAST, FIRST - 1, -1))
"""The years whose divisions a page can show, the latest first."""

MOST_KEPT = 2 * len(VINTAGES)
"""Years of a file whose moved divisions are kept: all of the one that is served, and of the next."""

EVER = 9999
"""After every year of a report."""

Parents = Mapping[str, str | None]

_PLACED = """
LEFT JOIN temp.vintage_places p ON p.code = x.region_code AND x.year BETWEEN p.since AND p.until
LEFT JOIN temp.regions g ON g.code = CASE WHEN p.code IS NULL THEN x.region_code ELSE p.place END
"""
_AGENCIES = """
LEFT JOIN temp.vintage_places p ON p.code = x.region_code AND p.until =
  (SELECT max(q.until) FROM temp.vintage_places q WHERE q.code = x.region_code)
LEFT JOIN temp.regions g ON g.code = CASE WHEN p.code IS NULL THEN x.region_code ELSE p.place END
"""


def read_vintage(args: Arguments) -> int | None:
    """Return the year whose divisions an address asks for, None where it asks for none.

    Raises:
        BadValue: There are no divisions of that year, or the archive is asked for as of a day too.
    """
    vintage = positive_int(args, "vintage")
    if vintage and (vintage not in VINTAGES or args.get("as_of")):
        raise BadValue(str(vintage))
    return vintage


@dataclass(frozen=True, slots=True)
class Move:
    """What a division has of its own for some years, which a region has in addition, or has no more."""

    root: str
    code: str
    since: int
    until: int
    sign: int


@dataclass(frozen=True, slots=True)
class MovedDivisions:
    """What lies elsewhere in a vintage, by the region that has it more or less; the divisions right below each.

    `own` has the codes whose reports stand for a division without those below it, with the first and last
    year, for each division that has not just those of its own code in all years.
    """

    moves: Mapping[str, tuple[Move, ...]]
    children: Mapping[str | None, tuple[str, ...]]
    own: Mapping[str, tuple[tuple[str, int, int], ...]]


_moved: OrderedDict[tuple[str, int, int, int], MovedDivisions] = OrderedDict()


@contextmanager
def divisions_then(conn: sqlite3.Connection, vintage: int | None) -> Iterator[None]:
    """Let queries of the block see the divisions of a year; the connection is used by nobody else."""
    if vintage is None:
        yield
        return
    made: list[tuple[str, str]] = []
    try:
        _make(conn, "TABLE", "regions", _columns_of(conn, "regions"), made)
        rows = [
            (r.code, r.name, r.full_name, r.level, r.parent_code or None)
            for r in divisions_in(vintage).values()
        ]
        conn.executemany(
            "INSERT INTO temp.regions (code, name, full_name, level, parent_code)"
            " VALUES (?, ?, ?, ?, ?)",
            rows,
        )
        _make(conn, "VIEW", "vintage_shown", f"AS SELECT {vintage} AS year", made)
        columns = "(code, since, until, place, PRIMARY KEY (code, since)) WITHOUT ROWID"
        _make(conn, "TABLE", "vintage_places", columns, made)
        conn.executemany(
            "INSERT INTO temp.vintage_places VALUES (?, ?, ?, ?)",
            [(each.code, each.since, each.until, each.place) for each in placements(vintage)],
        )
        for name, joined in (
            *((name, _PLACED) for name in ("report_summary", "coverage")),
            ("agencies", _AGENCIES),
        ):
            sql = f"AS SELECT {_placed(conn, name)} FROM main.{name} x {joined}"
            _make(conn, "VIEW", name, sql, made)
        if conn.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'region_sums'").fetchone():
            sql = "AS SELECT * FROM main.region_sums WHERE 0"  # its sums are of other divisions
            _make(conn, "VIEW", "region_sums", sql, made)
        yield
    finally:
        for kind, name in reversed(made):
            conn.execute(f"DROP {kind} IF EXISTS temp.{name}")


def _make(
    conn: sqlite3.Connection, kind: str, name: str, sql: str, made: list[tuple[str, str]]
) -> None:
    made.append((kind, name))
    conn.execute(f"CREATE TEMP {kind} {name} {sql}")


def _columns_of(conn: sqlite3.Connection, table: str) -> str:
    """Return columns like those of a table, the first of them as key."""
    names = [row[1] for row in conn.execute(f"PRAGMA main.table_info({table})")]
    return f"({names[0]} PRIMARY KEY, {', '.join(names[1:])})"


def _placed(conn: sqlite3.Connection, table: str) -> str:
    """Return the columns of a table with the division of the vintage and its name."""
    placed = {"region_code": "g.code", "region": "g.full_name"}
    names = [row[1] for row in conn.execute(f"PRAGMA main.table_info({table})")]
    return ", ".join(
        f"{placed[name]} AS {name}" if name in placed else f"x.{name}" for name in names
    )


def has_vintage(conn: sqlite3.Connection) -> bool:
    """Return whether a connection sees the divisions of another year."""
    sql = "SELECT 1 FROM sqlite_temp_master WHERE name = 'vintage_places'"
    return bool(conn.execute(sql).fetchone())


def moved_divisions(conn: sqlite3.Connection) -> MovedDivisions:
    """Return what lies elsewhere in the divisions that a connection sees; it is kept for their year and file."""
    (vintage,) = conn.execute("SELECT year FROM temp.vintage_shown").fetchone()
    path = Path(conn.execute("PRAGMA database_list").fetchone()[2])
    about = path.stat()
    key = (str(path), about.st_mtime_ns, about.st_size, vintage)
    found = _moved.pop(key, None) or _find_moved(conn, vintage)
    _moved[key] = found
    while len(_moved) > MOST_KEPT:
        _moved.popitem(last=False)
    return found


def _find_moved(conn: sqlite3.Connection, vintage: int) -> MovedDivisions:
    now: Parents = dict(conn.execute("SELECT code, parent_code FROM main.regions").fetchall())
    then: Parents = {code: each.parent_code for code, each in divisions_in(vintage).items()}
    placed: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for each in placements(vintage):
        placed[each.code].append((each.since, each.until, each.place))
    moves: dict[str, list[Move]] = defaultdict(list)
    own: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for code in sorted({*now, *then}):
        for since, until, place in _spans(code, placed.get(code, ())):
            own[place].append((code, since, until))
            before, after = _chain(code, now), _chain(place, then)
            for root in before ^ after:
                moves[root].append(Move(root, code, since, until, 1 if root in after else -1))
    children: dict[str | None, list[str]] = defaultdict(list)
    for code, parent in now.items():
        children[parent].append(code)
    return MovedDivisions(
        {root: tuple(found) for root, found in moves.items()},
        {code: tuple(below) for code, below in children.items()},
        {
            place: tuple(own[place])
            for place in sorted({*placed, *own})
            if own[place] != [(place, 0, EVER)]
        },
    )


def _spans(code: str, placed: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield all years with the division of the vintage to which reports belong, by default their own."""
    start = 0
    for since, until, place in placed:
        if since > start:
            yield start, since - 1, code
        yield since, until, place
        start = until + 1
    if start <= EVER:
        yield start, EVER, code


def _chain(code: str, parents: Parents) -> set[str]:
    chain: set[str] = set()
    current: str | None = code
    while current and current in parents and current not in chain:
        chain.add(current)
        current = parents[current]
    return chain
