"""Columns of the public file with the types that sheets, Parquet and the data package give them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "integer", "number", "date", "datetime"]

_KINDS: dict[str, Kind] = {"TEXT": "string", "INTEGER": "integer", "REAL": "number"}
_TIMES: dict[str, Kind] = {
    **dict.fromkeys(("published_on", "deadline"), "date"),
    **dict.fromkeys(("first_seen", "last_seen", "seen_at", "fetched_at"), "datetime"),
}
_OF_CELLS: dict[str, Kind] = {"value": "number", "part": "string", "item": "string"}
"""Of the one view that stays: it unites columns, of which SQLite tells the type of the first."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and the table and column it points to, if it does."""

    name: str
    kind: Kind
    required: bool = False
    references: tuple[str, str] | None = None


def table_columns(conn: sqlite3.Connection, table: str) -> tuple[Column, ...]:
    """Return the columns of a table or view in their order."""
    leads = {
        start: (target, end)
        for _, _, target, start, end, *_ in conn.execute(f"PRAGMA foreign_key_list({table})")
    }
    return tuple(
        Column(name, _kind(table, name, declared), bool(required or key), leads.get(name))
        for _, name, declared, required, _, key in conn.execute(f"PRAGMA table_info({table})")
    )


def primary_key(conn: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """Return the columns of the primary key, none where there is none."""
    told = conn.execute(f"PRAGMA table_info({table})").fetchall()
    return tuple(name for _, name in sorted((row[5], row[1]) for row in told if row[5]))


def _kind(table: str, name: str, declared: str) -> Kind:
    if table == "cells":
        return _OF_CELLS.get(name, "string")
    return _TIMES.get(name) or _KINDS.get(declared, "number")
