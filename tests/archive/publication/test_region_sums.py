"""Sums of regions: each report in one series, whatever the level, live and in a publication."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.rollups.region_sums import COUNTRY, load_region_sums
from gongkai.archive.store.measures_sql import COUNTED, GROUNDED, SERIES, SUMMED
from tests.archive.folder import Folder, report_page

REPORTS = (
    # agency, requests refused to protect a third party, requests handled
    ("平罗县教育局", 2, 4),
    ("平罗县民政局", 1, 3),
    ("平罗县人民政府", 5, 9),
    ("惠农区人民政府", 7, 8),
)
COMPILED = "平罗县民政局"


@pytest.fixture
def conn(folder: Folder) -> Iterator[sqlite3.Connection]:
    """Return an archive of two governments and two departments, of which one compiles."""
    for number, (name, refused, handled) in enumerate(REPORTS):
        body = report_page(
            name,
            refused_third_party__total=str(refused),
            granted__total=str(handled - refused),
            total_handled__total=str(handled),
        )
        folder.fetch(f"2025-01-21T02:0{number}:00Z", f"/{number}.html", body)
    folder.build()
    with closing(sqlite3.connect(folder.db)) as opened, opened:
        opened.execute(
            "UPDATE reports SET covers = 'compiled'"
            " WHERE agency_id = (SELECT id FROM agencies WHERE name = ?)",
            [COMPILED],
        )
    with closing(sqlite3.connect(folder.db)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def test_no_report_is_in_two_series(conn: sqlite3.Connection) -> None:
    measures = (*COUNTED, *GROUNDED)
    found = {
        (row["root"], row["series"]): (row["reports"], row["refused_part"])
        for row in load_region_sums(conn, ["640000", "640221", COUNTRY], measures)
    }
    own = {"bodies": (1, 2), "compiled_county": (1, 1)}
    assert found == {
        **{("640221", series): sums for series, sums in own.items()},
        ("640221", "government_county"): (1, 5),
        **{(root, series): sums for root in ("640000", COUNTRY) for series, sums in own.items()},
        **{(root, "government_county"): (2, 12) for root in ("640000", COUNTRY)},
    }
    assert {series for _, series in found} <= set(SERIES)


def test_a_publication_has_the_same_sums(conn: sqlite3.Connection, folder: Folder) -> None:
    """Its pages read them from a table."""
    target = folder.db.with_name("public.db")
    write_public_file(folder.db, target)
    roots = ["640000", "640221", "640205", "110000", COUNTRY]
    with closing(sqlite3.connect(target)) as public:
        public.row_factory = sqlite3.Row
        for year in (None, 2024, 2023):
            live = load_region_sums(conn, roots, SUMMED, year)
            made = load_region_sums(public, roots, SUMMED, year)
            assert sorted(map(tuple, made)) == sorted(map(tuple, live))
            assert bool(made) == (year != 2023)
        plan = public.execute("EXPLAIN QUERY PLAN SELECT * FROM region_sums WHERE root = 'x'")
        assert "SEARCH" in plan.fetchall()[0][3]


def test_every_ground_has_its_cases_and_the_reports_that_entered(conn: sqlite3.Connection) -> None:
    (row,) = (
        row
        for row in load_region_sums(conn, ["640221"], GROUNDED)
        if row["series"] == "government_county"
    )
    names = ("part", "whole", "reports")
    assert [row[f"ground_refused_third_party_{name}"] for name in names] == [5, 9, 1]


def test_the_table_of_regions_keeps_governments_and_bodies_apart(conn: sqlite3.Connection) -> None:
    """The older sums without a prefix add both; the groups beside them do not."""
    (row,) = conn.execute("SELECT * FROM reports_by_region WHERE region_code = '640221'")
    assert (row["reports"], row["with_requests"], row["refused"]) == (3, 3, 8)
    assert (row["bodies_with_requests"], row["bodies_refused"]) == (1, 2)
    assert (row["government_with_requests"], row["government_refused"]) == (1, 5)
