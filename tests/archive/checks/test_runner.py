"""Checks across reports in the archive: written when all is loaded, and always as a rebuild has them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.checks import runner
from tests.archive.checks.archived import PLACEHOLDER, article, checks
from tests.archive.checks.prose import text
from tests.archive.folder import Folder


def test_rules_across_reports_are_counted_with_the_others(folder: Folder) -> None:
    carried = {
        "new__total": "3",
        "carried_out__total": "3",
        "new__business": "3",
        "carried_out__business": "3",
    }
    folder.fetch("2025-04-01T02:00:00Z", "/1.html", article(year=2023, **carried))
    folder.fetch("2025-04-01T02:01:00Z", "/2.html", article(day="2025-02-01"))
    folder.build()

    report = f"{folder.rows('SELECT DISTINCT agency_id FROM reports')[0][0]}-2024"
    assert checks(folder) == [
        (report, "carry_over", "business", "source", "3", "0"),
        (report, "carry_over", "total", "source", "3", "0"),
        (report, "deadline", "", "source", "2025-02-01", "2025-01-31"),
    ]
    assert folder.rows("SELECT year, checks_failed FROM reports ORDER BY year") == [
        (2023, 0),
        (2024, 3),
    ]


def test_a_report_found_later_breaks_with_one_found_before(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", "/2.html", article())
    folder.build()
    assert checks(folder) == []

    carried = {
        "new__total": "3",
        "carried_out__total": "3",
        "new__business": "3",
        "carried_out__business": "3",
    }
    folder.fetch("2025-01-22T02:00:00Z", "/1.html", article(year=2023, **carried))
    built = folder.build()

    assert built.reports == {"new": 1}
    assert [row[1:3] for row in checks(folder)] == [
        ("carry_over", "business"),
        ("carry_over", "total"),
    ]
    folder.fetch("2025-01-23T02:00:00Z", "/1.html", article(year=2023))
    folder.build()
    assert checks(folder) == []
    assert folder.rows("SELECT sum(checks_failed) FROM reports") == [(0,)]


def test_twins_show_the_passages_they_share(folder: Folder) -> None:
    said = "平罗县教育局2024年工作如下。" + text(1)
    copied = said.replace("教育局", "民政局")
    folder.fetch("2025-01-21T02:00:00Z", "/1.html", article(prose=said))
    folder.fetch(
        "2025-01-21T02:01:00Z", "/2.html", article("平罗县民政局", prose=copied, day="2025-01-25")
    )
    folder.build()

    ids = dict(folder.rows("SELECT name, id FROM agencies"))
    one, other = f"{ids['平罗县教育局']}-2024", f"{ids['平罗县民政局']}-2024"
    assert checks(folder) == [(other, "near_duplicate", "", "source", "100%", one)]
    rest = f"\n{PLACEHOLDER}\n{PLACEHOLDER}"
    assert folder.rows("SELECT * FROM twin_passages") == [
        (other, one, 1, copied + rest, said + rest)
    ]
    folder.fetch("2025-01-22T02:00:00Z", "/2.html", article("平罗县民政局", prose=text(2)))
    folder.build()
    assert (checks(folder), folder.rows("SELECT * FROM twin_passages")) == ([], [])


def test_another_place_is_found_and_found_once(folder: Folder) -> None:
    foreign = "本报告可通过惠农区人民政府网站查阅。"
    folder.fetch("2025-01-21T02:00:00Z", "/1.html", article(prose=foreign))
    folder.build()
    (found,) = checks(folder)
    assert found[1:4] == ("foreign_place", "", "source")
    folder.fetch("2025-01-22T02:00:00Z", "/2.html", article("平罗县民政局"))
    folder.build()
    assert checks(folder) == [found]


def test_a_new_version_of_the_rules_checks_the_archive_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.fetch("2025-04-01T02:00:00Z", "/1.html", article(day="2025-02-01"))
    folder.build()
    before = checks(folder)
    with closing(sqlite3.connect(folder.db)) as conn, conn:
        conn.execute("DELETE FROM checks")
    folder.build()
    assert checks(folder) == []  # nothing new, so nothing was looked at
    monkeypatch.setattr(runner, "VERSION", "next")

    folder.build()

    assert checks(folder) == before
    assert not folder.build().has_changes


BODIES = {
    f"{name}{year}{words}{cells.get('carried_out__total', '')}": article(
        f"平罗县{name}", year, text(words) if words else "", **cells
    )
    for name in ("教育局", "民政局", "人民政府")
    for year in (2023, 2024)
    for words in (0, 1, 2)
    for cells in ({}, {"new__total": "1", "carried_out__total": "1"})
}
FETCHES = st.tuples(st.sampled_from(("/a", "/b", "/c")), st.sampled_from(sorted(BODIES)))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(nights=st.lists(st.lists(FETCHES, min_size=1, max_size=3), min_size=2, max_size=4))
def test_night_by_night_equals_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, nights: list[list[tuple[str, str]]]
) -> None:
    with Folder(tmp_path_factory.mktemp("nights")) as folder:
        for night, fetches in enumerate(nights):
            for minute, (path, body) in enumerate(fetches):
                at = f"2025-02-{night + 1:02}T02:{minute:02}:00Z"
                folder.fetch(at, f"{path}.html", BODIES[body])
            folder.build()
        step_by_step = folder.dump()

        folder.rebuild()

        assert folder.dump() == step_by_step
        assert folder.rows("PRAGMA foreign_key_check") == []
        assert (
            folder.rows(
                "SELECT 1 FROM reports r WHERE checks_failed <>"
                " (SELECT count(*) FROM checks c WHERE c.report_id = r.id)"
            )
            == []
        )
