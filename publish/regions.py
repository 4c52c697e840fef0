"""Administrative divisions as the pages need them: the chain above one."""

from __future__ import annotations

import sqlite3
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
