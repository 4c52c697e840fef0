"""Administrative divisions as the pages need them: those above one, below it, or by code."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

ANCESTORS = """
WITH RECURSIVE above(code, name, parent_code, depth) AS (
    SELECT code, name, parent_code, 0 FROM regions WHERE code = ?
    UNION
    SELECT r.code, r.name, r.parent_code, depth + 1
    FROM regions r JOIN above ON r.code = above.parent_code WHERE depth < 5
)
SELECT code, name FROM above ORDER BY depth DESC
"""


@dataclass(frozen=True, slots=True)
class Region:
    """An administrative division."""

    code: str
    name: str


def load_ancestors(conn: sqlite3.Connection, code: str | None) -> tuple[Region, ...]:
    """Return the divisions from the province down to `code`, or () if the code is unknown."""
    return tuple(Region(row[0], row[1]) for row in conn.execute(ANCESTORS, (code,)))


UNDER = """under(root, code) AS (
    SELECT value, value FROM json_each(:roots)
    UNION SELECT u.root, g.code FROM regions g JOIN under u ON g.parent_code = u.code
)"""
"""SQL: each of :roots (a JSON list of codes) with itself and all divisions below it."""

COUNTRY = ""
"""Stands for the whole country, above the provinces."""


def load_children(conn: sqlite3.Connection, code: str) -> tuple[Region, ...]:
    """Return the divisions right below one, or the provinces for the country, in order of code."""
    rows = conn.execute(
        "SELECT code, name FROM regions WHERE coalesce(parent_code, '') = ? ORDER BY code", (code,)
    )
    return tuple(Region(row[0], row[1]) for row in rows)


def load_successors(conn: sqlite3.Connection, code: str) -> tuple[Region, ...]:
    """Return the divisions that followed one that ended, in order of code."""
    rows = conn.execute(
        "SELECT s.code, s.name FROM regions g JOIN json_each('[\"' || replace("
        "g.successors, ' ', '\",\"') || '\"]') each JOIN regions s ON s.code = each.value"
        " WHERE g.code = ? ORDER BY s.code",
        (code,),
    )
    return tuple(Region(row[0], row[1]) for row in rows)


def load_predecessors(conn: sqlite3.Connection, code: str) -> tuple[Region, ...]:
    """Return the divisions that ended and that one followed, in order of code."""
    rows = conn.execute(
        "SELECT code, name FROM regions WHERE valid_to IS NOT NULL AND instr(successors, ?)"
        " ORDER BY code",
        (code,),
    )
    return tuple(Region(row[0], row[1]) for row in rows)


def load_regions(conn: sqlite3.Connection, codes: Sequence[str]) -> tuple[Region, ...]:
    """Return the divisions with these codes, in order of code."""
    marks = ", ".join("?" * len(codes))
    rows = conn.execute(
        f"SELECT code, name FROM regions WHERE code IN ({marks}) ORDER BY code", list(codes)
    )
    return tuple(Region(row[0], row[1]) for row in rows)
