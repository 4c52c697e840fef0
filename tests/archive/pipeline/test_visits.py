"""Visits that found the same have no row, and everything that the archive tells stays as it was."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.pipeline.observations import every_visit
from gongkai.crawler.warc.index import SnapshotIndex
from gongkai.crawler.warc.snapshot import IndexEntry
from gongkai.crawler.warc.tables.visits import VisitTable
from gongkai.publish.http.known_then import archive_then, read_as_of
from gongkai.publish.pages.proof.sightings import load_sightings
from gongkai.publish.pages.report.originals import find_original
from tests.archive.folder import HOST, Dump, Folder, report_page
from tests.paths import ROOT

PATHS = ("/a/t20250120_1.html", "/b/t20250120_2.html")
BODIES = {
    "report": report_page("平罗县水务局"),
    "edited": report_page("平罗县水务局", new__total="7", granted__business="2"),
    "nothing": b"<html><body><p>\xe9\x80\x9a\xe7\x9f\xa5</p></body></html>",
}
STEPS = st.sampled_from(
    [
        *("report", "report", "report", "edited", "nothing"),
        *(404, 500, 304, 304, 304),
    ]
)
NIGHTS = st.lists(st.lists(STEPS, min_size=1, max_size=2), min_size=2, max_size=7)
OF_FETCHES = ("snapshots", "runs", "duties")


def crawl(folder: Folder, night: int, steps: list[str | int], run: str) -> None:
    """Fetch the two addresses on a day, with the bodies or the statuses that are named."""
    for minute, (path, step) in enumerate(zip(PATHS, steps, strict=False)):
        folder.fetch(
            f"2025-02-{night + 1:02}T02:{minute:02}:00Z",
            path,
            BODIES[step] if isinstance(step, str) else b"",
            status=200 if isinstance(step, str) else step,
            missed=step == "nothing",
            run=run,
        )


def told(dump: Dump) -> Dump:
    """Return what an archive tells but for the ids of fetches, and when each address had what."""
    return {name: rows for name, rows in dump.items() if name not in OF_FETCHES} | {
        "coverage": [row[:-1] for row in dump["coverage"]],
        "remarks": sorted(row[1:] for row in dump["remarks"]),
        "visits": sorted(
            (row[2], row[8], at)
            for row in dump["snapshots"]
            for at in every_visit(row[14], row[21])
        ),
    }


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(nights=NIGHTS)
def test_the_archive_tells_what_it_told_with_a_row_for_each_visit(
    tmp_path_factory: pytest.TempPathFactory, nights: list[list[str | int]]
) -> None:
    with (
        Folder(tmp_path_factory.mktemp("counted")) as counted,
        Folder(tmp_path_factory.mktemp("rows")) as rows,
    ):
        for night, steps in enumerate(nights):
            crawl(counted, night, steps, uuid4().hex)
            crawl(rows, night, steps, "")
            counted.build()
        rows.build()
        step_by_step = counted.dump()
        assert told(step_by_step) == told(rows.dump())
        counted.rebuild()
        assert counted.dump() == step_by_step


def test_a_night_that_finds_the_same_adds_no_row(folder: Folder) -> None:
    for night in range(5):
        crawl(folder, night, ["report", 304 if night % 2 else "report"], uuid4().hex)
        folder.build()
    found = folder.rows(
        "SELECT url, visits, seen_at, last_seen, visited FROM snapshots ORDER BY url"
    )
    day = 24 * 3600
    assert [
        (visits, first, last, json.loads(steps)) for _, visits, first, last, steps in found
    ] == [
        (5, "2025-02-01T02:00:00Z", "2025-02-05T02:00:00Z", [day] * 4),
        (5, "2025-02-01T02:01:00Z", "2025-02-05T02:01:00Z", [day] * 4),
    ]
    ((record, warc, offset),) = folder.rows(
        "SELECT last_record, last_warc, last_offset FROM snapshots ORDER BY url LIMIT 1"
    )
    last = folder.snapshots.find(record, warc, offset)
    assert last is not None
    assert folder.snapshots.body(last) == BODIES["report"]
    assert folder.rows("SELECT first_seen, last_seen FROM reports") == [
        ("2025-02-01T02:00:00Z", "2025-02-05T02:01:00Z")
    ]
    assert folder.rows("SELECT count(*) FROM covered") == [(0,)]


def test_a_report_that_is_found_as_it_was_is_not_read_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for night in range(2):
        crawl(folder, night, ["report", "report"], uuid4().hex)
        folder.build()
    with monkeypatch.context() as unread:
        unread.delattr("gongkai.archive.pipeline.attribution.decode")
        crawl(folder, 2, [304, "report"], uuid4().hex)
        assert folder.build().reports == {"unchanged": 1}
    seen = folder.rows(
        "SELECT last_seen FROM reports UNION ALL SELECT last_seen FROM revisions"
        " UNION ALL SELECT last_seen FROM copies"
    )
    assert seen == [
        ("2025-02-03T02:01:00Z",),
        ("2025-02-03T02:01:00Z",),
        ("2025-02-03T02:01:00Z",),
    ]
    step_by_step = folder.dump()
    folder.rebuild()
    assert folder.dump() == step_by_step


def test_a_report_whose_address_has_that_of_another_agency_is_loaded(folder: Folder) -> None:
    other = report_page("平罗县民政局")
    for night, body in enumerate((BODIES["report"], other, other, other)):
        folder.fetch(f"2025-02-0{night + 1}T02:00:00Z", PATHS[0], body, run=uuid4().hex)
        folder.build()
    found = folder.rows("SELECT agency_id, status, last_seen FROM reports ORDER BY last_seen")
    assert [(status, seen) for _, status, seen in found] == [
        ("removed", "2025-02-01T02:00:00Z"),
        ("complete", "2025-02-04T02:00:00Z"),
    ]
    step_by_step = folder.dump()
    folder.rebuild()
    assert folder.dump() == step_by_step


def test_the_documented_query_tells_when_and_by_which_run(folder: Folder) -> None:
    runs = [f"{night:032x}" for night in range(1, 4)]
    for night, run in enumerate(runs):
        crawl(folder, night, ["report"], run)
        folder.run(run, f"2025-02-{night + 1:02}")
    folder.build()
    text = (ROOT / "docs/explanation/provenance.md").read_text(encoding="utf-8")
    (query,) = (part for part in text.split("```") if part.startswith("sql\nWITH visits"))
    with closing(sqlite3.connect(folder.db)) as conn:
        found = conn.execute(query.removeprefix("sql\n"), {"url": HOST + PATHS[0]}).fetchall()
    assert found == [(f"2025-02-{day:02}T02:00:00Z", run) for day, run in enumerate(runs, 1)]


def test_a_day_shows_the_visits_until_then(folder: Folder) -> None:
    for night in range(5):
        crawl(folder, night, ["report"], uuid4().hex)
    folder.build()
    then = "SELECT visits, seen_at, last_seen, last_record, visited FROM snapshots"
    day = 24 * 3600
    with closing(sqlite3.connect(folder.db)) as conn:
        with archive_then(conn, read_as_of("2025-02-03")):
            assert conn.execute(then).fetchall() == [
                (3, "2025-02-01T02:00:00Z", "2025-02-03T02:00:00Z", None, f"[{day},{day}]")
            ]
        with archive_then(conn, read_as_of("2025-02-01")):
            assert conn.execute(then).fetchall() == [
                (1, "2025-02-01T02:00:00Z", "2025-02-01T02:00:00Z", None, None)
            ]
        now = conn.execute(then).fetchall()
        with archive_then(conn, read_as_of("2025-02-05")):
            assert conn.execute(then).fetchall() == now


def test_the_pages_count_visits_and_read_publications_of_earlier_versions(folder: Folder) -> None:
    for night in range(4):
        crawl(folder, night, ["report"], uuid4().hex)
    folder.build()
    with closing(sqlite3.connect(folder.db)) as conn:
        conn.row_factory = sqlite3.Row
        (digest,) = conn.execute("SELECT digest FROM reports").fetchone()
        seen = load_sightings(conn, digest)
        assert (seen.count, seen.last) == (4, "2025-02-04T02:00:00Z")
        assert [each.at[:10] for each in seen.listed] == ["2025-02-01", "2025-02-04"]
        assert find_original(conn, digest).last_fetched == "2025-02-04T02:00:00Z"
    with closing(sqlite3.connect(":memory:")) as before:
        before.row_factory = sqlite3.Row
        before.execute("ATTACH ? AS archive", (str(folder.db),))
        names = [row["name"] for row in before.execute("PRAGMA archive.table_info(snapshots)")]
        former = ", ".join(names[: names.index("visits")])
        before.execute(f"CREATE TABLE snapshots AS SELECT {former} FROM archive.snapshots")
        for table in ("imports", "runs"):
            before.execute(f"CREATE TABLE {table} AS SELECT * FROM archive.{table}")
        before.execute("DETACH archive")
        seen = load_sightings(before, digest)
        assert (seen.count, seen.last) == (1, "2025-02-01T02:00:00Z")
        assert find_original(before, digest).last_fetched == seen.last


def test_rows_of_an_earlier_version_are_counted(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def has_row(self: VisitTable, entry: IndexEntry, stretch: int) -> bool:
        return False

    with monkeypatch.context() as before:
        before.setattr(VisitTable, "confirm", has_row)
        for night, step in enumerate(
            ["report", 304, "report", "edited", "edited", 404, "edited", 304]
        ):
            crawl(folder, night, [step, "report"], uuid4().hex)
        folder.build()
    assert folder.rows("SELECT count(*) FROM snapshots") == [(16,)]
    carried_over = told(folder.dump())
    folder.snapshots.reindex()
    folder.build()
    assert folder.rows("SELECT count(*), sum(visits) FROM snapshots") == [(5, 16)]
    assert told(folder.dump()) == carried_over
    after = folder.dump()
    assert not folder.build().has_changes
    folder.rebuild()
    assert folder.dump() == after


def test_an_index_of_an_earlier_version_is_made_again(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        for night in range(3):
            crawl(folder, night, ["report"], uuid4().hex)
        folder.snapshots.index._db.execute("PRAGMA user_version = 13")
    with Folder(tmp_path) as folder:
        assert isinstance(folder.snapshots.index, SnapshotIndex)
        folder.build()
        assert folder.rows("SELECT visits FROM snapshots") == [(3,)]
