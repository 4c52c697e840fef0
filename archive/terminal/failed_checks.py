"""The failed checks of the whole archive, or of some of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from gongkai.archive.terminal.report_view import finding


def failed(conn: sqlite3.Connection, rule: str = "", report_id: str = "") -> list[dict[str, Any]]:
    """Return failed checks with the title of their report, by report and rule."""
    found = conn.execute(
        "SELECT c.*, r.title, r.url FROM checks c JOIN reports r ON r.id = c.report_id"
        " WHERE (? = '' OR c.rule = ?) AND (? = '' OR c.report_id = ?)"
        " ORDER BY c.report_id, c.rule, c.scope, c.id",
        [rule, rule, report_id, report_id],
    )
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def render(checks: list[dict[str, Any]]) -> Iterator[str]:
    """Yield failed checks as lines for a person, each report with its own."""
    for _, group in groupby(checks, lambda check: check["report_id"]):
        of_report: list[Mapping[str, Any]] = list(group)
        yield f"{of_report[0]['title']}  {of_report[0]['report_id']}"
        for check in of_report:
            yield from (f"  {line}" for line in finding(check))
        yield ""
    yield f"{len(checks)} 项核对未通过 checks failed"
