"""What the published tables and the other code disagree on."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tests.recomputation import checks_again, measures_again
from tests.recomputation.published_tables import Number, Publication, number, read_table

APART = ("near_duplicate", "row_shape", "readings_disagree")
"""Rules that are compared apart, or say that a table was not read."""


def of_measures(data: Publication) -> Sequence[object]:
    """Return (report, measure, published, computed) where the two differ."""
    rows = {row["report_id"]: row for row in read_table(data.folder, "report_summary")}
    return [
        (report, key, rows[report][key], value)
        for report in data.reports
        for key, value in measures_again.measures(data, report).items()
        if not _are_equal(number(rows[report][key]), value)
    ]


def _are_equal(published: Number, value: Number) -> bool:
    """Return whether two numbers are the same; rates are published with four decimals or more."""
    if published is None or value is None:
        return published is value
    return abs(published - value) <= (0.000051 if isinstance(value, float) else 0)


def of_regions(data: Publication) -> Sequence[object]:
    """Return (division, year, column) of `reports_by_region` where the two differ."""
    expected = measures_again.by_region(data)
    rows = read_table(data.folder, "reports_by_region")
    found = {(row["region_code"], row["year"]): row for row in rows}
    return [
        *(found.keys() ^ expected.keys()),
        *(
            (*key, column)
            for key in found.keys() & expected.keys()
            for column, value in expected[key].items()
            if number(found[key][column]) != value
        ),
    ]


def of_reasons(data: Publication) -> Sequence[object]:
    """Return the rows of `refusal_reasons` that one of the two has alone."""
    columns = ("requests", "reports_read", "reports_citing")
    found = {
        (row["region_code"], row["year"], row["item"], *(number(row[name]) for name in columns))
        for row in read_table(data.folder, "refusal_reasons")
    }
    expected = {
        (*key[:3], *sums) for key, sums in measures_again.reasons(data).items()
    }  # the layout in the key only keeps the two meanings of `other` apart
    return sorted(found ^ expected, key=str)


def of_checks(data: Publication, rules: Collection[str] = ()) -> Sequence[object]:
    """Return the findings that one of the two has alone, of all rules or of some."""
    found = {
        (row["report_id"], row["rule"], row["scope"], row["verdict"], _left(row))
        for row in read_table(data.folder, "checks")
        if row["rule"] not in APART
    }
    return sorted(
        each for each in found ^ checks_again.checks(data) if not rules or each[1] in rules
    )


def _left(row: dict[str, str]) -> str:
    """Return the left value of a check: no quotation of a placeholder, no break within a number."""
    return "" if row["rule"] == "placeholder" else row["left_value"].replace(" ", "")
