"""Ids that change when more is known of a portal: nothing is lost, and old ids lead to new ones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.pipeline.builder import rebuild
from gongkai.archive.pipeline.forwards import is_report_id
from gongkai.archive.terminal.report_record import find_report_id
from tests.archive.folder import Dump, Folder, dump, report_page
from tests.archive.pipeline.test_site_facts import HEYUAN, LINDU, fetch, job, run_build

WRONG = replace(LINDU, region_code="640122")
NAMED = replace(LINDU, name="平罗县政府网")
REGISTRIES = {"none": (), "right": (LINDU, HEYUAN), "wrong": (WRONG, HEYUAN), "named": (NAMED,)}
BODIES = {
    "finance": report_page("财政局"),
    "edited": report_page("财政局", new__total="7", granted__business="2"),
    "whole": report_page("平罗县财政局", template="w"),
    "earlier": report_page("财政局", year=2023),
}
FETCHED = st.tuples(
    st.just("fetch"),
    st.sampled_from((LINDU, HEYUAN, WRONG)),
    st.sampled_from(("a.html", "b.html")),
    st.sampled_from(sorted(BODIES)),
    st.booleans(),
)
BUILT = st.tuples(st.sampled_from(("build", "rebuild")), st.sampled_from(sorted(REGISTRIES)))


def without_forwards(found: Dump) -> Dump:
    """Return all tables but the one that tells how the archive came about."""
    return {name: rows for name, rows in found.items() if name != "forwards"}


def ids_of(folder: Folder) -> set[str]:
    """Return the ids of reports, and of the agencies that have some."""
    return {
        key for (key,) in folder.rows("SELECT id FROM reports UNION SELECT agency_id FROM reports")
    }


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.one_of(FETCHED, BUILT), min_size=2, max_size=8), last=BUILT)
def test_no_order_of_builds_loses_anything(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple], last: tuple[str, str]
) -> None:
    """With the registry or without it, corrected or not: as a fresh build, and old ids lead on."""
    with Folder(tmp_path_factory.mktemp("orders")) as folder:
        fetch(folder, LINDU, "2025-01-31T02:00:00Z", "a.html", BODIES["finance"], with_facts=False)
        seen: set[str] = set()
        for minute, (kind, *how) in enumerate([*steps, last]):
            if kind == "fetch":
                site, path, body, with_facts = how
                at = f"2025-02-01T02:{minute:02}:00Z"
                fetch(folder, site, at, path, BODIES[body], with_facts=with_facts)
                continue
            if kind == "build":
                run_build(folder, *REGISTRIES[how[0]])
            else:
                rebuild(folder.db, job(folder, REGISTRIES[how[0]]))
            seen |= ids_of(folder)
        after = without_forwards(folder.dump())
        forwards = dict(folder.rows("SELECT old_id, new_id FROM forwards"))
        living = {
            key for (key,) in folder.rows("SELECT id FROM reports UNION SELECT id FROM agencies")
        }
        archive = folder.db
        folder.db = archive.with_name("fresh.db")
        run_build(folder, *REGISTRIES[last[1]])
        assert after == without_forwards(dump(folder.db))
    assert not forwards.keys() & living
    assert seen <= living | forwards.keys()
    assert set(forwards.values()) <= living


def test_a_report_whose_region_is_found_out_leaves_its_old_id(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        for day, total in ((1, "0"), (2, "7")):
            body = report_page("财政局", new__total=total)
            fetch(folder, LINDU, f"2025-02-0{day}T02:00:00Z", "a.html", body, with_facts=False)
        run_build(folder)
        ((old, agency),) = folder.rows("SELECT id, agency_id FROM reports")
        run_build(folder, LINDU)
        ((new, now, first),) = folder.rows("SELECT id, agency_id, first_seen FROM reports")
        assert first == "2025-02-01T02:00:00Z"
        assert folder.rows("SELECT count(*) FROM revisions") == [(2,)]
        assert folder.rows("SELECT old_id, new_id, why FROM forwards ORDER BY old_id") == [
            (agency, now, "region"),
            (old, new, "region"),
        ]
        with closing(sqlite3.connect(folder.db)) as conn:
            assert find_report_id(conn, (old,)) == new
        run_build(folder, WRONG)
        ((newest,),) = folder.rows("SELECT id FROM reports")
        assert dict(folder.rows("SELECT old_id, new_id FROM forwards"))[old] == newest
        run_build(folder, LINDU)
        assert new not in dict(folder.rows("SELECT old_id, new_id FROM forwards"))


@pytest.mark.parametrize(
    ("key", "is_report"),
    [
        ("640221-jiaoyuju-37ae-2024", True),
        ("640221-jiaoyuju-1234", False),
        ("640221-jiaoyuju-1234-2024", True),
        ("000000-lindu-jiaoyuju-12345678", False),
        ("000000-lin-du-jiaoyuju-12345678-2024", True),
    ],
)
def test_ids_of_reports_and_agencies_are_told_apart(key: str, is_report: bool) -> None:
    assert is_report_id(key) == is_report
