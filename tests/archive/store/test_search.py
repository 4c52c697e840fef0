"""The search finds what a scan of the texts finds, and no question breaks it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.archive.store import search as engine
from gongkai.archive.store.search import (
    Results,
    hits,
    match_query,
    matching,
    matching_among,
)
from tests.archive.folder import Folder, report_page
from tests.archive.store.scan import scan
from tests.paths import REPORTS

SEEDS = sorted((REPORTS).glob("*-text/source.txt"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four seeds and two small reports, built."""
    with Folder(tmp_path_factory.mktemp("search")) as folder:
        for number, seed in enumerate(SEEDS):
            folder.fetch(
                f"2025-01-21T02:{number:02}:00Z",
                f"/{number}.txt",
                seed.read_bytes(),
                media_type="text/plain; charset=utf-8",
            )
        folder.fetch("2025-01-21T03:00:00Z", "/a.html", report_page("平罗县税务局", new__total="1"))
        folder.fetch("2025-01-21T03:01:00Z", "/b.html", report_page("平罗县税务局", 2023))
        folder.build()
        return folder.db


@pytest.fixture
def conn(archive: Path) -> Iterator[sqlite3.Connection]:
    """The archive, opened."""
    with closing(sqlite3.connect(archive)) as opened:
        yield opened


def test_an_index_filled_at_once_is_that_of_reports_added_one_by_one(archive: Path) -> None:
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as source:
        conn = sqlite3.connect(":memory:")
        source.backup(conn)
    engine.rebuild_index(conn)
    at_once = indexed_tokens(conn)
    engine.create_index(conn)
    for (row,) in conn.execute("SELECT rowid FROM reports").fetchall():
        engine.add(conn, row)

    assert at_once == indexed_tokens(conn)
    assert len({document for _, document, *_ in at_once}) == len(SEEDS) + 2


def indexed_tokens(conn: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return each token of the index with its report, column and place."""
    conn.execute("DROP TABLE IF EXISTS temp.words")
    conn.execute(f"CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, {engine.INDEX}, instance)")
    return conn.execute('SELECT term, doc, col, "offset" FROM words ORDER BY 1, 2, 3, 4').fetchall()


def test_reports_between_two_that_match_are_passed_once(conn: sqlite3.Connection) -> None:
    """However many of them are asked about: each look-up would go on to the next that matches."""
    rows = [row for (row,) in conn.execute("SELECT rowid FROM reports ORDER BY rowid DESC")]
    asked: list[str] = []
    conn.set_trace_callback(asked.append)
    assert matching_among(conn, engine.index_query("没有这样的词语"), rows) == []
    looked_up = [sql for sql in asked if sql.startswith("SELECT rowid FROM")]
    assert len(looked_up) == 1 < len(rows)
    assert matching_among(conn, engine.index_query("公开"), rows) == rows


def search(conn: sqlite3.Connection, question: str) -> Results:
    """Return all reports that match."""
    rows = matching(conn, question)
    return Results(len(rows), hits(conn, rows, question))


def found(conn: sqlite3.Connection, question: str) -> list[str]:
    return sorted(f"{hit.agency} {hit.year}" for hit in search(conn, question).hits)


@pytest.mark.parametrize(
    ("question", "agencies"),
    [
        ("微博", ["中卫市工业和信息化局 2023", "平罗县工业和信息化局 2024"]),
        ("三审三校 科技创新", ["永宁县工业信息化和科学技术局 2024"]),
        ("0952-6095019", ["平罗县工业和信息化局 2024"]),
        ("0952－6095019", ["平罗县工业和信息化局 2024"]),
        ("税", ["平罗县税务局 2023", "平罗县税务局 2024"]),
        ("税务 2023年", ["平罗县税务局 2023"]),
        ("税务局2023年", ["平罗县税务局 2023"]),
        ("专精特新", ["平罗县工业和信息化局 2024"]),
        ("没有这个词", []),
        ("", []),
        ("税务 NOT 2023年", ["平罗县税务局 2024"]),
        (
            "专精特新 OR 科技创新 -卫滨",
            ["平罗县工业和信息化局 2024", "永宁县工业信息化和科学技术局 2024"],
        ),
        ("-公开", []),
        ("-工业", ["平罗县税务局 2023", "平罗县税务局 2024"]),
    ],
)
def test_questions(conn: sqlite3.Connection, question: str, agencies: list[str]) -> None:
    assert found(conn, question) == agencies


@pytest.mark.parametrize("question", ["复议", "三审三校", "2024年", "２０２４年", "公开", "议"])
def test_every_seed_with_the_word_is_found(conn: sqlite3.Connection, question: str) -> None:
    assert found(conn, question) == scan(conn, question) != []


def test_drawn_questions_find_what_a_scan_finds(conn: sqlite3.Connection) -> None:
    dice = random.Random(7)
    texts = [text for (text,) in conn.execute("SELECT text FROM sections WHERE length(text) > 50")]
    for _ in range(200):
        text = dice.choice(texts)
        start = dice.randrange(len(text) - 20)
        question = text[start : start + dice.choice((1, 2, 3, 4, 12, 20))]
        assert found(conn, question) == scan(conn, question), question


QUESTIONS = st.lists(
    st.sampled_from(("AND", "OR", "NOT", "-税", "－复议", '-"公开 政策"', "微博"))
    | st.text('公开复议税务局年政策微博2０4"“”()*:^-+ANDORNEAR ', max_size=12),
    max_size=6,
).map(" ".join) | st.text(max_size=30)


@settings(max_examples=300, deadline=None)
@given(question=QUESTIONS)
def test_any_question_finds_what_a_scan_finds(archive: Path, question: str) -> None:
    with closing(sqlite3.connect(archive)) as conn:
        assert found(conn, question) == scan(conn, question)


@pytest.mark.parametrize(
    "question",
    [
        *(
            '"',
            "AND",
            "NOT 税",
            "a OR",
            "NEAR(税 局)",
            "title:税",
            "{title}:税",
            "^税",
            "税*",
            "-税",
        ),
        *(
            "\0",
            "\ud800",
            "税" * 10_000,
            "税 " * 10_000,
            '"' * 999,
            "(" * 999,
            "'; DROP TABLE x;--",
        ),
    ],
)
def test_no_question_breaks_it(conn: sqlite3.Connection, question: str) -> None:
    assert search(conn, question).total <= 6


def test_hit_is_shown_with_its_passage(conn: sqlite3.Connection) -> None:
    (hit,) = search(conn, "0952-6095019").hits

    assert (hit.title, hit.region, hit.year) == (
        "平罗县工业和信息化局 2024 年政府信息公开工作年度报告",
        "宁夏回族自治区石嘴山市平罗县",
        2024,
    )
    assert [piece.text for piece in hit.passage if piece.hit] == ["0952-6095019"]


def test_words_of_two_sections_are_no_phrase(folder: Folder) -> None:
    body = report_page().replace(
        "本节说明文字，共计若干件，详见附表。".encode(), "甲乙".encode(), 1
    )
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", body)
    folder.build()

    with closing(sqlite3.connect(folder.db)) as conn:
        assert search(conn, "甲乙").total == 1
        assert search(conn, "甲乙二").total == 0


def test_a_changed_report_is_found_by_its_new_words_only(folder: Folder) -> None:
    old, new = (report_page().replace("若干".encode(), word.encode()) for word in ("壹贰", "叁肆"))
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", old)
    folder.build()
    folder.fetch("2025-01-22T02:00:00Z", "/a.html", new)
    folder.build()

    with closing(sqlite3.connect(folder.db)) as conn:
        assert [search(conn, word).total for word in ("壹贰", "叁肆", "附表")] == [0, 1, 1]


def test_an_index_of_another_version_is_made_again(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", "/a.html", report_page())
    folder.build()
    with closing(sqlite3.connect(folder.db)) as conn, conn:
        engine.create_index(conn)
        conn.execute(f"UPDATE {engine.INDEX}_version SET version = 'older'")
        assert search(conn, "教育").total == 0

    folder.build()

    with closing(sqlite3.connect(folder.db)) as conn:
        assert search(conn, "教育").total == 1


def test_vacuum_keeps_the_index_right(folder: Folder, tmp_path: Path) -> None:
    for number, name in enumerate(("教育局", "民政局", "财政局")):
        folder.fetch(
            f"2025-01-21T02:0{number}:00Z", f"/{number}.html", report_page(f"平罗县{name}")
        )
    folder.build()
    for _ in range(2):
        folder.fetch("2025-01-22T02:00:00Z", "/0.html", b"", status=404)
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(folder.db)) as conn:
        conn.execute("VACUUM INTO ?", [str(copy)])

    with closing(sqlite3.connect(copy)) as conn:
        assert [hit.agency for hit in search(conn, "财政").hits] == ["平罗县财政局"]


def test_match_query() -> None:
    assert match_query('复议 "2024 年" PDF') == '"复 议" AND "2 0 2 4 年" AND "pdf"'
    assert match_query("\"' -") == '""'
    assert match_query("复议 OR 诉讼 2 -税") == '(("复 议" OR "诉 讼") AND "2") NOT "税"'
    assert match_query("-税 NOT 费") == '("\ue001") NOT ("税" OR "费")'
