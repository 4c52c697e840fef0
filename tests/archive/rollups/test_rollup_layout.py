"""A file whose roll-ups are laid out in another way is known as such."""

from __future__ import annotations

import sqlite3
from hashlib import sha256

import pytest

from gongkai.archive.rollups import every_rollup
from gongkai.archive.rollups.rollup_layout import LAYOUT, has_other_layout

DEFINITIONS = {"1": "ecdcb2fe7e689fc30183b092d3b27a696d43708ffb71597cbfb4b503b3c1a10b"}
"""For each layout, the digest of the definitions of its tables and indexes.

A table that pages look for first may be added to a layout: they do without it in an older publication.
"""


def test_other_definitions_are_another_layout(conn: sqlite3.Connection) -> None:
    """Whoever changes a table raises `LAYOUT`; the digest is written here, also that of an added table."""
    marks = ", ".join("?" * len(every_rollup.TABLES))
    found = conn.execute(
        f"SELECT sql FROM sqlite_master WHERE tbl_name IN ({marks}) AND sql IS NOT NULL"
        " ORDER BY type, name",
        every_rollup.TABLES,
    ).fetchall()
    assert sha256(repr([tuple(row) for row in found]).encode()).hexdigest() == DEFINITIONS[LAYOUT]


@pytest.mark.parametrize(
    ("change", "is_other"),
    [
        ("", False),
        ("UPDATE rollup_layout SET layout = 'another'", True),
        ("DROP TABLE rollup_layout", True),
    ],
)
def test_the_layout_of_a_file(conn: sqlite3.Connection, change: str, is_other: bool) -> None:
    """A file from before there were layouts has another one."""
    conn.execute(change)
    assert has_other_layout(conn) is is_other


def test_a_file_that_was_not_published_has_no_layout() -> None:
    with sqlite3.connect(":memory:") as conn:
        assert not has_other_layout(conn)
