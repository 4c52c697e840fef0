"""The index of names: regions and agencies by every form in which people type their names.

`name_list` has a row for each region, each agency and each kind of body (工业和信息化局 without a place),
the best known first: the number of a row begins with how well it is known. `name_index` is a contentless
FTS5 table with the same rowids: `forms` has the whole names, each between two boundary tokens, `parts` what
a name may be looked up by besides. Both are computed from `regions` and `agencies` alone, so that the same
content gives the same rows. Agencies that came, went or changed are queued by triggers, and their rows
alone are written again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from gongkai.archive.store import work_queue
from gongkai.archive.store.ids import name_without_region
from gongkai.archive.store.names.romanisation import romanised
from gongkai.archive.store.names.short_forms import full_names, short_names
from gongkai.archive.store.tokenizer import tokens
from gongkai.extract.chinese.agencies import short_region_name

INDEX = "name_index"
TABLES = ("name_list", INDEX, "name_version")
VERSION = "2"
"""Changes with what is indexed; an index of another version is made again."""

BOUNDARY = "\ue000"
"""A token before and after each whole name (private use)."""

MAX_NAME = 100
"""Characters of a name that are indexed. A longer one is no name."""

_LEVELS = ("province", "city", "county", "town")
_KINDS = ("government", "department", "office")
_AUTONOMOUS_REGIONS = {"内蒙古自治区": "内蒙古"}
"""Short names that the words of divisions do not give: 蒙古 is the name of a people too."""

_Above = Mapping[str, tuple[str, str | None]]
_LAST_RANK = 63

_NUMBER_BITS, _RANK_BITS, _CODE_BITS = 63, 6, 20

_REGIONS = "SELECT code, name, full_name, level, parent_code FROM regions ORDER BY code"
_AGENCIES = """
SELECT a.id, a.name, coalesce(a.region_code, ''), coalesce(g.full_name, ''), a.level, a.kind
FROM agencies a LEFT JOIN regions g ON g.code = a.region_code
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row: `kind` is region, agency or body; `word` is what texts are searched for."""

    kind: str
    key: str
    name: str
    place: str
    word: str
    forms: tuple[str, ...]
    parts: tuple[str, ...] = ()
    rank: int = 0
    code: str = ""
    body: str = ""

    @property
    def number(self) -> int:
        """A number of 63 bits: rank, code of the division where there is one, and a hash of the key."""
        hashed = sha256(f"{self.kind} {self.key}".encode()).digest()
        prefix, bits = self.rank, _RANK_BITS
        if self.code:
            prefix, bits = (prefix << _CODE_BITS) + int(self.code), bits + _CODE_BITS
        left = _NUMBER_BITS - bits
        return (prefix << left) + (int.from_bytes(hashed[:8], "big") >> 64 - left)


def is_current(conn: sqlite3.Connection) -> bool:
    """Return whether the index is there, made by this version of the divisions that there are now.

    Agencies that came or went are in the queue of work.
    """
    names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    if not names.issuperset(TABLES):
        return False
    return conn.execute("SELECT version FROM name_version").fetchall() == [(_version(conn),)]


def update_names(conn: sqlite3.Connection) -> None:
    """Bring the index up to date with the agencies that are queued. The caller commits."""
    queued = work_queue.queued(conn, "name")
    if not is_current(conn):
        write_names(conn)
    elif queued:
        write_agencies(conn, queued)
    conn.execute("DELETE FROM pending WHERE kind = 'name'")


def write_agencies(conn: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Write the rows of some agencies again, those that are gone among them. The caller commits."""
    above = _regions_above(conn)
    for key in keys:
        _update(conn, key, above)


def write_names(conn: sqlite3.Connection) -> None:
    """Make the index again. The caller commits."""
    for table in TABLES:
        conn.execute(f"DROP TABLE IF EXISTS {table}")
    conn.execute(
        "CREATE TABLE name_list (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL,"
        " name TEXT NOT NULL, place TEXT NOT NULL, word TEXT NOT NULL, code TEXT NOT NULL,"
        " body TEXT NOT NULL)"
    )
    conn.execute("CREATE UNIQUE INDEX name_list_key ON name_list(kind, key)")
    conn.execute("CREATE INDEX name_list_body ON name_list(body) WHERE body <> ''")
    conn.execute(
        "CREATE VIRTUAL TABLE name_index"
        " USING fts5(forms, parts, content='', tokenize='ascii', prefix='2 3')"
    )
    conn.execute("CREATE TABLE name_version (version TEXT PRIMARY KEY)")
    for entry in sorted(_entries(conn), key=lambda each: each.number):
        _add(conn, entry)
    conn.execute("INSERT INTO name_version VALUES (?)", [_version(conn)])


def _add(conn: sqlite3.Connection, e: _Entry) -> None:
    number = e.number
    while conn.execute("SELECT 1 FROM name_list WHERE id = ?", [number]).fetchone():
        number += 1  # two keys with the same hash, once in many archives
    conn.execute(
        "INSERT INTO name_list VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [number, e.kind, e.key, e.name, e.place, e.word, e.code, e.body],
    )
    conn.execute(
        "INSERT INTO name_index (rowid, forms, parts) VALUES (?, ?, ?)",
        [number, _marked(e.forms), _marked(e.parts)],
    )


def _remove(conn: sqlite3.Connection, number: int, e: _Entry) -> None:
    """Remove a row; a contentless index has to be told what the row said."""
    conn.execute("DELETE FROM name_list WHERE id = ?", [number])
    conn.execute(
        "INSERT INTO name_index (name_index, rowid, forms, parts) VALUES ('delete', ?, ?, ?)",
        [number, _marked(e.forms), _marked(e.parts)],
    )


def _update(conn: sqlite3.Connection, key: str, above: _Above) -> None:
    """Write the row of an agency, and that of its kind of body, as they are now."""
    had = conn.execute(
        "SELECT id, name, code, place, body FROM name_list WHERE kind = 'agency' AND key = ?", [key]
    ).fetchone()
    row = conn.execute(f"{_AGENCIES} WHERE a.id = ?", [key]).fetchone()
    if had and row and _is_written(tuple(had), tuple(row)):
        return
    if had:
        number, name, code, place, body = had
        _remove(conn, number, _agency(key, name, code, place, above))
        if not _is_borne(conn, body):
            query = "SELECT id FROM name_list WHERE kind = 'body' AND key = ?"
            (number,) = conn.execute(query, [body]).fetchone()
            _remove(conn, number, _body(body))
    if row is None:
        return
    id, name, code, place, level, kind = row
    entry = _agency(id, name, code, place, above, level, kind)
    if len(entry.body) <= MAX_NAME and not _has_body(conn, entry.body):
        _add(conn, _body(entry.body))
    _add(conn, entry)


def _is_written(had: tuple[Any, ...], row: tuple[Any, ...]) -> bool:
    """Return whether an agency is in the index as it is: then none of its names is romanised again."""
    number, name, code, place, _ = had
    id, *now, level, kind = row
    rank = _agency_rank(level, kind)
    head = _Entry("agency", id, name, place, name, (), rank=rank, code=code)
    return now == [name, code, place] and number == head.number


def _has_body(conn: sqlite3.Connection, body: str) -> bool:
    query = "SELECT 1 FROM name_list WHERE kind = 'body' AND key = ?"
    return conn.execute(query, [body]).fetchone() is not None


def _is_borne(conn: sqlite3.Connection, body: str) -> bool:
    """Return whether a kind of body stays: an agency is of it, or it is known without one."""
    # regions and kinds of bodies have none, and the index leaves them out
    is_indexed = "body <> ''" if body else "kind = 'agency'"
    query = f"SELECT 1 FROM name_list WHERE body = ? AND {is_indexed} LIMIT 1"
    is_of_agency = conn.execute(query, [body]).fetchone() is not None
    return is_of_agency or body in _known_bodies() or len(body) > MAX_NAME


def _version(conn: sqlite3.Connection) -> str:
    digest = sha256(VERSION.encode())
    for row in conn.execute(_REGIONS):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


@lru_cache(maxsize=20_000)  # the divisions of the country, and the kinds of bodies
def _marked(texts: tuple[str, ...]) -> str:
    each = (text if text.isascii() else " ".join(tokens(text)) for text in dict.fromkeys(texts))
    return f"{BOUNDARY} {f' {BOUNDARY} '.join(each)} {BOUNDARY}"


def _entries(conn: sqlite3.Connection) -> Iterator[_Entry]:
    for code, name, full_name, level, _ in conn.execute(_REGIONS).fetchall():
        yield _region(code, name, full_name, level)
    above = _regions_above(conn)
    bodies = set(_known_bodies())
    for id, name, code, place, level, kind in conn.execute(_AGENCIES).fetchall():
        entry = _agency(id, name, code, place, above, level, kind)
        bodies.add(entry.body)
        yield entry
    for body in bodies:
        if len(body) <= MAX_NAME:
            yield _body(body)


def _regions_above(conn: sqlite3.Connection) -> _Above:
    """Return the name of each region and the code of the one that it lies in."""
    return {code: (name, parent) for code, name, _, _, parent in conn.execute(_REGIONS)}


@cache
def _known_bodies() -> frozenset[str]:
    """Return the kinds of bodies that are known without an agency."""
    return frozenset(name for short, full in full_names().items() for name in (*full, short))


def _body(body: str) -> _Entry:
    forms = _all_forms((body, *short_names(body)))
    return _Entry("body", body, body, "", body, forms, rank=_LAST_RANK)


def _place_in(order: tuple[str, ...], value: str) -> int:
    return order.index(value) if value in order else len(order)


def _stem(region: str) -> str:
    """Return the short name of a region, or its name where it has none: 平罗 for 平罗县."""
    return _AUTONOMOUS_REGIONS.get(region) or short_region_name(region) or region


def _all_forms(names: Iterable[str]) -> tuple[str, ...]:
    every = [name[:MAX_NAME] for name in names]
    return (*map(_plain, every), *(form for name in every for form in romanised(name)))


def _plain(name: str) -> str:
    """Return a name as it is; one that was written in Latin letters as its tokens."""
    return " ".join(tokens(name)) if name.isascii() else name


@cache
def _region(code: str, name: str, full_name: str, level: str) -> _Entry:
    stem = _stem(name)
    place = full_name.removesuffix(name)
    whole = (name, stem, full_name)
    return _Entry(
        *("region", code, name, place, stem, _all_forms(whole), _all_forms((stem,))),
        rank=_place_in(_LEVELS, level),
        code=code,
    )


def _lineage(above: _Above, code: str | None) -> Iterator[str]:
    """Yield the name of a region and of those it lies in, the nearest first."""
    while code and code in above:
        name, code = above[code]
        yield name


def _agency(
    id: str, name: str, code: str, place: str, above: _Above, level: str = "", kind: str = ""
) -> _Entry:
    """Return the row of an agency: its name and short names after each form of its region."""
    regions = tuple(_lineage(above, code))
    body = name_without_region(name, code)
    own = [form for region in regions[:1] for form in (region, _stem(region))]
    bodies = (body, *short_names(body))
    whole = [name, *([place + body] if place else [])]
    whole += [before + each for each in bodies for before in own if before + each not in own]
    stems = [form for region in regions for form in (region, _stem(region))]
    return _Entry(
        *("agency", id, name, place, name, _all_forms(whole), _all_forms((*bodies, *stems))),
        rank=_agency_rank(level, kind),
        code=code,
        body=body,
    )


def _agency_rank(level: str, kind: str) -> int:
    """Return how well an agency is known, less than a division: 0 is the best."""
    known = _place_in(_LEVELS, level) * (len(_KINDS) + 1) + _place_in(_KINDS, kind)
    return len(_LEVELS) + 1 + known
