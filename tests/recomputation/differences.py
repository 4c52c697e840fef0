"""What the published tables and the other code disagree on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

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
    """Return whether two numbers are the same; rates are published as exactly as floats are."""
    if published is None or value is None:
        return published is value
    return abs(published - value) <= (1e-12 if isinstance(value, float) else 0)


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


def of_panel(data: Publication) -> Sequence[object]:
    """Return the rows of `panel` where the two differ in value, series or reason of absence."""
    expected = measures_again.panel(data, read_table(data.folder, "form_crosswalk"))
    rows = read_table(data.folder, "panel")
    found = {(row["report_id"], row["variable"]): row for row in rows}
    return [
        *(found.keys() ^ expected.keys()),
        *(
            (*key, row["value"], row["absence"], expected[key])
            for key, row in found.items()
            if key in expected
            and not (
                _are_equal(number(row["value"]), expected[key][0])
                and (row["series"], row["absence"]) == expected[key][1:]
            )
        ),
    ]


IN_TOTALS = {"granted": "answer_granted", "granted_partly": "answer_granted_partly"}
IN_TOTALS |= {"other_handling": "answer_other_handling", "other_2021": "ground_other"}
"""Variables of `region_totals` that are summed under another key here."""


def of_totals(data: Publication) -> Sequence[object]:
    """Return the rows of `region_totals` where the two differ."""
    expected = measures_again.totals(data)
    found = []
    rows = read_table(data.folder, "region_totals")
    for row in rows:
        sums: Mapping[str, int] = expected.get((row["region_code"], row["year"], row["series"]), {})
        key = IN_TOTALS.get(row["variable"], row["variable"])
        key = key if f"{key}_reports" in sums else f"ground_{key}"
        part, whole = sums.get(f"{key}_part", 0), sums.get(f"{key}_whole", 0)
        is_rate = row["variable"].endswith("_rate")
        value = measures_again.share(part, whole) if is_rate else part
        same = (
            _are_equal(number(row["value"]), value)
            and int(row["reports"]) == sums.get(f"{key}_reports", 0)
            and int(row["reports_in_all"]) == sums.get("reports", 0)
            and (not is_rate or (int(row["numerator"]), int(row["denominator"])) == (part, whole))
        )
        found += [] if same else [row]
    summed = {(row["region_code"], row["year"], row["series"]) for row in rows}
    return [*found, *(summed ^ expected.keys())]


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
