"""Queries that answer questions of this field, for the page of SQL. A test runs each of them."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.catalogue import Language, text


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """A query. What it answers is the text `sql_example.KEY`."""

    key: str
    sql: str

    def about(self, lang: Language) -> str:
        """Return what it answers, in `lang`."""
        return text(lang, f"sql_example.{self.key}")


EXAMPLE_QUERIES = (
    ExampleQuery(
        "reasons",
        "SELECT agency, region, item, reason_zh, reason_en, requests\n"
        "FROM reasons_by_agency\n"
        "WHERE year = 2024 AND family = 'refused' AND region_code LIKE '64%'\n"
        "  AND series = 'bodies'\n"
        "ORDER BY requests DESC LIMIT 20",
    ),
    ExampleQuery(
        "largest",
        "SELECT agency, year, part, item, field, value\n"
        "FROM figures WHERE part = 'requests' AND field = 'total'\n"
        "ORDER BY value DESC LIMIT 20",
    ),
    ExampleQuery(
        "rates",
        "SELECT year, count(*) AS reports, sum(refused) AS refused,\n"
        "       sum(requests_handled) AS handled,\n"
        "       round(100.0 * sum(refused) / sum(requests_handled), 1) AS percent\n"
        "FROM report_summary\n"
        "WHERE requests_handled IS NOT NULL AND kind <> 'government'\n"
        "GROUP BY year ORDER BY year",
    ),
    ExampleQuery(
        "missing",
        "SELECT agency, region, count(*) AS missing_years\n"
        "FROM coverage WHERE status = 'missing'\n"
        "GROUP BY agency_id ORDER BY missing_years DESC LIMIT 20",
    ),
    ExampleQuery(
        "phrase",
        "SELECT r.title, s.heading, substr(s.text, max(1, instr(s.text, '行政复议') - 30), 80) AS passage\n"
        "FROM sections s JOIN reports r ON r.id = s.report_id\n"
        "WHERE s.text LIKE '%行政复议%' LIMIT 20",
    ),
)
