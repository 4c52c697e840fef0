"""Measures, totals and checks equal those that code without a common line computes from the raw tables.

The archive is built from the pages of 517 made reports for three years: renamings, mergers, a divided
district, compiled reports, and faults of typists. See `published_tables` for what is independent.
"""

from __future__ import annotations

import ast
import csv
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.rollups.region_sums import load_region_sums
from gongkai.archive.store.csv_export import export_tables
from gongkai.archive.store.measures_sql import SUMMED
from gongkai.crawler.sites.registry import Site
from gongkai.publish.http.vintage import divisions_then
from gongkai.publish.pages.places.totals import load_totals
from tests.archive.folder import Folder, read_here
from tests.paths import REPORTS
from tests.recomputation import checks_again, coverage_again, differences, measures_again
from tests.recomputation.made_country import SEEN, MadeCountry, made_country
from tests.recomputation.published_tables import Publication, number, read_table

SITES = (
    Site("ningxia", "宁夏回族自治区人民政府", "640000", "http://www.pingluo.gov.cn/"),
    Site("hangzhou", "杭州市人民政府", "330100", "http://www.hangzhou.gov.cn/"),
)
TODAY = "2023-07-01"
REAL = (
    *("pingluo-gxj-2024-text", "weibin-gxj-2024-text", "yongning-gkj-2024-text"),
    "zhongwei-gxj-2023-text",
)
HANGZHOU, XIACHENG, JIANGGAN = "330100", "330103", "330104"
SHANGCHENG, GONGSHU, YUHANG, QIANTANG = "330102", "330105", "330110", "330114"
MOVED = {
    # 浙政发〔2021〕7号: joined, divided, or a part given to a new district
    2022: {
        (XIACHENG, "2020"): GONGSHU,
        (JIANGGAN, "2020"): HANGZHOU,
        (YUHANG, "2020"): HANGZHOU,
    },
    2020: {
        (code, year): HANGZHOU
        for code in (SHANGCHENG, GONGSHU, QIANTANG)
        for year in ("2021", "2022")
    },
}
"""Where reports count by the divisions of a year, as the order on 杭州 of 2021 says."""

CHANGED = {"own": "compiled"}
ITEM = "refused_third_party"
"""What is changed in a table, to see that the comparison notices it."""

OF_NUMBERS = (
    *("requests_balance", "requests_outcome_sum", "requests_row_total", "review_total"),
    *(
        "litigation_total",
        "active_disclosure_cells",
        "carry_over",
        "in_force_continuity",
        "deadline",
    ),
)
"""Rules that need no words."""


@pytest.fixture(scope="module")
def country() -> MadeCountry:
    """Return the made reports."""
    return made_country()


@pytest.fixture(scope="module")
def public_file(country: MadeCountry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the public file of an archive of the made reports."""
    path = tmp_path_factory.mktemp("country")
    with Folder(path) as folder:
        country.keep_in(folder)
        for number_, site in enumerate(SITES):
            folder.run(f"{number_:032x}", SEEN, site=site.id, requests=300, new=250)
        build(folder.db, BuildJob(folder.snapshots, SITES, read=read_here, today=TODAY))
        write_public_file(folder.db, path / "public.db")
    return path / "public.db"


@pytest.fixture(scope="module")
def data(public_file: Path) -> Publication:
    """Return the published CSV files, read by the other code."""
    return Publication(exported(public_file))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """Return the published tables of an archive of the frozen real reports."""
    path = tmp_path_factory.mktemp("real")
    with Folder(path) as folder:
        for place, case in enumerate(REAL):
            body = (REPORTS / case / "source.txt").read_bytes()
            folder.fetch(
                f"2025-06-01T00:00:0{place}Z", f"/{case}.txt", body, media_type="text/plain"
            )
        build(folder.db, BuildJob(folder.snapshots, SITES, read=read_here, today="2025-07-01"))
        write_public_file(folder.db, path / "public.db")
    return Publication(exported(path / "public.db"))


def exported(public_file: Path) -> Path:
    """Return a folder with the CSV files of a public file."""
    folder = public_file.with_name("csv")
    with closing(sqlite3.connect(public_file)) as conn:
        export_tables(conn, folder)
    return folder


@pytest.fixture
def conn(public_file: Path) -> Iterator[sqlite3.Connection]:
    """Return the public file, open."""
    with closing(sqlite3.connect(public_file)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def names(data: Publication, report: str) -> tuple[str, int]:
    """Return the agency's name and the year of a report."""
    return data.agency(report)["name"], int(data.reports[report]["year"])


def test_the_other_code_shares_nothing_with_the_project() -> None:
    for module in ("published_tables", "measures_again", "checks_again", "coverage_again"):
        tree = ast.parse(Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            found = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            found += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in found:
                assert name.startswith(
                    "tests.recomputation."
                ) or name in sys.stdlib_module_names | {"collections.abc"}, name


def test_every_report_is_there_and_says_what_it_covers(
    data: Publication, country: MadeCountry
) -> None:
    assert len(country.reports) >= 500
    made = {(report.agency, report.year): report for report in country.reports}
    assert {names(data, report) for report in data.reports} == made.keys()
    for report, row in data.reports.items():
        assert row["covers"] == made[names(data, report)].covers
        assert row["form"] == made[names(data, report)].form.id


def test_every_number_is_the_one_that_was_printed(data: Publication, country: MadeCountry) -> None:
    made = {(report.agency, report.year): report for report in country.reports}
    compared = 0
    for row in read_table(data.folder, "cells"):
        values = made[names(data, row["report_id"])].values
        printed = values[row["part"]][row["item"]][row["field"]]
        if printed.isascii() and printed.isdecimal():
            compared += 1
            assert number(row["value"]) == int(printed), row
        assert row["value"] or not printed.isdecimal(), row
    assert compared > 90_000


def test_every_measure(data: Publication) -> None:
    assert differences.of_measures(data) == []
    assert len(read_table(data.folder, "report_summary")) == len(data.reports) >= 500


def test_every_total_of_every_region(data: Publication, conn: sqlite3.Connection) -> None:
    expected = measures_again.totals(data)
    rows = load_region_sums(conn, [*data.regions, "000000"], SUMMED)
    found = {(row["root"], str(row["year"]), row["series"]): row for row in rows}
    assert found.keys() == expected.keys()
    for key, row in found.items():
        for column in row.keys()[3:]:
            assert (row[column] or 0) == expected[key][column], (key, column)


@pytest.mark.parametrize("vintage", sorted(MOVED))
def test_totals_by_the_divisions_of_a_year(
    data: Publication, conn: sqlite3.Connection, vintage: int
) -> None:
    expected = measures_again.totals(data, MOVED[vintage])
    with divisions_then(conn, vintage):
        rows = load_region_sums(conn, [*data.regions, "000000"], SUMMED)
    found = {(row["root"], str(row["year"]), row["series"]): row for row in rows}
    assert found.keys() == expected.keys()
    for key, row in found.items():
        for column in row.keys()[3:]:
            assert (row[column] or 0) == expected[key][column], (key, column)


def test_the_pooled_panel(data: Publication) -> None:
    assert differences.of_panel(data) == []
    reasons = {row["absence"] for row in read_table(data.folder, "panel")}
    assert reasons > {"", "blank", "dash", "not_in_form", "incomplete", "no_cases"}
    assert "contradictory" in reasons


def test_totals_of_regions_in_long_form(data: Publication) -> None:
    assert differences.of_totals(data) == []


def test_sums_of_each_region_alone(data: Publication) -> None:
    assert differences.of_regions(data) == []


def test_reasons_for_refusal(data: Publication) -> None:
    assert differences.of_reasons(data) == []


def test_every_check(data: Publication) -> None:
    assert differences.of_checks(data) == []
    assert len(read_table(data.folder, "checks")) > 500


def test_the_real_reports(real: Publication) -> None:
    """Their words are not those of made reports, so that only checks of numbers are compared."""
    assert len(real.reports) == len(REAL)
    assert differences.of_measures(real) == []
    assert differences.of_regions(real) == []
    assert differences.of_panel(real) == []
    assert differences.of_totals(real) == []
    assert differences.of_reasons(real) == []
    assert differences.of_checks(real, OF_NUMBERS) == []


def test_copied_texts(data: Publication, country: MadeCountry) -> None:
    rows = [row for row in read_table(data.folder, "checks") if row["rule"] == "near_duplicate"]
    pairs = checks_again.similar_pairs(data)
    assert {(row["report_id"], row["right_value"]) for row in rows} == pairs
    assert {tuple(names(data, each) for each in pair) for pair in pairs} == set(country.copies)


def test_agencies_follow_each_other_as_they_were_made_to(
    data: Publication, country: MadeCountry
) -> None:
    rows = read_table(data.folder, "agency_links")
    agencies = {key: row["name"] for key, row in data.agencies.items()} | {"": ""}
    found = [(agencies[row["from_id"]], agencies[row["to_id"]], row["kind"]) for row in rows]
    assert sorted(found) == sorted(country.changes)
    assert coverage_again.broken_lines(data) == []
    assert {row["year"] for row in rows} <= {"2019", "2021", "2022"}


def test_what_is_there_late_or_missing(data: Publication, conn: sqlite3.Connection) -> None:
    expected = coverage_again.coverage(data, TODAY)
    rows = read_table(data.folder, "coverage")
    found = {(row["agency_id"], row["year"]): row["status"] for row in rows}
    assert found == expected
    assert {"found", "late", "missing", "unclear", "not_looked"} == set(found.values())
    counts = {
        (place, str(year), status): n
        for (place, year), total in load_totals(conn, ["", *data.regions]).items()
        for status, n in total.coverage.items()
    }
    assert counts == coverage_again.coverage_counts(data, expected)


@pytest.mark.parametrize(
    ("table", "column", "compare"),
    [
        ("requests", "total", differences.of_measures),
        ("requests", "natural_person", differences.of_checks),
        ("requests", "total", differences.of_reasons),
        ("requests", "total", differences.of_panel),
        ("requests", "total", differences.of_totals),
        ("review_litigation", "corrected", differences.of_measures),
        ("reports", "published_on", differences.of_checks),
        ("reports", "covers", differences.of_regions),
    ],
)
def test_one_changed_cell_is_a_difference(
    data: Publication,
    tmp_path: Path,
    table: str,
    column: str,
    compare: Callable[[Publication], Sequence[object]],
) -> None:
    """Otherwise the comparison would not see a fault."""
    for file in data.folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    rows = read_table(data.folder, table)
    for row in rows:
        if row[column] in CHANGED:
            row[column] = CHANGED[row[column]]
            break
        if row[column].isdecimal() and row.get("item", ITEM) == ITEM:
            row[column] = str(int(row[column]) + 1)
            break
        if row[column].startswith(("2021-01-2", "2022-01-2")):
            row[column] = f"{row[column][:5]}12-01"
            break
    else:
        raise AssertionError(column)
    (tmp_path / f"{table}.csv").unlink()
    with (tmp_path / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert compare(Publication(tmp_path)) != []
