"""The index of grams finds the reports that the search index finds, and says where it cannot tell."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.archive.rollups import gram_index
from gongkai.archive.rollups.gram_index import gram_query
from gongkai.archive.store.search import (
    index_query,
    latest_matching,
    matching,
    matching_among,
)

CHARACTERS = "公开信息9910２ａ工é𠮷ab"
"""Few, so that phrases of them are met: wide and narrow digits, Latin letters, one beyond the basic plane."""

WIDE = re.compile(r"[公开信息910２工 。\n-]+")
"""What has neither Latin letters nor characters that are in no gram."""

BETWEEN = ("", "", "", "", " ", "。", "\n", "-", "¼", "a ", "\ue000")
"""What stands between two characters, and what a text is in danger of being taken for."""


def text(dice: random.Random, most: int) -> str:
    return "".join(
        dice.choice(CHARACTERS) + dice.choice(BETWEEN) for _ in range(dice.randint(0, most))
    )


@pytest.fixture(scope="module")
def prose(made_public: sqlite3.Connection) -> sqlite3.Connection:
    """Return a public file whose reports have titles and sections that dice have thrown."""
    dice, conn = random.Random(11), made_public
    conn.create_function("thrown", 1, lambda most: text(dice, most))
    conn.execute("UPDATE reports SET title = thrown(9)")
    conn.execute("UPDATE agencies SET name = thrown(3)")
    conn.execute("UPDATE sections SET heading = thrown(4), text = thrown(25)")
    conn.execute(f"DROP TABLE {gram_index.TABLE}")
    gram_index.create_text_indexes(conn)
    return conn


PHRASES = st.text(st.sampled_from(CHARACTERS), min_size=1, max_size=6)
WORDS = st.builds(
    lambda sign, mark, phrase: f"{sign}{mark}{phrase}{mark}",
    st.sampled_from(("", "", "", "-", "OR ", "NOT ", "AND ")),
    st.sampled_from(("", "", '"')),
    PHRASES,
)
QUESTIONS = st.one_of(PHRASES, st.lists(WORDS, min_size=1, max_size=5).map(" ".join))


def is_answered(conn: sqlite3.Connection, question: str) -> bool:
    """Compare what the indexes say of a question, and return whether that of grams says anything."""
    expected = matching(conn, question)
    every = [row for (row,) in conn.execute("SELECT rowid FROM reports ORDER BY rowid DESC")]
    for query in filter(None, (index_query(question), gram_query(question))):
        assert list(latest_matching(conn, query)) == expected[::-1]
        assert matching_among(conn, query, every) == expected[::-1]
    return gram_query(question) is not None


@settings(max_examples=200, deadline=None)
@given(question=QUESTIONS)
def test_grams_find_what_the_search_index_finds(prose: sqlite3.Connection, question: str) -> None:
    is_answered(prose, question)


@pytest.fixture(scope="module")
def short_texts() -> Iterator[sqlite3.Connection]:
    """Return reports of which each has one of all texts of up to six characters."""
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.executescript(
            """
            CREATE TABLE regions (code PRIMARY KEY, parent_code, full_name);
            CREATE TABLE agencies (id PRIMARY KEY, name, region_code);
            CREATE TABLE reports (id PRIMARY KEY, title, agency_id);
            CREATE TABLE sections (report_id, number, heading, text);
            CREATE INDEX sections_report ON sections (report_id);
            INSERT INTO agencies VALUES ('of', '某', NULL);
            """
        )
        for length in range(7):
            for characters in product("公9𠮷", repeat=length):
                text = "".join(characters)
                conn.execute("INSERT INTO reports VALUES (?, '某', 'of')", [text])
                conn.execute("INSERT INTO sections VALUES (?, 1, '', ?)", [text, text])
        gram_index.create_text_indexes(conn)
        yield conn


@pytest.mark.parametrize("length", range(1, 7))
def test_all_short_phrases_are_found_in_all_short_texts(
    short_texts: sqlite3.Connection, length: int
) -> None:
    """With numbers, with grams that do not follow each other, and with characters that are in none."""
    for characters in product("公9", repeat=length):
        phrase = "".join(characters)
        query = gram_query(phrase)
        assert query is not None
        found = short_texts.execute(
            "SELECT rowid FROM reports WHERE instr(id, ?) ORDER BY rowid DESC", [phrase]
        )
        assert list(latest_matching(short_texts, query)) == [row for (row,) in found]


def test_a_year_is_one_gram(short_texts: sqlite3.Connection) -> None:
    query = gram_query("9999公")
    assert query is not None
    assert query.expression == '("9999公")'
    assert list(latest_matching(short_texts, query))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_stands_in_a_text_is_found(prose: sqlite3.Connection, data: st.DataObject) -> None:
    """Phrases of any length, with and without what lies between the characters of a text."""
    texts = [text for (text,) in prose.execute("SELECT text FROM sections WHERE length(text) > 1")]
    told = st.sampled_from(texts).flatmap(
        lambda text: st.sampled_from(WIDE.findall(text) or ["公"])
    )
    chosen = data.draw(told)
    start = data.draw(st.integers(0, len(chosen) - 1))
    phrase = chosen[start : data.draw(st.integers(start + 1, len(chosen)))]
    if any(character.isalnum() for character in phrase):
        assert is_answered(prose, f"“{phrase}”")


@pytest.mark.parametrize(
    ("question", "is_known"),
    [
        ("公", True),
        ("公开", True),
        ("公开信", True),
        ("公开信息公开信息", True),
        ("公开 OR 信息 -工", True),
        ("公开信息 -信息公开 OR 工", True),
        ("9公1", True),
        ("99公1", True),
        ("991公1", True),
        ("1991开", True),
        ("1991开公", True),
        ("19919", True),
        ("199199公开", True),
        ("ab", False),
        ("公开 ab", False),
        ("é", False),
        ("-公开", False),
        ("𠮷", False),
        ("公开 OR 𠮷", False),
        ("公开 -𠮷", False),
        ("", False),
    ],
)
def test_what_the_index_can_tell(prose: sqlite3.Connection, question: str, is_known: bool) -> None:
    assert is_answered(prose, question) == is_known


def test_a_long_question_is_answered(prose: sqlite3.Connection) -> None:
    long = " ".join("公开信息" * 12 + "9" * number for number in range(40))
    assert is_answered(prose, long)


def test_reports_are_taken_out_and_put_in(prose: sqlite3.Connection) -> None:
    def grams() -> list[tuple[object, ...]]:
        prose.execute("CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, gram_index, instance)")
        rows = prose.execute('SELECT term, doc, "offset" FROM seen ORDER BY 1, 2, 3').fetchall()
        prose.execute("DROP TABLE temp.seen")
        return rows

    before = grams()
    rows = [row for (row,) in prose.execute("SELECT rowid FROM reports WHERE rowid % 3 = 0")]
    gram_index.remove_grams(prose, rows)
    assert grams() == [each for each in before if each[1] not in rows]
    gram_index.add_grams(prose, rows)
    assert grams() == before
    terms = {str(term) for term, *_ in before}
    divisions = {term for term in terms if len(term) > 5}
    assert divisions >= {"\ue010640000"}
    assert {len(term) for term in terms - divisions} == {1, 2, 3, 4, 5}
