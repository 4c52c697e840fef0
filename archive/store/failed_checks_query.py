"""The failed checks of an archive, as rows."""

from __future__ import annotations

import sqlite3
from typing import Any


def query_failed_checks(
    conn: sqlite3.Connection, rule: str = "", report_id: str = ""
) -> list[dict[str, Any]]:
    """Return failed checks with the title of their report, by report and rule."""
    found = conn.execute(
        "SELECT c.*, r.title, r.url FROM checks c JOIN reports r ON r.id = c.report_id"
        " WHERE (? = '' OR c.rule = ?) AND (? = '' OR c.report_id = ?)"
        " ORDER BY c.report_id, c.rule, c.scope, c.id",
        [rule, rule, report_id, report_id],
    )
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]
