"""The regions above each region: a report of a county counts for its province too."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping


def load_chains(conn: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Return for each region the codes of itself and of all regions above it."""
    parents = dict(conn.execute("SELECT code, parent_code FROM regions"))
    return {code: _chain(code, parents) for code in parents}


def _chain(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    chain: list[str] = []
    current: str | None = code
    while current and current not in chain:  # a region that is above itself would never end
        chain.append(current)
        current = parents.get(current)
    return tuple(chain)
