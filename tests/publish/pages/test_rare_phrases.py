"""A search finds the same with the index of grams as without it, and does not pass reports for what is rare."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.rollups.gram_index import TABLE
from gongkai.archive.store.search import INDEX, matching
from gongkai.publish.facets.bitmaps import Facets, load_facets, to_bits
from gongkai.publish.pages.lists.search_hits import find_reports
from gongkai.publish.pages.lists.search_query import SearchQuery
from tests.publish.growth.counted_steps import make_public

CHARACTERS = "公开工信息局99条"


def thrown(dice: random.Random, most: int) -> str:
    return "".join(dice.choice(CHARACTERS) for _ in range(dice.randint(0, most)))


@pytest.fixture(scope="module")
def public(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the public file of an archive of which most sections have prose that dice have thrown."""
    archive = Path(shutil.copy(rich, tmp_path_factory.mktemp("rare") / "archive.db"))
    dice = random.Random(3)
    with closing(sqlite3.connect(archive)) as conn, conn:
        conn.create_function("thrown", 1, lambda most: thrown(dice, most))
        conn.execute("UPDATE sections SET text = thrown(40) WHERE rowid % 4 > 0")
    write_public_file(archive, archive.with_name("public.db"))
    return archive.with_name("public.db")


@pytest.fixture(scope="module")
def without(public: Path) -> Path:
    """Return the file as a program wrote it that meant something else by grams."""
    path = Path(shutil.copy(public, public.with_name("without.db")))
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')")
        conn.execute(f"UPDATE {TABLE}_version SET version = 'another'")
    return path


@pytest.fixture(scope="module")
def loaded(public: Path, without: Path) -> Iterator[list[tuple[sqlite3.Connection, Facets]]]:
    """Return connections to both with their facets."""
    with (
        closing(sqlite3.connect(public)) as with_grams,
        closing(sqlite3.connect(without)) as without_grams,
    ):
        yield [(conn, load_facets(conn)) for conn in (with_grams, without_grams)]


WORDS = st.builds(
    str.__add__,
    st.sampled_from(("", "", "-", "OR ")),
    st.text(st.sampled_from(CHARACTERS), min_size=1, max_size=6),
)
CHOSEN = st.sampled_from(
    (
        *({}, {"year": "2024"}, {"published_from": "2025-01-21"}, {"region": "640000"}),
        *({"region": "640181"}, {"region": "640221", "year": "2024"}, {"region": "110000"}),
    )
)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    question=st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
    chosen=CHOSEN,
    sort=st.sampled_from(("relevance", "date", "refused")),
    most=st.sampled_from((1, 3, 999)),
)
def test_a_search_finds_what_it_found_without_grams(
    loaded: list[tuple[sqlite3.Connection, Facets]],
    question: str,
    chosen: dict[str, str],
    sort: str,
    most: int,
) -> None:
    """In any order and under any choice."""
    query = SearchQuery(question, sort=sort, **chosen)
    with_grams, without_grams = (
        find_reports(conn, facets, query, question, 20, most) for conn, facets in loaded
    )
    assert with_grams == without_grams


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[sqlite3.Connection, Facets]]:
    """Return a public file of some hundred reports, and its facets."""
    path = make_public(tmp_path_factory.mktemp("made"), 700)
    with closing(sqlite3.connect(path)) as conn:
        yield conn, load_facets(conn)


@pytest.mark.parametrize(
    "words", ["工信局", "999条", "没有的词语", "公开信息局", "公开 局工", "工信局 OR 局信工"]
)
def test_reports_are_not_passed_for_what_is_rare(
    made: tuple[sqlite3.Connection, Facets], words: str
) -> None:
    """Many reports may have the characters: the search index would look into all of them."""
    conn, facets = made
    asked: list[str] = []
    conn.set_trace_callback(asked.append)
    found = find_reports(conn, facets, SearchQuery(words, sort="date"), words, 20, 999)
    conn.set_trace_callback(None)
    assert not [sql for sql in asked if f"FROM {INDEX} " in sql]
    assert found.matched == to_bits(matching(conn, words), facets.every.bit_length())
