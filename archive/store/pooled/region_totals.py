"""Totals of every region with all below it, up to the country, in long form.

The sums are those that pages show. Each is over the reports that have all its parts, and says how
many these are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

COUNTRY = "000000"
"""Stands for the whole country, with the agencies whose region is unknown."""

REGION_SUMS = "region_sums"
"""The table of a public file that has the sums in wide form."""


def chains_sql(codes: str) -> str:
    """Return SQL for the table `chains`: each division of a SELECT of codes with itself and all above it."""
    return f"""chains(code, root) AS (
    SELECT code, code FROM regions WHERE code IN ({codes})
    UNION SELECT c.code, g.parent_code FROM chains c JOIN regions g ON g.code = c.root
    WHERE g.parent_code IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Total:
    """A variable of the totals, the key of its sums, and whether it is the share of part in whole."""

    variable: str
    key: str
    is_rate: bool = False


def region_sums_sql(picked: str, series: str, sums: str) -> str:
    """Return SQL for the sums of each region with all below it, by year and series.

    `picked` is SQL for the reports with their figures, `series` for the series of a report, `sums` for
    what is summed.
    """
    return (
        f"WITH RECURSIVE picked AS MATERIALIZED ({picked}),"
        f" {chains_sql('SELECT region_code FROM picked')},"
        " placed AS (SELECT c.root, p.* FROM picked p JOIN chains c ON c.code = p.region_code"
        f" UNION ALL SELECT '{COUNTRY}', p.* FROM picked p)"
        f" SELECT root, year, {series} AS series, {sums} FROM placed GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )


def totals_sql(totals: Iterable[Total], sums: str = REGION_SUMS) -> str:
    """Return the SELECT of `region_totals`, from the table of sums or from SQL that makes them."""
    # a page of a table reads no more of it than it shows; SQL that makes the sums runs once
    hint = "NOT MATERIALIZED" if sums == REGION_SUMS else "MATERIALIZED"
    source = sums if sums == REGION_SUMS else f"({sums})"
    rows = "\nUNION ALL\n".join(map(_rows, totals))
    return f"""
WITH t AS {hint} (SELECT * FROM {source})
SELECT r.region_code, g.full_name AS region, r.year, r.series, r.variable, r.value, r.numerator,
       r.denominator, r.reports, r.reports_in_all
FROM ({rows}) r LEFT JOIN regions g ON g.code = r.region_code
"""


def _rows(total: Total) -> str:
    part, whole = f"{total.key}_part", f"{total.key}_whole"
    value = f"1.0 * {part} / nullif({whole}, 0)" if total.is_rate else part
    numerator, denominator = (part, whole) if total.is_rate else ("NULL", "NULL")
    return (
        f"SELECT root AS region_code, year, series, '{total.variable}' AS variable,"
        f" {value} AS value, {numerator} AS numerator, {denominator} AS denominator,"
        f" {total.key}_reports AS reports, reports AS reports_in_all FROM t"
        f" WHERE {total.key}_reports > 0"
    )
