"""Values for examples come from the latest reports, found by an index."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from gongkai.publish.interface import example_values


def test_no_table_of_reports_is_read_as_a_whole(rich: Path) -> None:
    """An archive may have millions of reports."""
    with closing(sqlite3.connect(rich)) as conn:
        plan = [
            row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {example_values.LATEST_REPORT}")
        ]
    scans = {step for step in plan if step.startswith("SCAN")}
    assert scans == {"SCAN reports USING INDEX reports_published", "SCAN r"}
