"""The archive at a glance, for the home page."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.publish.pages.places.divisions import COUNTRY, Region, children
from gongkai.publish.pages.places.totals import EMPTY, Total, Totals, totals

LATEST = 8
DOUBTFUL = 6
CHANGES = 5

EXAMPLES = ("行政复议", "不予公开", "三审三校", "工作秘密", "政务新媒体")
"""Words to try the search with."""

COUNTS = """
select (select count(*) from reports) as reports,
       (select count(distinct agency_id) from reports) as agencies,
       (select count(distinct a.region_code) from reports r join agencies a on a.id = r.agency_id)
           as regions,
       (select count(distinct year) from reports) as years,
       (select min(year) from reports) as first_year,
       (select max(year) from reports) as last_year,
       (select count(*) from checks) as checks,
       (select max(fetched_at) from snapshots) as last_crawl
"""

REPORTS = """
select r.id, r.title, r.year, r.published_on, r.status, r.checks_failed,
       a.name as agency, g.full_name as region
from reports r join agencies a on a.id = r.agency_id left join regions g on g.code = a.region_code
"""

NO_CONTRADICTION = (
    *("deadline", "near_duplicate", "foreign_place"),
    *("section_missing", "section_empty", "row_shape"),
)
"""Rules that find something else in a report than numbers and words that disagree."""

DISAGREEING = f"""
with found(report_id, n) as (
  select report_id, count(*) from checks
  where verdict = 'source' and rule not in ({", ".join(f"'{rule}'" for rule in NO_CONTRADICTION)})
  group by report_id)
select r.id, r.title, r.year, r.published_on, r.status, f.n as checks_failed,
       a.name as agency, g.full_name as region
from found f join reports r on r.id = f.report_id
join agencies a on a.id = r.agency_id left join regions g on g.code = a.region_code
order by f.n desc, r.year desc, r.id limit ?"""

BY_YEAR = "select year, count(*) as reports from reports where year is not null group by year"

CHANGED = """
select e.event, e.at, r.id, r.title, g.full_name as region
from (select 'edited' as event, report_id, max(seen_at) as at from changes group by report_id
      union all select 'removed', id, last_seen from reports where status = 'removed') e
join reports r on r.id = e.report_id join agencies a on a.id = r.agency_id
left join regions g on g.code = a.region_code order by e.at desc, r.id, e.event limit ?
"""

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts, the reports published last, and those that contradict themselves most."""

    counts: Row
    latest: tuple[Row, ...]
    doubtful: tuple[Row, ...]
    years: tuple[Row, ...]
    changed: tuple[Row, ...]
    provinces: tuple[Region, ...]
    coverage: Totals

    def share(self, code: str, year: object) -> Total:
        """Return how many reports of a province and year there are, of how many due."""
        return self.coverage.get((code, int(str(year))), EMPTY)

    @property
    def most(self) -> int:
        """Return the number of reports in the fullest year, at least one."""
        return max((int(str(row["reports"])) for row in self.years), default=1)


def overview(conn: sqlite3.Connection) -> Overview:
    """Return the archive at a glance."""
    below = children(conn, COUNTRY)
    coverage = totals(conn, [each.code for each in below])
    known = {code for code, _ in coverage}
    provinces = tuple(each for each in below if each.code in known)
    return Overview(
        counts=conn.execute(COUNTS).fetchone(),
        latest=tuple(
            conn.execute(
                f"{REPORTS} order by r.published_on desc, r.first_seen desc, r.id limit ?",
                (LATEST,),
            )
        ),
        doubtful=tuple(conn.execute(DISAGREEING, (DOUBTFUL,))),
        years=tuple(conn.execute(f"{BY_YEAR} order by year")),
        changed=tuple(conn.execute(CHANGED, (CHANGES,))),
        provinces=provinces,
        coverage=coverage,
    )
