"""No report that matches is without the grams of the question, and a phrase that is one gram is found by it."""

from __future__ import annotations

import random
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.archive.rollups import gram_index
from gongkai.archive.rollups.gram_index import gram_query, latest_with_grams
from gongkai.archive.store.search import matching, matching_among, matching_texts

CHARACTERS = "公开信息9910２ａ工é𠮷ab"
"""Few, so that phrases of them are met: wide and narrow digits, Latin letters, one beyond the basic plane."""

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


def check(conn: sqlite3.Connection, question: str) -> str:
    """Compare what the indexes and the texts say of a question, and return how much the grams say."""
    expected = matching(conn, question)
    every = [row for (row,) in conn.execute("SELECT rowid FROM reports ORDER BY rowid DESC")]
    assert sorted(matching_texts(conn, question, every)) == expected
    assert matching_among(conn, question, every) == expected[::-1]
    grams = gram_query(question)
    if grams is None:
        return "nothing"
    candidates = list(latest_with_grams(conn, grams))
    assert candidates == sorted(candidates, reverse=True)
    assert set(candidates) >= set(expected)
    if grams.is_exact:
        assert candidates == expected[::-1]
        return "all"
    return "some"


@settings(max_examples=150, deadline=None)
@given(question=QUESTIONS)
def test_grams_hide_no_report(prose: sqlite3.Connection, question: str) -> None:
    check(prose, question)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("公", "all"),
        ("公开", "all"),
        ("公开 OR 信息 -工", "all"),
        ("9公1", "all"),
        ("99公1", "all"),
        ("1991开", "all"),
        ("19919", "all"),
        ("公开 991", "all"),
        ("公开信 OR 91", "some"),
        ("公开 -信息公", "some"),
        ("991公1", "some"),
        ("1991开公", "some"),
        ("ab", "some"),
        ("é", "some"),
        ("公开信息公开信息", "some"),
        ("-公开", "nothing"),
        ("𠮷", "nothing"),
        ("公开 OR 𠮷", "nothing"),
        ("", "nothing"),
    ],
)
def test_what_grams_tell_of_a_question(prose: sqlite3.Connection, question: str, told: str) -> None:
    assert check(prose, question) == told


def test_a_long_question_is_looked_for_by_its_beginning(prose: sqlite3.Connection) -> None:
    long = " ".join("公开信息" * 12 + "9" * number for number in range(40))
    assert check(prose, long) == "some"


def test_reports_are_taken_out_and_put_in(prose: sqlite3.Connection) -> None:
    def grams() -> list[tuple[object, ...]]:
        prose.execute("CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, gram_index, instance)")
        rows = prose.execute("SELECT term, doc FROM seen ORDER BY 1, 2").fetchall()
        prose.execute("DROP TABLE temp.seen")
        return rows

    before = grams()
    rows = [row for (row,) in prose.execute("SELECT rowid FROM reports WHERE rowid % 3 = 0")]
    gram_index.remove_grams(prose, rows)
    assert grams() == [(term, row) for term, row in before if row not in rows]
    gram_index.add_grams(prose, rows)
    assert grams() == before
    assert {len(str(term)) for term, _ in before} == {1, 2, 3, 4, 5}
