"""The long lists of the site, as SQL over the tables of an archive: rows, facets and orders.

`checks` are failed checks, `changes` edited and removed reports, `coverage` what is not simply there,
`agencies` are those of a division, and whether they report;
`new_reports` and `new_checks` what feeds tell, the latest first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gongkai.archive.rollups.touched import AGENCY_IDS, COVERED_IDS, REPORT_IDS
from gongkai.archive.store.measures_sql import only_in

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

AGENCY_FILTERS = ("level", "kind", "sector")
"""Columns of an agency by which lists are narrowed."""

_OF_AGENCY = ", ".join(f"a.{name}" for name in AGENCY_FILTERS)
_OF_REPORT = "JOIN reports r ON r.id = {0}.report_id JOIN agencies a ON a.id = r.agency_id"


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list, with the tables that a publication has of it.

    `part` makes SQL for its rows in their usual order, with the columns below. It takes the SELECT of the
    ids of reports (or agencies) whose rows are wanted, "" for all. `ids` is that of what is touched, and
    `owned`, a table with a clause, are the rows that stand for these in the list.

    `row` is the rowid of what is listed, `agency` that of its agency, `region` the division of that.
    `facets` narrow the list, by `sorts` it can be sorted, `kept` are other columns of its rows. `filters`
    are columns of the agency that narrow it too, and are counted apart: with them there are many more
    counts. `order` is the usual order, over a row `l` of the list and the tables that `joined` joins to it.
    """

    name: str
    part: Callable[[str], str]
    ids: str
    owned: str
    order: tuple[str, ...]
    joined: str
    facets: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()

    @property
    def select(self) -> str:
        """SQL for all rows in their usual order."""
        return self.part("")

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of a row, after its place."""
        narrowing = (*self.facets, *self.filters)
        return tuple(
            dict.fromkeys(("row", "agency", "region", *narrowing, *self.sorts, *self.kept))
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables."""
        return (self.rows_table, self.places_table, *self.counted)

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

    @property
    def filtered_table(self) -> str:
        """The table of the numbers of its rows by division, facets and filters."""
        return f"listed_{self.name}_filtered"

    @property
    def counted(self) -> Mapping[str, tuple[str, ...]]:
        """The columns by which each of its tables of numbers counts."""
        by_filters = {self.filtered_table: (*self.facets, *self.filters)} if self.filters else {}
        return {self.counts_table: self.facets, **by_filters} if self.facets else {}


def _checks(ids: str) -> str:
    return f"""
SELECT c.rowid AS "row", a.rowid AS agency, a.region_code AS region, c.rule, c.verdict, r.year,
       {DIFFERENCE.format("c.")} AS size, r.published_on AS date, {_OF_AGENCY}
FROM checks c {_OF_REPORT.format("c")}{only_in("c.report_id", ids)}
ORDER BY r.published_on DESC, r.id, c.rule, c.scope, c.id"""


def _changes(ids: str) -> str:
    return f"""
SELECT r.rowid AS "row", a.rowid AS agency, a.region_code AS region, e.event, r.year,
       e.seen_at AS date, e.rows_changed AS places, e.last_seen, {_OF_AGENCY}
FROM (SELECT 'edited' AS event, report_id, seen_at, NULL AS last_seen, count(*) AS rows_changed
      FROM changes{only_in("report_id", ids)} GROUP BY report_id, seen_at
      UNION ALL SELECT 'removed', r.id, {REMOVED_SINCE}, r.last_seen, 0
      FROM reports r WHERE r.status = 'removed'{only_in("r.id", ids, "AND")})
     e {_OF_REPORT.format("e")}
ORDER BY e.seen_at DESC, r.id, e.event"""


def _coverage(agencies: str) -> str:
    return f"""
SELECT v.rowid AS "row", a.rowid AS agency, v.region_code AS region, v.status, v.year, v.ground,
       v.why, v.status = 'not_looked' AS hidden,
       CASE WHEN v.status = 'late' THEN {LATENESS.format("v.")} END AS late, v.published_on AS date,
       v.agency AS name, {_OF_AGENCY}
FROM coverage v JOIN agencies a ON a.id = v.agency_id
WHERE v.status <> 'found'{only_in("v.agency_id", agencies, "AND")}
ORDER BY v.year DESC, v.region_code, v.agency, v.agency_id"""


def _new_reports(ids: str) -> str:
    return f"""
SELECT r.rowid AS "row", a.rowid AS agency, a.region_code AS region
FROM reports r JOIN agencies a ON a.id = r.agency_id{only_in("r.id", ids)}
ORDER BY r.first_seen DESC, r.id"""


def _new_checks(ids: str) -> str:
    return f"""
SELECT c.rowid AS "row", a.rowid AS agency, a.region_code AS region, c.rule
FROM checks c {_OF_REPORT.format("c")}{only_in("c.report_id", ids)}
ORDER BY r.first_seen DESC, r.id, c.id"""


def _agencies(agencies: str) -> str:
    return f"""
SELECT a.rowid AS "row", a.rowid AS agency, a.region_code AS region,
       EXISTS (SELECT 1 FROM reports r WHERE r.agency_id = a.id) AS reporting
FROM agencies a{only_in("a.id", agencies)}
ORDER BY a.region_code, a.kind <> 'government', a.name, a.id"""


_OWN_REPORTS = f"reports{only_in('id', REPORT_IDS)}"
_OWN_CHECKS = f"checks{only_in('report_id', REPORT_IDS)}"
_REPORT = 'JOIN reports r ON r.rowid = l."row"'
_CHECK = 'JOIN checks c ON c.rowid = l."row" JOIN reports r ON r.id = c.report_id'

CHECKS = ListSpec(
    *("checks", _checks, REPORT_IDS, _OWN_CHECKS),
    ("r.published_on DESC", "r.id", "c.rule", "c.scope", "c.id"),
    _CHECK,
    facets=("rule", "verdict", "year"),
    sorts=("size", "date", "year"),
    filters=AGENCY_FILTERS,
)
CHANGES = ListSpec(
    *("changes", _changes, REPORT_IDS, _OWN_REPORTS),
    ("l.date DESC", "r.id", "l.event"),
    _REPORT,
    facets=("event", "year"),
    sorts=("date", "places", "year"),
    kept=("last_seen",),
    filters=AGENCY_FILTERS,
)
COVERAGE = ListSpec(
    *("coverage", _coverage, COVERED_IDS),
    f"coverage{only_in('agency_id', COVERED_IDS)}",
    ("l.year DESC", "l.region", "l.name", "v.agency_id"),
    'JOIN coverage v ON v.rowid = l."row"',
    facets=("status", "year", "ground", "why"),
    sorts=("late", "date", "year", "name"),
    kept=("hidden",),
    filters=AGENCY_FILTERS,
)
NEW_REPORTS = ListSpec(
    *("new_reports", _new_reports, REPORT_IDS, _OWN_REPORTS),
    ("r.first_seen DESC", "r.id"),
    _REPORT,
)
NEW_CHECKS = ListSpec(
    *("new_checks", _new_checks, REPORT_IDS, _OWN_CHECKS),
    ("r.first_seen DESC", "r.id", "c.id"),
    _CHECK,
    facets=("rule",),
)
AGENCIES = ListSpec(
    *("agencies", _agencies, AGENCY_IDS),
    f"agencies{only_in('id', AGENCY_IDS)}",
    ("a.region_code", "a.kind <> 'government'", "a.name", "a.id"),
    'JOIN agencies a ON a.rowid = l."row"',
    facets=("reporting",),
)
LISTS: Mapping[str, ListSpec] = {
    each.name: each for each in (CHECKS, CHANGES, COVERAGE, AGENCIES, NEW_REPORTS, NEW_CHECKS)
}
"""Every list, by its name."""
