"""Building: what was fetched becomes reports, whatever the order and however often it is done."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest

from gongkai.extract.model.report import EXTRACTOR
from tests.archive.folder import Folder, report_page
from tests.paths import REPORTS

SEEDS = REPORTS
ARTICLE = "/zwgk/202501/t20250120_1.html"
EDUCATION = "640221-jiaoyuju-"


def report_id(folder: Folder) -> str:
    ((found,),) = folder.rows("SELECT id FROM reports")
    return str(found)


def test_report_is_loaded_whole(folder: Folder) -> None:
    kept = folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page(new__total="3"))

    built = folder.build()

    assert built.reports == {"new": 1}
    ((agency,),) = folder.rows("SELECT DISTINCT agency_id FROM reports")
    assert folder.rows("SELECT * FROM agencies WHERE id = ?", agency) == [
        (agency, "平罗县教育局", "640221", "county", "department", "教育", agency)
    ]
    assert agency.startswith(EDUCATION)
    key = f"{agency}-2024"
    assert folder.rows("SELECT * FROM reports") == [
        (
            key,
            agency,
            2024,
            "2021",
            "平罗县教育局2024年政府信息公开工作年度报告",
            "2025-01-20",
            kept.url,
            kept.digest,
            "complete",
            "2025-01-21T02:00:00Z",
            "2025-01-21T02:00:00Z",
            2,
            "unclear",
            "",
        )
    ]
    assert folder.rows("SELECT * FROM requests WHERE item IN ('new', 'granted') ORDER BY item") == [
        (key, "granted", 0, 0, 0, 0, 0, 0, 0),
        (key, "new", 0, 0, 0, 0, 0, 0, 3),
    ]
    assert folder.rows("SELECT rule, scope, left_value, right_value FROM checks ORDER BY rule") == [
        ("requests_balance", "total", "3", "0"),
        ("requests_row_total", "new", "0", "3"),
    ]
    assert folder.rows("SELECT * FROM revisions") == [
        (key, kept.digest, kept.url, "2025-01-21T02:00:00Z", "2025-01-21T02:00:00Z", 1)
    ]
    assert folder.rows("SELECT * FROM documents") == [
        (
            kept.digest,
            "text/html",
            "平罗县教育局2024年政府信息公开工作年度报告",
            "report",
            EXTRACTOR,
            "",
        )
    ]
    assert folder.rows("SELECT outcome FROM snapshots") == [("report",)]


@pytest.mark.parametrize("case", sorted(SEEDS.glob("*-text")), ids=lambda path: path.name)
def test_seed_values_are_loaded_exactly(folder: Folder, case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))["report"]
    folder.fetch(
        "2025-01-21T02:00:00Z",
        "/a.txt",
        (case / "source.txt").read_bytes(),
        media_type="text/plain; charset=utf-8",
    )

    folder.build()

    key = report_id(folder)
    tables = expected["tables"]
    assert folder.rows("SELECT * FROM requests") == sorted(
        (key, item, *values) for item, values in tables["requests"].items()
    )
    assert folder.rows("SELECT * FROM review_litigation") == sorted(
        (key, proceeding, *values) for proceeding, values in tables["review_litigation"].items()
    )
    assert folder.rows("SELECT * FROM active_disclosure") == [
        (key, *tables["active_disclosure"][""])
    ]
    assert folder.rows("SELECT count(*), count(value), count(raw) FROM cells") == [(200,) * 3]
    sections = folder.rows("SELECT number, heading, text FROM sections ORDER BY rowid")
    assert sections == [(s["number"], s["heading"], s["text"]) for s in expected["sections"]]


def test_second_build_leaves_the_very_same_file(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page())
    folder.run(uuid4().hex, "2025-01-21", requests=1, new=1)
    folder.build()
    before = folder.db.read_bytes()

    built = folder.build()

    assert not built.has_changes
    assert folder.db.read_bytes() == before


def test_archive_is_one_plain_file(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page())

    folder.build()

    assert folder.rows("PRAGMA journal_mode") == [("delete",)]
    assert folder.rows("PRAGMA integrity_check") == [("ok",)]
    assert folder.rows("PRAGMA foreign_key_check") == []
    assert folder.rows("SELECT * FROM pending") == []
    assert sorted(path.name for path in folder.db.parent.glob("archive.db*")) == [
        "archive.db",
        "archive.db.lock",
    ]


def test_same_words_in_a_new_template_are_no_new_revision(folder: Folder) -> None:
    first = folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page(template="1"))
    folder.build()
    folder.fetch("2025-01-22T02:00:00Z", ARTICLE, report_page(template="2"))

    built = folder.build()

    assert built.reports == {"unchanged": 1}
    assert folder.rows("SELECT digest, first_seen, last_seen, current FROM revisions") == [
        (first.digest, "2025-01-21T02:00:00Z", "2025-01-22T02:00:00Z", 1)
    ]
    assert folder.rows("SELECT digest, last_seen FROM reports") == [
        (first.digest, "2025-01-22T02:00:00Z")
    ]


def test_changed_cell_is_a_revision_and_a_change(folder: Folder) -> None:
    old = folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page(new__total="3"))
    folder.build()
    new = folder.fetch("2025-03-01T02:00:00Z", ARTICLE, report_page(new__total="4"))

    built = folder.build()

    assert built.reports == {"changed": 1}
    key = report_id(folder)
    assert folder.rows("SELECT * FROM revisions ORDER BY first_seen") == [
        (key, old.digest, old.url, "2025-01-21T02:00:00Z", "2025-01-21T02:00:00Z", 0),
        (key, new.digest, new.url, "2025-03-01T02:00:00Z", "2025-03-01T02:00:00Z", 1),
    ]
    assert folder.rows("SELECT * FROM changes") == [
        (key, "2025-03-01T02:00:00Z", "requests", "new", "total", "3", "4")
    ]
    assert folder.rows("SELECT total FROM requests WHERE item = 'new'") == [(4,)]


def test_changed_words_are_a_change_and_unread_cells_are_none(folder: Folder) -> None:
    first = report_page(new__total="3", carried_in__total="?")
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, first)
    second = report_page(new__total=" 3 ", carried_in__total="0")
    words = "共计若干件".encode()
    folder.fetch("2025-01-22T02:00:00Z", ARTICLE, second.replace(words, "共计两件".encode(), 1))
    folder.build()

    changes = folder.rows("SELECT part, item, field, old, new FROM changes")
    assert changes == [
        ("requests", "carried_in", "total", "?", "0"),
        (
            "sections",
            "1",
            "text",
            "本节说明文字，共计若干件，详见附表。",
            "本节说明文字，共计两件，详见附表。",
        ),
        (
            "sentences",
            "1",
            "0001",
            "本节说明文字，共计若干件，详见附表。",
            "本节说明文字，共计两件，详见附表。",
        ),
    ]


def test_gone_twice_in_a_row_is_removed_and_comes_back(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page())
    folder.fetch("2025-01-22T02:00:00Z", ARTICLE, b"gone", status=404)
    folder.build()
    assert folder.rows("SELECT status FROM reports") == [("complete",)]

    folder.fetch("2025-01-23T02:00:00Z", ARTICLE, b"gone", status=404)
    assert folder.build().reports == {"changed": 1}
    assert folder.rows("SELECT status, last_seen FROM reports") == [
        ("removed", "2025-01-21T02:00:00Z")
    ]
    assert folder.rows("SELECT current FROM revisions") == [(1,)]
    assert folder.rows("SELECT count(*) FROM requests") == [(25,)]

    folder.fetch("2025-01-24T02:00:00Z", ARTICLE, report_page())
    folder.build()
    assert folder.rows("SELECT status, last_seen FROM reports") == [
        ("complete", "2025-01-24T02:00:00Z")
    ]
    assert folder.rows("SELECT count(*) FROM revisions") == [(1,)]
    assert folder.rows("SELECT since, until FROM absences") == [
        ("2025-01-23T02:00:00Z", "2025-01-24T02:00:00Z")
    ]


def test_another_page_where_no_list_names_the_report_is_a_loss_and_else_is_none(
    folder: Folder,
) -> None:
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page())
    folder.fetch("2025-01-22T02:00:00Z", ARTICLE, b"<p>home</p>")
    folder.fetch("2025-01-23T02:00:00Z", ARTICLE, b"<p>home</p>")
    folder.build()
    assert folder.rows("SELECT status FROM reports") == [("complete",)]

    folder.fetch("2025-01-24T02:00:00Z", ARTICLE, b"<p>home</p>", missed=True)
    folder.build()
    assert folder.rows("SELECT status FROM reports") == [("complete",)]
    folder.fetch("2025-01-25T02:00:00Z", ARTICLE, b"", status=302, location="/", missed=True)
    assert folder.build().reports == {"changed": 1}
    assert folder.rows("SELECT status FROM reports") == [("removed",)]
    assert folder.rows("SELECT since, until FROM absences") == [("2025-01-25T02:00:00Z", None)]


def test_half_an_answer_says_nothing_against_a_whole_one(folder: Folder) -> None:
    whole = report_page(new__total="3")
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, whole[: len(whole) * 2 // 3], cut=True)
    folder.build()
    assert folder.rows("SELECT count(*) FROM reports") == [(1,)]  # better than nothing
    folder.fetch("2025-01-22T02:00:00Z", ARTICLE, whole)
    folder.fetch("2025-01-23T02:00:00Z", ARTICLE, whole[: len(whole) // 2], cut=True)
    folder.build()
    assert folder.rows("SELECT status FROM reports") == [("complete",)]
    assert folder.rows("SELECT total FROM requests WHERE item = 'new'") == [(3,)]
    assert folder.rows("SELECT count(*) FROM changes WHERE part = 'requests'") == [(0,)]
    assert folder.rows("SELECT first_seen, current FROM revisions ORDER BY 1") == [
        ("2025-01-21T02:00:00Z", 0),
        ("2025-01-22T02:00:00Z", 1),
    ]


@pytest.mark.parametrize("status", [403, 405, 412, 500, 503, 521])
def test_an_error_or_a_block_takes_nothing_away(folder: Folder, status: int) -> None:
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page())
    for day in range(22, 26):
        folder.fetch(f"2025-01-{day}T02:00:00Z", ARTICLE, b"<p>no</p>", status=status)

    folder.build()

    assert folder.rows("SELECT status FROM reports") == [("complete",)]
    outcome = "error" if status in (500, 503) else "blocked"
    assert folder.rows("SELECT DISTINCT outcome FROM snapshots ORDER BY 1") == sorted(
        [(outcome,), ("report",)]
    )
    assert folder.rows("SELECT outcome, error FROM documents WHERE outcome <> 'report'") == [
        (outcome, f"HTTP {status}")
    ]


def test_the_same_article_in_two_columns_is_one_report(folder: Folder) -> None:
    first = folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page(template="1"))
    second = folder.fetch("2025-01-21T02:00:05Z", "/other/t.html", report_page(template="2"))

    folder.build()

    key = report_id(folder)
    assert folder.rows("SELECT url FROM reports") == [(first.url,)]
    assert folder.rows("SELECT * FROM copies") == [
        (
            key,
            second.digest,
            second.url,
            "page",
            "2025-01-21T02:00:05Z",
            "2025-01-21T02:00:05Z",
        )
    ]


def test_a_moved_report_keeps_its_revision(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page(template="1"))
    folder.fetch("2025-01-22T02:00:00Z", ARTICLE, status=301, location="/new.html")
    moved = folder.fetch("2025-01-22T02:00:01Z", "/new.html", report_page(template="2"))
    folder.fetch("2025-01-23T02:00:00Z", ARTICLE, status=301, location="/new.html")

    folder.build()

    assert folder.rows("SELECT url, digest, status FROM reports") == [
        (moved.url, moved.digest, "complete")
    ]
    assert folder.rows("SELECT url, first_seen, last_seen FROM revisions") == [
        (moved.url, "2025-01-21T02:00:00Z", "2025-01-22T02:00:01Z")
    ]


def test_a_fixed_address_that_shows_the_next_year(folder: Folder) -> None:
    folder.fetch("2024-02-01T02:00:00Z", "/nb/", report_page(year=2023))
    folder.fetch("2025-02-01T02:00:00Z", "/nb/", report_page(year=2024))
    folder.fetch("2025-02-02T02:00:00Z", "/nb/", report_page(year=2024))

    folder.build()

    assert folder.rows("SELECT year, status FROM reports ORDER BY year") == [
        (2023, "removed"),
        (2024, "complete"),
    ]


def test_report_without_a_year_is_nobodys(folder: Folder) -> None:
    body = report_page(year=2024).replace("2024年".encode(), b"").replace(b"2025-01-20", b"")
    kept = folder.fetch("2025-01-21T02:00:00Z", "/x.html", body)

    built = folder.build()

    assert built.unattributed == [kept.url]
    assert folder.rows("SELECT * FROM reports") == []
    ((outcome, error),) = folder.rows("SELECT outcome, error FROM documents")
    assert (outcome, error) == ("report", "document_unattributed")


def test_lost_original_costs_only_itself(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", ARTICLE, report_page())
    lost = folder.fetch("2025-01-21T02:00:05Z", "/b.html", report_page("平罗县民政局"))
    (folder.snapshots.folder / lost.warc).unlink()

    built = folder.build()

    assert [found.params["url"] for found in built.lost] == [lost.url]
    assert built.reports == {"new": 1}
    assert folder.rows("SELECT outcome FROM documents WHERE digest = ?", lost.digest) == [
        ("error",)
    ]
    assert folder.rows("SELECT outcome, errors FROM runs") == [("failed", 1)]
