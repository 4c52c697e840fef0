"""What others saw in the history of a report: dates, changes, removals, portals."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from gongkai.archive.checks.facts_query import FactsReader
from gongkai.archive.commands.shared.wacz_export import Selection, export_wacz
from gongkai.archive.pipeline import builder
from gongkai.archive.pipeline.builder import BuildJob
from gongkai.archive.pipeline.import_documents import may_be_reports
from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.evidence.wacz_check import verify_wacz
from gongkai.crawler.imports.admission import Admission
from gongkai.crawler.imports.import_run import Import
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.sites.registry import Site, load_sites
from gongkai.crawler.warc.parse import gzip_members, parse_record
from tests.archive.folder import HOST, Folder, read_here, report_page
from tests.crawler.imports.foreign_files import answer, packed, page, record

ARTICLE = "/zwgk/202501/t20250120_1.html"
TITLE = "平罗县教育局"
Bring = Callable[..., None]


@pytest.fixture(scope="module")
def analyst() -> Iterator[Analyst]:
    """The process that analyses pages."""
    with closing(Analyst()) as opened:
        yield opened


@pytest.fixture
def bring(folder: Folder, tmp_path: Path, analyst: Analyst) -> Bring:
    """Return a function that imports pages, given as (day, path, body) or as whole records."""

    def run(*pages: tuple[str, str, bytes] | bytes, cut: bool = False) -> None:
        fields = ("WARC-Truncated: length",) if cut else ()
        records = [
            each
            if isinstance(each, bytes)
            else page(HOST + each[1], each[2], *fields, date=f"{each[0]}T04:00:00Z")
            for each in pages
        ]
        path = tmp_path / "other.warc.gz"
        path.write_bytes(packed(records))
        index = folder.snapshots.index
        writer = ImportWriter(folder.snapshots.folder, index)
        work = Import(index, writer, Admission(load_sites(), analyst), may_be_reports, "Elsewhere")
        work.read_file(path)
        work.finish()
        work.close()

    return run


def report(total: str = "3", year: int = 2024) -> bytes:
    return report_page(TITLE, year, new__total=total)


def status(folder: Folder) -> tuple[object, ...]:
    (row,) = folder.rows("SELECT status, first_seen, last_seen FROM reports")
    return row


def same_as_a_rebuild(folder: Folder) -> None:
    before = folder.dump()
    folder.rebuild()
    assert folder.dump() == before


def test_history_begins_before_our_first_night(folder: Folder, bring: Bring) -> None:
    folder.fetch("2025-06-01T02:00:00Z", ARTICLE, report("4"))
    folder.build()
    bring(("2025-02-01", ARTICLE, report("3")), ("2025-09-01", ARTICLE, report("4")))
    folder.build()
    assert status(folder) == ("complete", "2025-02-01T04:00:00Z", "2025-09-01T04:00:00Z")
    assert folder.rows(
        "SELECT seen_at, old, new FROM changes WHERE item = 'new' AND field = 'total'"
    ) == [("2025-06-01T02:00:00Z", "3", "4")]
    assert folder.rows("SELECT DISTINCT collection, host FROM imports") == [
        ("Elsewhere", "pingluo.gov.cn")
    ]
    assert folder.rows("SELECT DISTINCT site FROM snapshots") == [("pingluo",)]
    same_as_a_rebuild(folder)


def test_a_report_that_no_list_reached_is_not_removed(folder: Folder, bring: Bring) -> None:
    bring(("2025-02-01", ARTICLE, report()))
    folder.run("a" * 32, "2025-06-01")
    folder.build()
    assert status(folder) == ("complete", "2025-02-01T04:00:00Z", "2025-02-01T04:00:00Z")
    assert folder.rows("SELECT since FROM absences") == []


def test_a_report_at_another_address_is_not_removed(folder: Folder, bring: Bring) -> None:
    bring(("2025-02-01", "/old/1.html", report()))
    folder.fetch("2025-06-01T01:30:00Z", ARTICLE, report())
    folder.run("a" * 32, "2025-06-01")
    folder.build()
    assert status(folder) == ("complete", "2025-02-01T04:00:00Z", "2025-06-01T01:30:00Z")
    assert folder.rows("SELECT since FROM absences") == []


@pytest.mark.parametrize("code", [301, 308, 404, 410])
def test_one_answer_that_it_is_gone_is_enough(folder: Folder, bring: Bring, code: int) -> None:
    bring(("2025-02-01", ARTICLE, report()))
    folder.build()
    folder.fetch("2025-06-01T02:00:00Z", ARTICLE, status=code, location="/" if code < 400 else "")
    folder.build()
    assert status(folder) == ("removed", "2025-02-01T04:00:00Z", "2025-02-01T04:00:00Z")
    assert folder.rows("SELECT since, until FROM absences") == [("2025-06-01T02:00:00Z", None)]
    same_as_a_rebuild(folder)


def test_an_answer_before_the_last_sighting_removes_nothing(folder: Folder, bring: Bring) -> None:
    folder.fetch("2025-01-01T02:00:00Z", ARTICLE, status=404)
    bring(("2024-12-01", ARTICLE, report()), ("2025-02-01", ARTICLE, report()))
    folder.build()
    assert status(folder)[0] == "complete"


def test_another_page_in_its_place_is_awaited_twice(folder: Folder, bring: Bring) -> None:
    bring(("2025-02-01", ARTICLE, report()))
    folder.fetch("2025-06-01T02:00:00Z", ARTICLE, b"<html>ok</html>", missed=True)
    folder.build()
    assert status(folder)[0] == "complete"
    folder.fetch("2025-06-02T02:00:00Z", ARTICLE, b"<html>ok</html>", missed=True)
    folder.build()
    assert status(folder)[0] == "removed"
    assert folder.rows("SELECT since FROM absences") == [("2025-06-02T02:00:00Z",)]


def test_a_report_that_was_moved_is_not_removed(folder: Folder, bring: Bring) -> None:
    bring(("2025-02-01", "/old/1.html", report()))
    folder.fetch("2025-06-01T02:00:00Z", "/old/1.html", status=301, location=ARTICLE)
    folder.fetch("2025-06-01T02:00:01Z", ARTICLE, report("4"))
    folder.build()
    assert status(folder) == ("complete", "2025-02-01T04:00:00Z", "2025-06-01T02:00:01Z")
    assert folder.rows("SELECT since FROM absences") == []
    assert folder.rows(
        "SELECT seen_at, old, new FROM changes WHERE item = 'new' AND field = 'total'"
    ) == [("2025-06-01T02:00:01Z", "3", "4")]


def test_an_error_of_ours_removes_nothing(folder: Folder, bring: Bring) -> None:
    bring(("2025-02-01", ARTICLE, report()))
    folder.fetch("2025-06-01T01:30:00Z", ARTICLE, status=503)
    folder.run("a" * 32, "2025-06-01")
    folder.build()
    assert status(folder)[0] == "complete"


def test_what_others_missed_is_no_removal_and_an_absence_once_it_is_seen_again(
    folder: Folder, bring: Bring
) -> None:
    gone = [
        record("response", HOST + ARTICLE, answer(b"", status="404 Not Found"), date=day)
        for day in ("2025-03-01T00:00:00Z", "2025-04-01T00:00:00Z")
    ]
    bring(("2025-02-01", ARTICLE, report()), *gone)
    folder.build()
    assert status(folder)[0] == "complete"
    assert folder.rows("SELECT since FROM absences") == []
    bring(("2025-05-01", ARTICLE, report()))
    folder.build()
    assert status(folder)[0] == "complete"
    assert folder.rows("SELECT since, until FROM absences") == [
        ("2025-03-01T00:00:00Z", "2025-05-01T04:00:00Z")
    ]


def test_a_sighting_by_others_is_no_watch_of_ours(folder: Folder, bring: Bring) -> None:
    bring(("2025-02-01", ARTICLE, report()))
    folder.build()
    with closing(sqlite3.connect(folder.db)) as conn:
        assert watched(conn) == [""]
    folder.fetch("2025-03-01T04:00:00Z", ARTICLE, report())
    folder.build()
    with closing(sqlite3.connect(folder.db)) as conn:
        assert watched(conn) == ["2025-03-01T04:00:00Z"]


def watched(conn: sqlite3.Connection) -> list[str]:
    ids = [key for (key,) in conn.execute("SELECT id FROM reports")]
    return [each.watched for each in FactsReader(conn).read(ids).values()]


@pytest.mark.parametrize("half_first", [True, False])
def test_half_a_page_is_never_a_version_beside_a_whole_one(
    folder: Folder, bring: Bring, half_first: bool
) -> None:
    whole, half = report(), report()[: len(report()) * 2 // 3]
    days = ("2025-02-01", "2025-03-01") if half_first else ("2025-03-01", "2025-02-01")
    bring((days[0], ARTICLE, half), cut=True)
    bring((days[1], ARTICLE, whole))
    folder.build()
    assert status(folder)[0] == "complete"
    assert folder.rows("SELECT count(*) FROM revisions") == [(1,)]
    assert folder.rows("SELECT count(*) FROM changes") == [(0,)]


def test_a_known_portal_has_its_host_until_it_is_entered(folder: Folder, bring: Bring) -> None:
    url = "http://www.yongning.gov.cn/nb/1.html"
    bring(page(url, report_page("邕宁区教育局", 2023)))
    folder.build()
    assert folder.rows(
        "SELECT s.site, p.region_code FROM snapshots s JOIN sites p ON p.id = s.site"
    ) == [("yongning.gov.cn", "450109")]
    entered = Site("yongning-450109", "邕宁区", "450109", "http://www.yongning.gov.cn/")
    job = BuildJob(folder.snapshots, (*load_sites(), entered), read=read_here)
    builder.build(folder.db, job)
    assert folder.rows("SELECT DISTINCT site FROM snapshots") == [("yongning-450109",)]
    before = folder.dump()
    assert not builder.build(folder.db, job).has_changes
    builder.rebuild(folder.db, job)
    assert folder.dump() == before


def test_what_others_saw_is_exported_with_where_it_came_from(
    folder: Folder, bring: Bring, tmp_path: Path
) -> None:
    bring(("2025-03-01", "/a.html", report()), ("2025-03-02", "/b.html", report("4")))
    package = tmp_path / "x.wacz"
    selection = Selection(site="pingluo")
    done = export_wacz(folder.snapshots, folder.db, load_sites(), selection, package, None)
    assert (done.records, done.pages) == (4, 2)
    assert verify_wacz(package).wrong == []
    with ZipFile(package) as file:
        lines = file.read("indexes/index.cdx").decode().splitlines()
        file.extract("archive/data.warc.gz", tmp_path)
    assert [line.split(" ")[1] for line in lines] == ["20250301040000", "20250302040000"]
    with (tmp_path / "archive" / "data.warc.gz").open("rb") as stream:
        kinds = [parse_record(content).kind for _, _, content in gzip_members(stream)]
    assert kinds == ["warcinfo", *["response", "metadata"] * 2]
