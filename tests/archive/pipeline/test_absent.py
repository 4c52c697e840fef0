"""What is not there is NULL and says nothing: missing tables, other layouts, reports of words alone."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gongkai.archive.publication import public_file
from gongkai.extract.forms import FORM_2019, FORM_2021, SECTIONS
from tests.archive.checks.archived import article, checks
from tests.archive.folder import Folder, report_page

TABLE = re.compile(rb"<table border.*?</table>", re.S)
MEASURES = (
    *("requests_new", "requests_handled", "granted", "refused", "unavailable", "rejected"),
    *("other_handling", "disclosure_rate", "refusal_rate", "unavailable_rate", "rejection_rate"),
)
DISPUTES = (
    *("reviews", "reviews_decided", "reviews_corrected", "review_correction_rate"),
    *("suits", "suits_decided", "suits_corrected", "suit_correction_rate"),
)


def without(body: bytes, marks: str) -> bytes:
    """Return a page without its tables that hold these words."""
    return TABLE.sub(lambda table: b"" if marks.encode() in table[0] else table[0], body)


def summary(folder: Folder, names: tuple[str, ...], year: int = 2024) -> list[object]:
    """Return columns of the summary of one report."""
    sql = f"SELECT {', '.join(names)} FROM report_summary WHERE year = ?"
    return list(folder.rows(sql, year)[0])


def test_without_the_table_of_requests_nothing_is_zero(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", "/1.html", without(report_page(), "自然人"))
    folder.build()

    assert folder.rows("SELECT status FROM reports") == [("partial",)]
    assert summary(folder, MEASURES) == [None] * len(MEASURES)
    assert summary(folder, ("reviews", "suits", "licensing_decisions")) == [0, 0, 0]
    assert folder.rows("SELECT count(*) FROM requests") == [(0,)]
    assert folder.rows("SELECT count(*) FROM cells WHERE part = 'requests'") == [(0,)]
    assert folder.rows("SELECT count(*) FROM refusal_reasons") == [(0,)]
    assert folder.rows("SELECT reports, with_requests, refused FROM reports_by_region") == [
        (1, 0, None)
    ]


def test_without_the_table_of_disputes_nothing_is_zero(folder: Folder) -> None:
    body = without(report_page(granted__total="1", total_handled__total="1"), "尚未审结")
    folder.fetch("2025-01-21T02:00:00Z", "/1.html", body)
    folder.build()

    assert summary(folder, DISPUTES) == [None] * len(DISPUTES)
    assert summary(folder, ("granted", "disclosure_rate")) == [1, 1.0]


def test_a_report_of_words_alone_breaks_with_nothing(folder: Folder) -> None:
    """Between two years with numbers: it carries nothing over, and neither do they across it."""
    words = "".join(f"<p>{heading}</p><p>无。</p>" for _, heading in SECTIONS).encode()
    carried = {"new__total": "3", "carried_out__total": "3"}
    empty = re.sub(
        rb"<h1>(.*?)</h1>.*(?=<footer|</body>)", rb"<h1>\1</h1>" + words, article(), flags=re.S
    )
    folder.fetch("2024-01-21T02:00:00Z", "/1.html", article(year=2023, **carried))
    folder.fetch("2025-01-21T02:00:00Z", "/2.html", empty)
    folder.fetch("2026-01-21T02:00:00Z", "/3.html", article(year=2025))
    folder.build()

    assert [row[1] for row in checks(folder) if row[1] != "deadline"] == []
    assert summary(folder, MEASURES + DISPUTES) == [None] * len(MEASURES + DISPUTES)


def test_from_the_layout_of_2019_to_that_of_2021(folder: Folder) -> None:
    """Requests are carried from one to the other; what is in force was counted differently."""
    carried = {"new__total": "3", "carried_out__total": "3"}
    old = report_page(year=2020, form=FORM_2019, **carried)
    folder.fetch("2021-01-21T02:00:00Z", "/1.html", old)
    folder.fetch("2022-01-21T02:00:00Z", "/2.html", article(year=2021))
    folder.build()

    assert folder.rows("SELECT year, form FROM reports ORDER BY 1") == [
        (2020, "2019"),
        (2021, "2021"),
    ]
    found = [row[1:] for row in checks(folder)]
    assert [row[:2] + row[3:] for row in found] == [("carry_over", "total", "3", "0")]


def test_other_handling_is_named_as_its_layout_prints_it(folder: Folder) -> None:
    """One row in 2019 for the whole family, three in 2021 of which the last has the same key."""
    folder.fetch(
        "2021-01-21T02:00:00Z",
        "/1.html",
        report_page(year=2020, form=FORM_2019, other__total="4", total_handled__total="4"),
    )
    folder.fetch(
        "2025-01-21T02:00:00Z", "/2.html", report_page(other__total="2", total_handled__total="2")
    )
    folder.build()

    rows = folder.rows(
        "SELECT year, item, reason_zh, requests, reports_read FROM refusal_reasons"
        " WHERE family = 'other' ORDER BY year, item"
    )
    assert [(year, item, zh[:6], *rest) for year, item, zh, *rest in rows] == [
        (2020, "other", "（六）其他处", 4, 1),
        (2024, "other", "3.其他", 2, 1),
        (2024, "other_overdue_correction", "1.申请人无", 0, 1),
        (2024, "other_overdue_fee", "2.申请人逾", 0, 1),
    ]
    assert summary(folder, ("other_handling",), 2020) == [4]


def test_both_layouts_in_one_year_can_be_published(folder: Folder, tmp_path: Path) -> None:
    """Some agencies used the old one for 2022: their other handling is another row."""
    for number, (name, form) in enumerate((("教育局", FORM_2019), ("民政局", FORM_2021))):
        body = report_page(f"平罗县{name}", 2022, form=form, other__total="2")
        folder.fetch(f"2025-01-21T02:0{number}:00Z", f"/{number}.html", body)
    folder.build()
    asked = "SELECT reason_zh, requests FROM refusal_reasons WHERE item = 'other' ORDER BY 1 DESC"
    assert folder.rows(asked) == [("（六）其他处理", 2), ("3.其他", 2)]

    public_file.write_public_file(folder.db, tmp_path / "public.db")
    with closing(sqlite3.connect(tmp_path / "public.db")) as conn:
        assert conn.execute(asked).fetchall() == folder.rows(asked)


@pytest.mark.parametrize(
    ("first_seen", "status"), [("2025-01-21", "found"), ("2025-02-21", "late")]
)
def test_what_was_seen_in_time_is_not_late(folder: Folder, first_seen: str, status: str) -> None:
    """A page that bears a later date now was there before."""
    if status == "found":
        folder.fetch(f"{first_seen}T02:00:00Z", "/1.html", report_page())
    later = (
        report_page().replace(b"2025-01-20", b"2025-02-20").replace("若干".encode(), "五".encode())
    )
    folder.fetch("2025-02-21T02:00:00Z", "/1.html", later)
    folder.build()
    published = "SELECT status, published_on FROM coverage WHERE report_id IS NOT NULL"
    assert folder.rows(published) == [(status, "2025-02-20")]
    assert [row[1] for row in checks(folder)] == (["deadline"] if status == "late" else [])
