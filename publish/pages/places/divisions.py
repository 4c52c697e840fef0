"""Administrative divisions as the pages need them: the chain above one."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

CHAIN = """
with recursive above(code, name, parent_code, depth) as (
    select code, name, parent_code, 0 from regions where code = ?
    union
    select r.code, r.name, r.parent_code, depth + 1
    from regions r join above on r.code = above.parent_code where depth < 5
)
select code, name from above order by depth desc
"""


@dataclass(frozen=True, slots=True)
class Region:
    """A division."""

    code: str
    name: str


def chain(conn: sqlite3.Connection, code: str | None) -> tuple[Region, ...]:
    """Return the divisions from the province down to `code`; none where it is unknown."""
    return tuple(Region(row[0], row[1]) for row in conn.execute(CHAIN, (code,)))


UNDER = """under(root, code) as (
    select value, value from json_each(:roots)
    union select u.root, g.code from regions g join under u on g.parent_code = u.code
)"""
"""SQL: the divisions within each of :roots (a JSON list of codes), each root itself included."""

COUNTRY = ""
"""Stands for the whole country, above the provinces."""


def children(conn: sqlite3.Connection, code: str) -> tuple[Region, ...]:
    """Return the divisions right below one, or the provinces for the country, in order of code."""
    rows = conn.execute(
        "select code, name from regions where coalesce(parent_code, '') = ? order by code", (code,)
    )
    return tuple(Region(row[0], row[1]) for row in rows)


def named(conn: sqlite3.Connection, codes: Sequence[str]) -> tuple[Region, ...]:
    """Return the divisions with these codes, in order of code."""
    marks = ", ".join("?" * len(codes))
    rows = conn.execute(
        f"select code, name from regions where code in ({marks}) order by code", list(codes)
    )
    return tuple(Region(row[0], row[1]) for row in rows)


def used(conn: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    """Return (code, full name) of every division with agencies in it or below it."""
    rows = conn.execute(
        "with recursive used(code) as ("
        " select distinct region_code from agencies where region_code is not null"
        " union select g.parent_code from regions g join used u on g.code = u.code"
        " where g.parent_code is not null)"
        " select g.code, g.full_name from used u join regions g on g.code = u.code order by g.code"
    )
    return tuple((row[0], row[1]) for row in rows)
