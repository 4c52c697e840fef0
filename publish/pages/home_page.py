"""The home page: the archive at a glance."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from gongkai.archive.rollups import site_numbers
from gongkai.archive.rollups.chains import has_rollup
from gongkai.archive.rollups.list_specs import CHANGES
from gongkai.archive.store.pooled.region_totals import COUNTRY as WHOLE_COUNTRY
from gongkai.archive.store.pooled.region_totals import REGION_SUMS
from gongkai.publish.datasette_types import Row
from gongkai.publish.pages.places.region_tree import COUNTRY, Region, load_children
from gongkai.publish.pages.places.totals import EMPTY, Total, Totals, load_totals
from gongkai.publish.pages.report.removals import removals_sql
from gongkai.publish.wording.questions import asked_year, questions

LATEST = 8
CONTRADICTORY = 6
MOST_CHANGES = 5

EXAMPLES = ("行政复议", "不予公开", "三审三校", "工作秘密", "政务新媒体")
"""Words that the page suggests for a search."""

REPORTS = """
SELECT r.id, r.title, r.year, r.published_on, r.status, r.checks_failed,
       a.name AS agency, g.full_name AS region
FROM reports r JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code
"""

_CONTRADICTORY = """
SELECT r.id, r.title, r.year, r.published_on, r.status, f.n AS checks_failed,
       a.name AS agency, g.full_name AS region
FROM ({found} LIMIT ?) f JOIN reports r ON r.rowid = f."row"
JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code
ORDER BY f.n DESC, r.year DESC, r.id"""

_BY_YEAR = """
SELECT year, count(*) AS reports FROM reports WHERE year IS NOT NULL GROUP BY year ORDER BY year
"""
_READY_BY_YEAR = f"""
SELECT year, sum(reports) AS reports FROM {REGION_SUMS}
WHERE root = '{WHOLE_COUNTRY}' AND year IS NOT NULL GROUP BY year ORDER BY year
"""

_CHANGED = """
SELECT e.event, e.at, r.id, r.title, g.full_name AS region
FROM (SELECT 'edited' AS event, report_id, max(seen_at) AS at FROM changes GROUP BY report_id
      UNION ALL SELECT 'removed', report_id, at FROM ({removals})) e
JOIN reports r ON r.id = e.report_id JOIN agencies a ON a.id = r.agency_id
LEFT JOIN regions g ON g.code = a.region_code ORDER BY e.at DESC, r.id, e.event LIMIT ?
"""

_READY_CHANGED = f"""
SELECT e.event, e.date AS at, r.id, r.title, g.full_name AS region
FROM (SELECT * FROM {CHANGES.rows_table} l
      WHERE event = 'removed' OR NOT EXISTS (
        SELECT 1 FROM {CHANGES.rows_table} k WHERE k."row" = l."row" AND k.event = 'edited'
        AND k.place < l.place)
      ORDER BY place LIMIT ?) e
JOIN reports r ON r.rowid = e."row" JOIN agencies a ON a.id = r.agency_id
LEFT JOIN regions g ON g.code = a.region_code ORDER BY e.place
"""


@dataclass(frozen=True, slots=True)
class Overview:
    """What the home page shows.

    `latest` are the reports published last, `contradictory` those with the most contradictions, `years`
    the number of reports of each year, `changed` the last edits and removals.
    """

    counts: Row
    latest: tuple[Row, ...]
    contradictory: tuple[Row, ...]
    years: tuple[Row, ...]
    changed: tuple[Row, ...]
    provinces: tuple[Region, ...]
    coverage: Totals

    def total(self, code: str, year: object) -> Total:
        """Return the total of a province in a year: how many reports there are, and were due."""
        return self.coverage.get((code, int(str(year))), EMPTY)

    @property
    def asked_year(self) -> int | None:
        """The latest year for which most reports are there."""
        return asked_year([(row["year"], row["reports"]) for row in reversed(self.years)])

    @property
    def questions(self) -> tuple[tuple[str, str], ...]:
        """The questions that readers ask, with the paths that answer them."""
        return questions(self.asked_year)

    @property
    def most(self) -> int:
        """The number of reports in the year with the most, at least 1."""
        return max((int(str(row["reports"])) for row in self.years), default=1)


def load_overview(conn: sqlite3.Connection) -> Overview:
    """Return what the home page shows. Rows of `conn` must be sqlite3.Row."""
    below = load_children(conn, COUNTRY)
    coverage = load_totals(conn, [each.code for each in below])
    known = {code for (code, _), total in coverage.items() if total.due}
    is_ready = has_rollup(conn, site_numbers.NUMBERS)
    numbers = site_numbers.NUMBERS if is_ready else f"({site_numbers.COUNTS})"
    found = (
        site_numbers.READY_CONTRADICTING
        if is_ready
        else f"SELECT * FROM ({site_numbers.CONTRADICTING})"
    )
    changed = _READY_CHANGED if is_ready else _CHANGED.format(removals=removals_sql(conn))
    provinces = tuple(each for each in below if each.code in known)
    return Overview(
        counts=conn.execute(f"SELECT * FROM {numbers}").fetchone(),
        latest=tuple(
            conn.execute(
                f"{REPORTS} ORDER BY r.published_on DESC, r.first_seen DESC, r.id LIMIT ?",
                (LATEST,),
            )
        ),
        contradictory=tuple(conn.execute(_CONTRADICTORY.format(found=found), (CONTRADICTORY,))),
        years=tuple(conn.execute(_READY_BY_YEAR if is_ready else _BY_YEAR)),
        changed=tuple(conn.execute(changed, (MOST_CHANGES,))),
        provinces=provinces,
        coverage=coverage,
    )
