"""The list of failed checks: by rule, by whose fault it is, by year and by region."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.publish.facets.counts import cube_of
from gongkai.publish.pages.lists.listing import Asked, Listing, conditions, listing
from gongkai.publish.pages.report.public_reviews import Review, public_reviews
from gongkai.publish.wording.codes import VERDICTS
from gongkai.publish.wording.rules import RULES, Rule

FACETS: Mapping[str, Any] = {
    "rule": tuple(RULES),
    "verdict": tuple(VERDICTS),
    "year": None,
    "region": None,
}
_FROM = """
from checks c join reports r on r.id = c.report_id join agencies a on a.id = r.agency_id
left join regions g on g.code = a.region_code
"""
CUBE = f"""
select c.rule as rule, c.verdict as verdict, r.year as year, a.region_code as region, count(*) as n
{_FROM} group by 1, 2, 3, 4
"""
COLUMNS = {"rule": "c.rule", "verdict": "c.verdict", "year": "r.year"}
SHEET = (
    *("id", "report_id", "title", "agency", "region", "year", "rule", "scope", "verdict"),
    *("left_value", "right_value", "message_zh", "message_en", "url"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A failed check with its rule, and what a person said of it in public."""

    row: Mapping[str, Any]
    rule: Rule | None
    review: Review | None

    def message(self, lang: str) -> str:
        """Return the finding in words."""
        return str(self.row["message_en" if lang == "en" else "message_zh"])


def page(conn: sqlite3.Connection, path: Path, asked: Asked, reviews: Path | None) -> Listing:
    """Return a page of the failed checks of a served file, the latest report first."""
    order = {"rule": tuple(RULES), "verdict": tuple(VERDICTS)}
    cube = cube_of(path, tuple(FACETS), CUBE)
    found = listing(conn, cube, asked, lambda *span: rows(conn, asked, *span), order)
    said = public_reviews(reviews, [row["id"] for row in found.rows])
    return found.with_rows(
        Found(row, RULES.get(row["rule"]), said.get(row["id"])) for row in found.rows
    )


def rows(conn: sqlite3.Connection, asked: Asked, limit: int, offset: int = 0) -> list[Any]:
    """Return failed checks with their reports."""
    where, parameters = conditions(asked, COLUMNS)
    return conn.execute(
        f"select c.*, r.title, r.year, r.published_on, r.url, a.id as agency_id, a.name as agency,"
        f" g.full_name as region {_FROM} where {where}"
        " order by r.published_on desc, r.id, c.rule, c.scope, c.id limit :limit offset :offset",
        {**parameters, "limit": limit, "offset": offset},
    ).fetchall()
