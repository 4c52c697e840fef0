"""The list of failed checks, narrowed by rule, verdict, year and region."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gongkai.archive.rollups.list_specs import CHECKS, DIFFERENCE
from gongkai.archive.rollups.listed_rows import has_list
from gongkai.catalogue import Language
from gongkai.publish.datasette_types import Row
from gongkai.publish.pages.lists.list_counts import load_list_counts
from gongkai.publish.pages.lists.listing import (
    ListPage,
    ListQuery,
    load_list_page,
    sql_conditions,
)
from gongkai.publish.pages.lists.ready_rows import column_of_key, page_of_list, rows_of_file
from gongkai.publish.pages.report.public_reviews import Review, public_reviews
from gongkai.publish.wording.codes import VERDICTS
from gongkai.publish.wording.rules import RULES, Rule

FACETS: Mapping[str, tuple[str, ...] | None] = {
    "rule": tuple(RULES),
    "verdict": tuple(VERDICTS),
    "year": None,
    "region": None,
}
_JOINS = """
JOIN reports r ON r.id = c.report_id JOIN agencies a ON a.id = r.agency_id
LEFT JOIN regions g ON g.code = a.region_code
"""
_FROM = f"FROM checks c {_JOINS}"
_COLUMNS = (
    "c.*, r.title, r.year, r.published_on, r.url, a.id AS agency_id, a.name AS agency,"
    " g.full_name AS region"
)
COUNTS = f"""
SELECT c.rule AS rule, c.verdict AS verdict, r.year AS year, a.region_code AS region, count(*) AS n
{_FROM} WHERE {{where}} GROUP BY 1, 2, 3, 4
"""
SORTS: Mapping[str, str] = {
    "size": DIFFERENCE.format("c."),
    "date": "r.published_on",
    "year": "r.year",
}
"""The orders: by the size of the contradiction, the day of publishing, or the year."""

FACET_COLUMNS = {"rule": "c.rule", "verdict": "c.verdict", "year": "r.year"}
_USUAL = "r.published_on DESC, r.id, c.rule, c.scope, c.id"
CSV_COLUMNS = (
    *("id", "report_id", "title", "agency", "region", "year", "rule", "scope", "verdict"),
    *("left_value", "right_value", "message_zh", "message_en", "url"),
)


@dataclass(frozen=True, slots=True)
class ListedCheck:
    """A failed check with its rule (None for one of an older version) and its public review."""

    row: Row
    rule: Rule | None
    review: Review | None

    def message(self, lang: Language) -> str:
        """Return the finding in words."""
        return str(self.row["message_en" if lang == "en" else "message_zh"])


def load_page(
    conn: sqlite3.Connection, path: Path, query: ListQuery, reviews: Path | None
) -> ListPage:
    """Return a page of failed checks, the latest report first.

    `path` is the served file, `reviews` the file of people's verdicts.
    """
    order = {"rule": tuple(RULES), "verdict": tuple(VERDICTS)}
    counts = load_list_counts(conn, path, query, CHECKS, tuple(FACETS), COUNTS)

    def load(limit: int, offset: int) -> list[Row]:
        return load_rows(conn, query, limit, offset)

    found = load_list_page(conn, counts, query, load, order)
    public = public_reviews(reviews, [row["id"] for row in found.rows], conn)
    return found.with_rows(
        ListedCheck(row, RULES.get(row["rule"]), public.get(row["id"])) for row in found.rows
    )


def load_rows(conn: sqlite3.Connection, query: ListQuery, limit: int, offset: int = 0) -> list[Row]:
    """Return failed checks with their reports."""
    if has_list(conn, CHECKS):
        rows, order, parameters = page_of_list(CHECKS, query, sorts={key: key for key in SORTS})
        return conn.execute(
            f'SELECT {_COLUMNS}, p.size FROM ({rows}) p CROSS JOIN checks c ON c.rowid = p."row"'
            f" {_JOINS} ORDER BY {order}",
            {**parameters, "limit": limit, "offset": offset},
        ).fetchall()
    where, parameters = sql_conditions(query, FACET_COLUMNS)
    return conn.execute(
        f"SELECT {_COLUMNS}, {SORTS['size']} AS size {_FROM} WHERE {where}"
        f" ORDER BY {query.order(SORTS, _USUAL)} LIMIT :limit OFFSET :offset",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()


_FOR_FILE = f"""
SELECT {_COLUMNS} FROM json_each(:keys) j CROSS JOIN checks c ON c.rowid = {column_of_key(CHECKS, "row")}
{_JOINS} ORDER BY j.key
"""


def rows_for_file(conn: sqlite3.Connection, query: ListQuery, limit: int) -> Iterator[Row]:
    """Yield failed checks with their reports, a few in memory."""
    if has_list(conn, CHECKS):
        sorts = {key: key for key in SORTS}
        yield from rows_of_file(conn, CHECKS, query, limit, _FOR_FILE, sorts=sorts)
    else:
        yield from load_rows(conn, query, limit)
