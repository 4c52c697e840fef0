"""The index of names: regions and agencies by every form in which people type their names.

`name_list` has a row for each region, each agency and each kind of body (工业和信息化局 without a place),
the best known first. `name_index` is a contentless FTS5 table with the same rowids: `forms` has the whole
names, each between two boundary tokens, `parts` what a name may be looked up by besides. Both are computed
from `regions` and `agencies` alone, so that the same content gives the same rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from gongkai.archive.store.ids import name_without_region
from gongkai.archive.store.names.romanisation import romanised
from gongkai.archive.store.names.short_forms import full_names, short_names
from gongkai.archive.store.tokenizer import tokens
from gongkai.extract.chinese.agencies import short_region_name

INDEX = "name_index"
TABLES = ("name_list", INDEX, "name_version")
VERSION = "1"
"""Changes with what is indexed; an index of another version is made again."""

BOUNDARY = "\ue000"
"""A token before and after each whole name (private use)."""

MAX_NAME = 100
"""Characters of a name that are indexed. A longer one is no name."""

_LEVELS = ("province", "city", "county", "town")
_KINDS = ("government", "department", "office")
_AUTONOMOUS_REGIONS = {"内蒙古自治区": "内蒙古"}
"""Short names that the words of divisions do not give: 蒙古 is the name of a people too."""

_REGIONS = "SELECT code, name, full_name, level, parent_code FROM regions ORDER BY code"
_AGENCIES = """
SELECT a.id, a.name, coalesce(a.region_code, ''), coalesce(g.full_name, ''), a.level, a.kind
FROM agencies a LEFT JOIN regions g ON g.code = a.region_code ORDER BY a.id
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


def is_current(conn: sqlite3.Connection) -> bool:
    """Return whether the index is there and made of the names that the tables have now."""
    names = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    if not names.issuperset(TABLES):
        return False
    return conn.execute("SELECT version FROM name_version").fetchall() == [(_version(conn),)]


def write_names(conn: sqlite3.Connection) -> None:
    """Make the index again. The caller commits."""
    for table in TABLES:
        conn.execute(f"DROP TABLE IF EXISTS {table}")
    conn.execute(
        "CREATE TABLE name_list (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL,"
        " name TEXT NOT NULL, place TEXT NOT NULL, word TEXT NOT NULL)"
    )
    conn.execute(
        "CREATE VIRTUAL TABLE name_index"
        " USING fts5(forms, parts, content='', tokenize='ascii', prefix='2 3')"
    )
    conn.execute("CREATE TABLE name_version (version TEXT PRIMARY KEY)")
    numbered = list(enumerate(_entries(conn), 1))
    conn.executemany(
        "INSERT INTO name_list VALUES (?, ?, ?, ?, ?, ?)",
        ((number, e.kind, e.key, e.name, e.place, e.word) for number, e in numbered),
    )
    conn.executemany(
        "INSERT INTO name_index (rowid, forms, parts) VALUES (?, ?, ?)",
        ((number, _marked(e.forms), _marked(e.parts)) for number, e in numbered),
    )
    conn.execute("INSERT INTO name_version VALUES (?)", [_version(conn)])


def _version(conn: sqlite3.Connection) -> str:
    digest = sha256(VERSION.encode())
    for query in (_REGIONS, _AGENCIES):
        for row in conn.execute(query):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _marked(texts: Iterable[str]) -> str:
    each = (text if text.isascii() else " ".join(tokens(text)) for text in dict.fromkeys(texts))
    return f"{BOUNDARY} {f' {BOUNDARY} '.join(each)} {BOUNDARY}"


def _entries(conn: sqlite3.Connection) -> Iterator[_Entry]:
    regions = conn.execute(_REGIONS).fetchall()
    for code, name, full_name, *_ in sorted(regions, key=lambda row: _place_in(_LEVELS, row[3])):
        yield _region(code, name, full_name)
    above = {code: (name, parent) for code, name, _, _, parent in regions}
    agencies = conn.execute(_AGENCIES).fetchall()
    agencies.sort(key=lambda row: (_place_in(_LEVELS, row[4]), _place_in(_KINDS, row[5])))
    bodies: dict[str, None] = {}
    for id, name, code, place, *_ in agencies:
        body = name_without_region(name, code)
        bodies[body] = None
        yield _agency(id, name, body, place, tuple(_lineage(above, code)))
    for short, full in full_names().items():
        bodies |= dict.fromkeys((*full, short))
    for body in sorted(bodies):
        if len(body) <= MAX_NAME:
            yield _Entry("body", body, body, "", body, _all_forms((body, *short_names(body))))


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


def _region(code: str, name: str, full_name: str) -> _Entry:
    stem = _stem(name)
    place = full_name.removesuffix(name)
    whole = (name, stem, full_name)
    return _Entry("region", code, name, place, stem, _all_forms(whole), _all_forms((stem,)))


def _lineage(above: Mapping[str, tuple[str, str | None]], code: str | None) -> Iterator[str]:
    """Yield the name of a region and of those it lies in, the nearest first."""
    while code and code in above:
        name, code = above[code]
        yield name


def _agency(id: str, name: str, body: str, place: str, regions: tuple[str, ...]) -> _Entry:
    """Return the row of an agency: its name and short names after each form of its region."""
    own = [form for region in regions[:1] for form in (region, _stem(region))]
    bodies = (body, *short_names(body))
    whole = [name, *([place + body] if place else [])]
    whole += [before + each for each in bodies for before in own if before + each not in own]
    stems = [form for region in regions for form in (region, _stem(region))]
    return _Entry("agency", id, name, place, name, _all_forms(whole), _all_forms((*bodies, *stems)))
