"""The rows of feeds: new reports, changes and failed checks, the latest first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from gongkai.archive.rollups.gram_index import fastest_query
from gongkai.archive.rollups.list_specs import CHANGES, NEW_CHECKS, NEW_REPORTS, ListSpec
from gongkai.archive.rollups.listed_rows import has_list
from gongkai.archive.store.search import IN_REGION, matching_among
from gongkai.publish.datasette_types import Row
from gongkai.publish.facets.bitmaps import Facets, rows_in, to_bits
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.pages.builder.table_sql import conditions
from gongkai.publish.pages.lists.search_hits import dated_bits, find_reports, most_hits
from gongkai.publish.pages.lists.search_page import check_values, question_of
from gongkai.publish.pages.lists.search_query import SearchQuery
from gongkai.publish.pages.report.differences import REPEATED
from gongkai.publish.pages.report.removals import removals_sql

_JOINS = """
JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code
"""
_COLUMNS = "r.id AS report_id, r.title, r.year, a.name AS agency, g.full_name AS region"
QUERIES = {
    "reports": f"""
        SELECT r.id AS key, r.first_seen AS at, r.published_on, {_COLUMNS}
        FROM reports r {_JOINS} WHERE {{where}} ORDER BY r.first_seen DESC, r.id""",
    "changes": f"""
        SELECT e.report_id || e.event || coalesce(e.last_seen, e.at) AS key, e.at, e.event, e.cells,
               e.passages, e.last_seen, {_COLUMNS}
        FROM (SELECT 'edited' AS event, report_id, seen_at AS at,
                     sum(part NOT IN ('sections', 'sentences')) AS cells,
                     sum(part IN ('sections', 'sentences') AND NOT {REPEATED}) AS passages,
                     NULL AS last_seen
              FROM changes c GROUP BY report_id, seen_at
              UNION ALL SELECT 'removed', report_id, at, 0, 0, last_seen FROM ({{removals}})) e
        JOIN reports r ON r.id = e.report_id {_JOINS} WHERE {{where}}
        ORDER BY e.at DESC, r.id, e.event""",
    "checks": f"""
        SELECT c.id AS key, r.first_seen AS at, c.rule, c.message_zh, c.message_en, {_COLUMNS}
        FROM checks c JOIN reports r ON r.id = c.report_id {_JOINS} WHERE {{where}}
        ORDER BY r.first_seen DESC, r.id, c.id""",
}
"""The query of each kind of feed."""

_READY: Mapping[str, tuple[ListSpec, str]] = {
    "reports": (
        NEW_REPORTS,
        f"""
        SELECT r.id AS key, r.first_seen AS at, r.published_on, {_COLUMNS}
        FROM ({{rows}}) p CROSS JOIN reports r ON r.rowid = p."row" {_JOINS} ORDER BY p.place""",
    ),
    "changes": (
        CHANGES,
        f"""
        SELECT r.id || p.event || coalesce(p.last_seen, p.date) AS key, p.date AS at, p.event,
               coalesce((SELECT sum(part NOT IN ('sections', 'sentences')) FROM changes c
                         WHERE c.report_id = r.id AND c.seen_at = p.date AND p.event = 'edited'), 0)
                   AS cells,
               coalesce((SELECT sum(part IN ('sections', 'sentences') AND NOT {REPEATED})
                         FROM changes c
                         WHERE c.report_id = r.id AND c.seen_at = p.date AND p.event = 'edited'), 0)
                   AS passages,
               p.last_seen, {_COLUMNS}
        FROM ({{rows}}) p CROSS JOIN reports r ON r.rowid = p."row" {_JOINS} ORDER BY p.place""",
    ),
    "checks": (
        NEW_CHECKS,
        f"""
        SELECT c.id AS key, r.first_seen AS at, c.rule, c.message_zh, c.message_en, {_COLUMNS}
        FROM ({{rows}}) p CROSS JOIN checks c ON c.rowid = p."row"
        JOIN reports r ON r.id = c.report_id {_JOINS} ORDER BY p.place""",
    ),
}
"""The list that a publication has ready for each kind of feed, and the query of its rows."""

REPORTS = f"""
SELECT r.rowid AS row, r.id AS key, max(r.first_seen, coalesce((
         SELECT max(v.first_seen) FROM revisions v WHERE v.report_id = r.id AND v.current), '')) AS at,
       r.published_on, {_COLUMNS}
FROM reports r {_JOINS} WHERE r.rowid IN (SELECT value FROM json_each(?))
"""
"""The reports with some rowids; their time is that of the version that stands."""


FIRST_STEP = 200
"""Reports that are looked through first where those of a page of a feed are not known."""

_FACETS_OF_TABLES = ("region", "kind", "sector", "status", "form")
"""Filters of a built table that are facets of reports."""


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """What a feed is narrowed to: a region, an agency, a rule of checks; "" for all.

    `only` are the keys that are wanted, or None for all.
    """

    region: str = ""
    agency: str = ""
    rule: str = ""
    only: Collection[str] | None = None


def load_rows(
    conn: sqlite3.Connection, kind: str, chosen: FeedFilter, limit: int, offset: int = 0
) -> list[Row]:
    """Return rows of a kind of feed."""
    if chosen.only is None and has_list(conn, _READY[kind][0]):
        return _load_ready(conn, kind, chosen, limit, offset)
    where, parameters = ["1"], dict[str, Any](limit=limit, offset=offset)
    if chosen.region:
        where.append(IN_REGION)
        parameters["region"] = chosen.region
    if chosen.agency:
        where.append("a.id = :agency")
        parameters["agency"] = chosen.agency
    if chosen.rule:
        where.append("c.rule = :rule")
        parameters["rule"] = chosen.rule
    query = QUERIES[kind].format(where=" AND ".join(where), removals=removals_sql(conn))
    if chosen.only is not None:
        query = f"SELECT * FROM ({query}) WHERE key IN (SELECT value FROM json_each(:only))"
        parameters["only"] = json.dumps(list(chosen.only))
    return conn.execute(f"{query} LIMIT :limit OFFSET :offset", parameters).fetchall()


def _load_ready(
    conn: sqlite3.Connection, kind: str, chosen: FeedFilter, limit: int, offset: int
) -> list[Row]:
    """Return rows of a kind of feed from the list that a publication has ready."""
    spec, query = _READY[kind]
    source, where = f"{spec.rows_table} l", ["1"]
    parameters = dict[str, Any](limit=limit, offset=offset)
    if chosen.agency:
        # a rowid has a type, columns of lists have none: without the plus no index is used
        where.append("l.agency = (SELECT +rowid FROM agencies WHERE id = :agency)")
        parameters["agency"] = chosen.agency
    if chosen.region:
        own = f"{spec.places_table} w WHERE w.root = :region AND w.place = l.place"
        if chosen.agency:
            where.append(f"EXISTS (SELECT 1 FROM {own})")
        else:
            source = f"{spec.places_table} w CROSS JOIN {source} USING (place)"
            where.append("w.root = :region")
        parameters["region"] = chosen.region
    if chosen.rule:
        where.append("rule = :rule")
        parameters["rule"] = chosen.rule
    rows = f"SELECT l.* FROM {source} WHERE {' AND '.join(where)} ORDER BY place LIMIT :limit OFFSET :offset"
    return conn.execute(query.format(rows=rows), parameters).fetchall()


def all_keys(conn: sqlite3.Connection, kind: str) -> list[str]:
    """Return the keys of all rows of a kind of feed."""
    query = QUERIES[kind].format(where="1", removals=removals_sql(conn))
    return [str(key) for (key,) in conn.execute(f"SELECT key FROM ({query})")]


def load_reports(conn: sqlite3.Connection, rowids: Sequence[int]) -> list[Row]:
    """Return reports by their rowids, in that order."""
    found = {row["row"]: row for row in conn.execute(REPORTS, [json.dumps(list(rowids))])}
    return [found[row] for row in rowids if row in found]


def searched_bits(conn: sqlite3.Connection, facets: Facets, query: SearchQuery) -> int:
    """Return the bits of the reports that a search finds.

    Raises:
        BadValue: A chosen value is invalid.
    """
    check_values(facets, query)
    found = find_reports(conn, facets, query, question_of(conn, query).text, 0)
    return found.matched & facets.mask(query.chosen)


def table_bits(conn: sqlite3.Connection, facets: Facets, query: TableQuery) -> int:
    """Return the bits of the reports that a built table counts; of all years if it names none."""
    where, parameters = conditions(query)
    if query.years:
        where += f" AND a.year IN ({', '.join(str(int(year)) for year in query.years)})"
    found = conn.execute(
        "SELECT r.rowid FROM reports r WHERE r.id IN"
        f" (SELECT a.report_id FROM report_summary a WHERE {where})",
        parameters,
    )
    return to_bits((row for (row,) in found), facets.every.bit_length())


def searched_rows(
    conn: sqlite3.Connection, facets: Facets, query: SearchQuery, limit: int, offset: int = 0
) -> list[int]:
    """Return the rowids of the reports that a search finds, by the time of their present version.

    Of a word that stands in very many reports those are looked through that came last, until enough are
    found: all are not known.

    Raises:
        BadValue: A chosen value is invalid.
    """
    check_values(facets, query)
    question = question_of(conn, query).text
    found = find_reports(conn, facets, query, question, 0, most_hits(conn))
    chosen = found.matched & facets.mask(query.chosen)
    if not found.is_cut:
        return newest(facets, chosen, limit, offset)
    wanted = facets.mask(query.chosen) & dated_bits(conn, facets, query)
    asked = fastest_query(conn, question)
    return _walk(facets, wanted, lambda rows: matching_among(conn, asked, rows), limit, offset)


def table_rows(
    conn: sqlite3.Connection, facets: Facets, query: TableQuery, limit: int, offset: int = 0
) -> list[int]:
    """Return the rowids of the reports that a built table counts, by the time of their present version.

    They are those of all years if it names none.
    """
    ready = {name: query.filters.get(name, "") for name in _FACETS_OF_TABLES}
    wanted = facets.mask(ready)
    years = 0
    for year in query.years:
        years |= facets.values["year"].get(str(year), 0)
    wanted &= years if query.years else facets.every
    others = {name: value for name, value in query.filters.items() if name not in ready}
    if not others:
        return newest(facets, wanted, limit, offset)
    where, parameters = conditions(replace(query, filters=others))

    def matching(rows: Sequence[int]) -> list[int]:
        found = conn.execute(
            "SELECT r.rowid FROM json_each(:rows) j CROSS JOIN reports r ON r.rowid = j.value"
            f" WHERE EXISTS (SELECT 1 FROM report_summary a WHERE a.report_id = r.id AND {where})",
            {**parameters, "rows": json.dumps(list(rows))},
        )
        return [row for (row,) in found]

    if agency := others.get("agency"):
        own = conn.execute("SELECT rowid FROM reports WHERE agency_id = ?", [agency])
        wanted &= to_bits((row for (row,) in own), facets.every.bit_length())
    return _walk(facets, wanted, matching, limit, offset)


def _walk(
    facets: Facets,
    wanted: int,
    matching: Callable[[Sequence[int]], Sequence[int]],
    limit: int,
    offset: int,
) -> list[int]:
    """Return the newest of some reports that match, looked through in larger and larger steps."""
    found: list[int] = []
    rows, step = rows_in(facets.newest, wanted, facets.every.bit_length()), FIRST_STEP
    while len(found) < offset + limit:
        tried = list(islice(rows, step))
        if not tried:
            break
        fitting = set(matching(tried))
        found += [row for row in tried if row in fitting]
        step *= 2
    return found[offset : offset + limit]


def newest(facets: Facets, bits: int, limit: int, offset: int = 0) -> list[int]:
    """Return the rowids of reports by the time of their present version, the latest first."""
    found = rows_in(facets.newest, bits, facets.every.bit_length())
    return list(islice(found, offset, offset + limit))
