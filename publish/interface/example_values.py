"""Values of an archive for examples, so that every example of the description works where it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from gongkai.clock import china_day

# the latest reports alone, by the index: an archive may have millions
LATEST_REPORT = """
SELECT r.id AS report_id, r.agency_id, r.year, r.last_seen, a.region_code, a.name, a.sector,
       EXISTS (SELECT 1 FROM requests q WHERE q.report_id = r.id) AS has_requests
FROM (SELECT * FROM reports ORDER BY published_on DESC LIMIT 100) r
JOIN agencies a ON a.id = r.agency_id
ORDER BY a.region_code IS NULL, has_requests DESC, a.sector = '', r.published_on DESC, r.id LIMIT 1
"""

WORDS = "公开"
"""Words that every report has."""


def load_example_values(conn: sqlite3.Connection) -> Mapping[str, str]:
    """Return values by the names that parameters use, those of a report with figures if there is one.

    An archive without reports has none that depend on it.
    """
    fixed = {"words": WORDS, "table": "reports"}
    row = conn.execute(LATEST_REPORT).fetchone()
    if row is None:
        return fixed
    cell = {"part": "requests", "item": "new", "field": "total"}
    found = {
        "report_id": row["report_id"],
        "agency_id": row["agency_id"],
        "region_code": row["region_code"] or "",
        "year": str(row["year"]),
        "name": row["name"][:40],
        "sector": row["sector"][:40],
        "day": china_day(row["last_seen"]),
        "table_order": f"-requests_handled.{row['year']}",
    }
    return {**fixed, **found, **(cell if row["has_requests"] else {})}
