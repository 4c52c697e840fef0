"""The long lists of the site, as SQL over the tables of an archive: rows, facets and orders.

`checks` are failed checks, `changes` edited and removed reports, `coverage` what is not simply there,
`agencies` are those of a division, and whether they report;
`new_reports` and `new_checks` what feeds tell, the latest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NUMERIC = "{0} <> '' AND ltrim({0}, '-') NOT GLOB '*[^0-9.]*'"
DIFFERENCE = (
    f"CASE WHEN {NUMERIC.format('{0}left_value')} AND {NUMERIC.format('{0}right_value')}"
    " THEN abs({0}left_value - {0}right_value) END"
)
"""SQL: by how much the two numbers of a check differ. {0} is the table's alias with a full stop, or ""."""

LATENESS = "julianday({0}published_on) - julianday({0}deadline)"
"""SQL: the days from the deadline of a report to its publishing, over `coverage`."""

REMOVED_SINCE = """
coalesce((SELECT max(b.since) FROM absences b WHERE b.report_id = r.id AND b.until IS NULL),
         r.last_seen)
"""
"""SQL: when the archive learned that a report `r` is gone."""

_OF_REPORT = "JOIN reports r ON r.id = {0}.report_id JOIN agencies a ON a.id = r.agency_id"


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list. `select` gives its rows in their usual order, with the columns below.

    `row` is the rowid of what is listed, `agency` that of its agency, `region` the division of that.
    `facets` narrow the list, by `sorts` it can be sorted, `kept` are other columns of its rows.
    """

    name: str
    select: str
    facets: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of a row, after its place."""
        own = dict.fromkeys(("row", "agency", "region", *self.facets, *self.sorts, *self.kept))
        return tuple(own)

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables."""
        counts = (self.counts_table,) if self.facets else ()
        return (self.rows_table, self.places_table, *counts)

    @property
    def rows_table(self) -> str:
        """The table of its rows by place."""
        return f"listed_{self.name}"

    @property
    def places_table(self) -> str:
        """The table of the places of its rows in each division."""
        return f"listed_{self.name}_in"

    @property
    def counts_table(self) -> str:
        """The table of the numbers of its rows by division and facets."""
        return f"listed_{self.name}_counts"


CHECKS = ListSpec(
    "checks",
    f"""
SELECT c.rowid AS "row", a.rowid AS agency, a.region_code AS region, c.rule, c.verdict, r.year,
       {DIFFERENCE.format("c.")} AS size, r.published_on AS date
FROM checks c {_OF_REPORT.format("c")}
ORDER BY r.published_on DESC, r.id, c.rule, c.scope, c.id""",
    facets=("rule", "verdict", "year"),
    sorts=("size", "date", "year"),
)
CHANGES = ListSpec(
    "changes",
    f"""
SELECT r.rowid AS "row", a.rowid AS agency, a.region_code AS region, e.event, r.year,
       e.seen_at AS date, e.rows_changed AS places, e.last_seen
FROM (SELECT 'edited' AS event, report_id, seen_at, NULL AS last_seen, count(*) AS rows_changed
      FROM changes GROUP BY report_id, seen_at
      UNION ALL SELECT 'removed', r.id, {REMOVED_SINCE}, r.last_seen, 0
      FROM reports r WHERE r.status = 'removed') e {_OF_REPORT.format("e")}
ORDER BY e.seen_at DESC, r.id, e.event""",
    facets=("event", "year"),
    sorts=("date", "places", "year"),
    kept=("last_seen",),
)
COVERAGE = ListSpec(
    "coverage",
    f"""
SELECT v.rowid AS "row", a.rowid AS agency, v.region_code AS region, v.status, v.year, v.ground,
       v.why, v.status = 'not_looked' AS hidden,
       CASE WHEN v.status = 'late' THEN {LATENESS.format("v.")} END AS late, v.published_on AS date,
       v.agency AS name
FROM coverage v JOIN agencies a ON a.id = v.agency_id WHERE v.status <> 'found'
ORDER BY v.year DESC, v.region_code, v.agency, v.agency_id""",
    facets=("status", "year", "ground", "why"),
    sorts=("late", "date", "year", "name"),
    kept=("hidden",),
)
NEW_REPORTS = ListSpec(
    "new_reports",
    """
SELECT r.rowid AS "row", a.rowid AS agency, a.region_code AS region
FROM reports r JOIN agencies a ON a.id = r.agency_id ORDER BY r.first_seen DESC, r.id""",
)
NEW_CHECKS = ListSpec(
    "new_checks",
    f"""
SELECT c.rowid AS "row", a.rowid AS agency, a.region_code AS region, c.rule
FROM checks c {_OF_REPORT.format("c")} ORDER BY r.first_seen DESC, r.id, c.id""",
    facets=("rule",),
)
AGENCIES = ListSpec(
    "agencies",
    """
SELECT a.rowid AS "row", a.rowid AS agency, a.region_code AS region,
       EXISTS (SELECT 1 FROM reports r WHERE r.agency_id = a.id) AS reporting
FROM agencies a ORDER BY a.region_code, a.kind <> 'government', a.name, a.id""",
    facets=("reporting",),
)
LISTS: Mapping[str, ListSpec] = {
    each.name: each for each in (CHECKS, CHANGES, COVERAGE, AGENCIES, NEW_REPORTS, NEW_CHECKS)
}
"""Every list, by its name."""
