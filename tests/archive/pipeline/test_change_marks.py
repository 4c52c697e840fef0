"""Where edited passages differ is found by the build and stored."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.archive.folder import Folder
from tests.archive.pipeline.test_sentence_diff import ARTICLE, FIRST, edited

CHANGED = FIRST.replace("若干", "五")


def edit(folder: Folder) -> None:
    """Fetch and build a report that is then edited."""
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, edited(FIRST))
    folder.build()
    folder.fetch("2025-04-01T02:00:00Z", ARTICLE, edited(CHANGED))
    folder.build()


def test_the_build_marks_what_differs(folder: Folder) -> None:
    """A row for each edited passage, step by step and in a rebuild alike."""
    edit(folder)
    rows = folder.rows(
        "SELECT part, item, field, old_marks, new_marks FROM change_marks ORDER BY 1"
    )
    at = FIRST.index("若干")
    marks = (f"[[{at},{at + 2}]]", f"[[{at},{at + 1}]]")
    assert rows == [("sections", "1", "text", *marks), ("sentences", "1", "0001", *marks)]
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def test_an_older_archive_is_filled_by_the_next_build(folder: Folder) -> None:
    """As if this version had built it."""
    edit(folder)
    whole = folder.dump()
    with closing(sqlite3.connect(folder.db)) as conn, conn:
        conn.execute("DROP TABLE change_marks")
        conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'change_marks'")

    folder.build()

    assert folder.dump() == whole
    assert folder.build().has_changes is False
