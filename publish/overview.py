"""The archive at a glance, for the home page."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

LATEST = 8
DOUBTFUL = 6

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

BY_YEAR = "select year, count(*) as reports from reports where year is not null group by year"

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts, the reports published last, and those that contradict themselves most."""

    counts: Row
    latest: tuple[Row, ...]
    doubtful: tuple[Row, ...]
    years: tuple[Row, ...]

    @property
    def most(self) -> int:
        """Return the number of reports in the fullest year, at least one."""
        return max((int(str(row["reports"])) for row in self.years), default=1)


def overview(conn: sqlite3.Connection) -> Overview:
    """Return the archive at a glance."""
    return Overview(
        counts=conn.execute(COUNTS).fetchone(),
        latest=tuple(
            conn.execute(
                f"{REPORTS} order by r.published_on desc, r.first_seen desc, r.id limit ?",
                (LATEST,),
            )
        ),
        doubtful=tuple(
            conn.execute(
                f"{REPORTS} where r.checks_failed > 0"
                " order by r.checks_failed desc, r.year desc, r.id limit ?",
                (DOUBTFUL,),
            )
        ),
        years=tuple(conn.execute(f"{BY_YEAR} order by year")),
    )
