"""The views of the public data contract, generated from the forms and replaced where they differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping

from gongkai.archive.store.deadlines import FIRST_YEAR, last_day_sql
from gongkai.archive.store.measures_sql import (
    FAMILIES,
    IS_BODY,
    IS_GOVERNMENT,
    REASONS,
    SERIES_SQL,
    TOTALS,
    only_in,
    summary_sql,
    sums_by_region_sql,
)
from gongkai.archive.store.pooled.cells_sql import cells_count_sql, cells_sql
from gongkai.archive.store.pooled.pooled_sql import crosswalk_sql, panel_count_sql, panel_sql
from gongkai.archive.store.pooled.region_totals import totals_sql
from gongkai.extract.chinese.duty_grounds import CERTAIN_ABSENCE
from gongkai.extract.forms import FORM_2019, FORM_2021, Item

Conn = sqlite3.Connection


_DEADLINE = last_day_sql("r.year", "a.kind")
_DUE = last_day_sql("y.year", "a.kind")
_CERTAIN = ", ".join(f"'{ground}'" for ground in sorted(CERTAIN_ABSENCE))
_OFFICE = "'%人民政府办公%'"


def _coverage(agencies: str = "") -> str:
    """Return the SELECT of `coverage`, of all agencies or of those that a SELECT gives.

    Every report has a row, and every year for which one was due by the calendar of the last build. What
    was seen in time was published in time, whatever date its page bears now. A year is "missing" only
    where a complete crawl of the portal began after the deadline; a government and its office may have
    reported for each other. Of several reasons the first by the alphabet counts: law, own_reports, tree.
    The cast lets a year be compared with the text of one.
    """
    return f"""
WITH RECURSIVE years(year) AS (
  SELECT {FIRST_YEAR} UNION ALL
  SELECT year + 1 FROM years WHERE year + 1 < (SELECT substr(day, 1, 4) + 0 FROM due_calendar))
SELECT r.agency_id, a.name AS agency, a.region_code, g.full_name AS region, r.year,
       CASE WHEN r.status = 'removed' THEN 'removed'
            WHEN d.why IS NOT NULL AND r.published_on > {_DEADLINE}
             AND date(r.first_seen, '+8 hours') > {_DEADLINE} THEN 'late'
            ELSE 'found' END AS status,
       {_DEADLINE} AS deadline, r.published_on, r.id AS report_id, d.why, d.ground, d.source
FROM reports r JOIN agencies a ON a.id = r.agency_id
LEFT JOIN regions g ON g.code = a.region_code
LEFT JOIN duties d ON d.agency_id = r.agency_id AND d.why = (
  SELECT min(w.why) FROM duties w WHERE w.agency_id = r.agency_id
  AND r.year BETWEEN w.since AND coalesce(w.until, 9999)){only_in("r.agency_id", agencies)}
UNION ALL
SELECT d.agency_id, a.name, a.region_code, g.full_name, CAST(y.year AS INTEGER),
       CASE WHEN EXISTS (
              SELECT 1 FROM duties w WHERE w.agency_id = d.agency_id AND (
                SELECT c.blocked FROM runs c WHERE c.site = w.site AND c.kind = 'crawl'
                ORDER BY c.seen_at DESC, c.id DESC LIMIT 1) > 0) THEN 'blocked'
            WHEN NOT EXISTS (
              SELECT 1 FROM duties w JOIN runs c ON c.site = w.site
              WHERE w.agency_id = d.agency_id AND c.kind = 'crawl' AND c.outcome = 'ok'
                AND date(c.seen_at, '+8 hours') > {_DUE}) THEN 'not_looked'
            WHEN d.ground NOT IN ({_CERTAIN}) OR (
              (d.ground = 'government' OR (a.kind = 'office' AND a.name LIKE {_OFFICE})) AND EXISTS (
              SELECT 1 FROM agencies o JOIN reports p ON p.agency_id = o.id AND p.year = y.year
              WHERE o.region_code = a.region_code AND o.level = a.level AND o.kind <> a.kind
                AND (o.kind = 'government' OR (o.kind = 'office' AND o.name LIKE {_OFFICE}))
              )) THEN 'unclear'
            ELSE 'missing' END,
       {_DUE}, NULL, NULL, d.why, d.ground, d.source
FROM duties d JOIN years y ON y.year BETWEEN d.since AND coalesce(d.until, 9999)
JOIN agencies a ON a.id = d.agency_id
LEFT JOIN regions g ON g.code = a.region_code
WHERE {_DUE} <= (SELECT day FROM due_calendar)
  AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.agency_id = d.agency_id AND r.year = y.year)
  AND NOT EXISTS (SELECT 1 FROM duties w WHERE w.agency_id = d.agency_id AND w.why < d.why
                  AND y.year BETWEEN w.since AND coalesce(w.until, 9999)){only_in("d.agency_id", agencies, "AND")}
"""


_SUMMED = (
    *("requests_new", "requests_handled", "granted", "granted_partly", "refused", "unavailable"),
    *("rejected", "reviews", "reviews_corrected", "suits", "suits_corrected"),
)
_APART = (("bodies", IS_BODY), ("government", IS_GOVERNMENT))
"""Reports that may be added to each other, apart from those that contain them."""


def _by_region(ids: str = "") -> str:
    sums = ", ".join(f"sum({name}) AS {name}" for name in _SUMMED)
    apart = ", ".join(
        f"count(CASE WHEN {condition} THEN s.requests_handled END) AS {prefix}_with_requests, "
        + ", ".join(
            f"sum(CASE WHEN {condition} THEN s.{name} END) AS {prefix}_{name}" for name in _SUMMED
        )
        for prefix, condition in ((prefix, _of_tables(each, "s", "s")) for prefix, each in _APART)
    )
    return f"""
SELECT s.region_code, g.full_name AS region, s.year, count(DISTINCT s.agency_id) AS agencies,
       count(*) AS reports, sum(s.status = 'complete') AS complete,
       sum(s.status = 'removed') AS removed, sum(s.checks_failed > 0) AS with_failed_checks,
       sum(s.checks_failed) AS checks_failed, count(s.requests_handled) AS with_requests, {sums},
       {apart}
FROM report_summary s LEFT JOIN regions g ON g.code = s.region_code{only_in("s.report_id", ids)}
GROUP BY s.region_code, s.year
"""


def _of_tables(expression: str, agency: str, report: str) -> str:
    """Return SQL over columns of an agency and a report with their tables; others have the same names."""
    for table, name in ((agency, "kind"), (agency, "level"), (report, "covers")):
        expression = expression.replace(name, f"{table}.{name}")
    return expression


_CONTEXT = "r.year, a.id AS agency_id, a.name AS agency, a.region_code, g.full_name AS region"
_OF_REPORT = """
JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code
"""
_REQUESTS_IN_CONTEXT = f"""
SELECT q.report_id, {_CONTEXT}, q.item,
       {", ".join(f"q.{column.key}" for column in FORM_2021.applicants)}
FROM requests q JOIN reports r ON r.id = q.report_id {_OF_REPORT}
"""
_FIGURES = f"""
SELECT c.report_id, {_CONTEXT}, c.part, c.item, c.field, c.value
FROM cells c JOIN reports r ON r.id = c.report_id {_OF_REPORT} WHERE c.value <> 0
"""
PUBLISHED_FIGURES = f"""
SELECT r.id AS report_id, {_CONTEXT}, p.part, p.item, p.field, v.value
FROM figure_values v JOIN figure_places p ON p.place = v.place
JOIN reports r ON r.rowid = v.report {_OF_REPORT}
"""
"""`figures` in a public file, which has the numbers by size: a view over all cells would read every
table to sort them."""


def _reasons_by_agency(ids: str = "") -> str:
    return f"""
WITH {_reason_rows()}
SELECT q.report_id, {_CONTEXT}, w.family, w.item, w.reason_zh, w.reason_en, q.total AS requests,
       {_of_tables(SERIES_SQL, "a", "r")} AS series
FROM requests q JOIN reasons w ON w.item = q.item
JOIN reports r ON r.id = q.report_id AND w.form IN ('', r.form) {_OF_REPORT}
WHERE q.total > 0{only_in("r.id", ids, "AND")}
"""


def _reason_rows() -> str:
    rows = ", ".join(
        f"({place}, '{form}', '{REASONS[item.key]}', '{item.key}', {_text(item.zh)}, {_text(item.en)})"
        for place, (form, item) in enumerate(_reasons())
    )
    return f"reasons(place, form, family, item, reason_zh, reason_en) AS (VALUES {rows})"


def _refusal_reasons(ids: str = "") -> str:
    apart = ", ".join(
        f"sum({total}) AS {prefix}_requests, count({total}) AS {prefix}_reports_read,"
        f" count(CASE WHEN {total} > 0 THEN 1 END) AS {prefix}_reports_citing"
        for prefix, condition in _APART
        for total in [f"CASE WHEN {_of_tables(condition, 'a', 'r')} THEN q.total END"]
    )
    return f"""
WITH {_reason_rows()}
SELECT a.region_code, g.full_name AS region, r.year, w.family, w.item, w.reason_zh, w.reason_en,
       sum(q.total) AS requests, count(q.total) AS reports_read,
       count(CASE WHEN q.total > 0 THEN 1 END) AS reports_citing,
       {apart}
FROM reasons w JOIN requests q ON q.item = w.item
JOIN reports r ON r.id = q.report_id AND w.form IN ('', r.form)
JOIN agencies a ON a.id = r.agency_id
LEFT JOIN regions g ON g.code = a.region_code{only_in("r.id", ids)}
GROUP BY a.region_code, r.year, w.place
"""


def _reasons() -> Iterator[tuple[str, Item]]:
    """Yield the reasons in printed order, each with the layout that prints it, "" for both.

    （六）其他处理 is one row in the layout of 2019; its key is that of one of three rows in 2021.
    """
    before = {item.key: item for item in FORM_2019.items}
    for item in FORM_2021.items:
        if item.key in REASONS:
            same = item.key in before and before[item.key].zh == item.zh
            yield ("" if same else "2021"), item
            if item.key in before and not same:
                yield "2019", before[item.key]


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


VIEWS: Mapping[str, str] = {
    "report_summary": summary_sql(),
    "cells": cells_sql(),
    "coverage": _coverage(),
    "reports_by_region": _by_region(),
    "refusal_reasons": _refusal_reasons(),
    "requests_in_context": _REQUESTS_IN_CONTEXT,
    "reasons_by_agency": _reasons_by_agency(),
    "figures": _FIGURES,
    "form_crosswalk": crosswalk_sql(),
    "panel": panel_sql(SERIES_SQL),
    "region_totals": totals_sql(TOTALS, sums_by_region_sql()),
}
"""Name of each view and its SELECT, each after those it reads from."""

COUNTS: Mapping[str, str] = {"cells": cells_count_sql(), "panel": panel_count_sql()}
"""SQL for the number of rows of a view that would be computed row by row to be counted."""

PARTS: Mapping[str, Callable[[str], str]] = {
    "report_summary": summary_sql,
    "reports_by_region": _by_region,
    "refusal_reasons": _refusal_reasons,
    "reasons_by_agency": _reasons_by_agency,
    "coverage": _coverage,
}
"""Name of a view and what makes its SELECT for some ids alone, which a SELECT gives: those of reports, for
`coverage` of agencies."""

PUBLISHED_VIEWS: Mapping[str, str] = {
    "cells": VIEWS["cells"],
    "requests_in_context": VIEWS["requests_in_context"],
    "panel": panel_sql(SERIES_SQL, whole=False),
    "region_totals": totals_sql(TOTALS),
}
"""Views of a public file, which has `report_summary` and the sums of regions as tables."""


def outdated_views(conn: Conn) -> list[str]:
    """Return the names of views that the database lacks or has with another definition."""
    have = dict(conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'"))
    return [name for name in VIEWS if have.get(name) != _statement(name)]


def create_views(conn: Conn) -> None:
    """Create or replace every outdated view."""
    for name in outdated_views(conn):
        conn.execute(f"DROP VIEW IF EXISTS {name}")
        conn.execute(_statement(name))


def _statement(name: str) -> str:
    return f"CREATE VIEW {name} AS\n{VIEWS[name].strip()}"


__all__ = ["COUNTS", "FAMILIES", "VIEWS", "create_views", "outdated_views"]
