"""A search for a frequent word reads the latest reports; what is found below the bound is all there is."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from gongkai.archive.publication.public_file import write_public_file
from gongkai.archive.rollups import every_rollup
from gongkai.archive.store.search import matching
from gongkai.publish.facets.bitmaps import Facets, load_facets, to_bits
from gongkai.publish.pages.lists import passed_reports, search_hits
from gongkai.publish.pages.lists.search_hits import find_reports
from gongkai.publish.pages.lists.search_query import NUMBER_SORTS, SearchQuery
from tests.publish.small_archive import Page, fetcher, started

WORDS = ("公开", "复议", "公开 -复议", '"不予 公开"', "没有这样的词语")
CHOICES = ({}, {"year": "2024"}, {"region": "640221"}, {"kind": "department"}, {"rule": "any"})
MOST = 3


@pytest.fixture(scope="module")
def public(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the public file of an archive of several years and regions."""
    path = tmp_path_factory.mktemp("frequent") / "public.db"
    write_public_file(rich, path)
    return path


@pytest.fixture(scope="module")
def renewed(public: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one that was made from it, in which two reports have the next numbers and one is gone."""
    path = Path(shutil.copy(public, tmp_path_factory.mktemp("renewed")))
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("CREATE TEMP TABLE due_calendar AS SELECT '2025-03-31' AS day")
        for table in every_rollup.TOUCHED:
            conn.execute(f"CREATE TEMP TABLE {table} (id TEXT PRIMARY KEY)")
        conn.execute("INSERT INTO touched_reports SELECT id FROM reports WHERE rowid IN (2, 5, 8)")
        every_rollup.forget_rollups(conn)
        conn.execute("UPDATE reports SET rowid = rowid + 100 WHERE rowid IN (2, 8)")
        conn.execute("DELETE FROM reports WHERE rowid = 5")
        every_rollup.add_rollups(conn)
    return path


@pytest.fixture
def conn(public: Path) -> Iterator[sqlite3.Connection]:
    """Return a connection to it."""
    with closing(sqlite3.connect(public)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


@pytest.fixture
def facets(conn: sqlite3.Connection) -> Facets:
    """Return its facets."""
    return load_facets(conn)


@pytest.fixture
async def bounded(public: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Page]:
    """Return a function that fetches a page of the site, where few hits are frequent."""
    monkeypatch.setattr(search_hits, "MOST_HITS", MOST)
    async with started(public) as datasettes:
        yield fetcher(datasettes)


def test_a_publication_numbers_reports_by_date(facets: Facets) -> None:
    assert list(facets.latest) == sorted(facets.latest, reverse=True)
    assert len(facets.latest) > MOST


@pytest.fixture(params=["public", "renewed"])
def either(request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    """Return a connection to one of them."""
    with closing(sqlite3.connect(request.getfixturevalue(request.param))) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def test_a_renewed_publication_does_not_number_all_by_date(renewed: Path) -> None:
    with closing(sqlite3.connect(renewed)) as conn:
        facets = load_facets(conn)
    assert sorted(facets.strays) == [102, 108]
    assert not facets.every >> 5 & 1


@pytest.mark.parametrize("looked_up", [0, 1000])
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("chosen", CHOICES)
def test_no_report_is_lost_below_the_bound(
    either: sqlite3.Connection,
    words: str,
    chosen: dict[str, str],
    looked_up: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under any choice, at a bound of any size; above it the latest are found, and it is said.

    Whether those that are chosen are looked up or passed.
    """
    monkeypatch.setattr(search_hits, "LOOKED_UP", looked_up)
    conn, facets = either, load_facets(either)
    query = SearchQuery(words, sort="date", **chosen)
    every = find_reports(conn, facets, query, words, 999)
    assert every.matched == to_bits(matching(conn, words), facets.every.bit_length())
    all_bits = every.matched & facets.mask(query.chosen)
    for most in range(1, len(facets.latest) + 1):
        found = find_reports(conn, facets, query, words, 999, most)
        assert found.is_cut == (len(every.rows) > most)
        assert found.rows == every.rows[:most]
        if not found.is_cut:
            assert found.matched & facets.mask(query.chosen) == all_bits
        else:
            assert found.matched.bit_count() == most


BOUNDS = ("", "2023-01-01", "2025-01-20", "2025-01-21", "2025-03-31", "2030-01-01")


@pytest.mark.parametrize("file", ["public", "renewed", "rich"])
def test_days_are_found_in_the_order_of_all_reports(
    request: pytest.FixtureRequest, file: str
) -> None:
    """In a publication, which numbers most reports by date, and in an archive, which does not."""
    with closing(sqlite3.connect(request.getfixturevalue(file))) as opened:
        facets = load_facets(opened)
        assert bool(facets.strays) == (file != "public")
        seen = set()
        for first, last in product(BOUNDS, BOUNDS):
            query = SearchQuery(published_from=first, published_to=last, sort="date")
            expected = opened.execute(
                "SELECT rowid FROM reports WHERE (:first = '' OR published_on >= :first)"
                " AND (:last = '' OR published_on <= :last)"
                " ORDER BY published_on DESC, year DESC, id",
                {"first": first, "last": last},
            ).fetchall()
            found = find_reports(opened, facets, query, "", 999)
            assert found.rows == [row for (row,) in expected], (first, last)
            assert found.matched.bit_count() == len(expected)
            seen.add(len(expected))
        assert len(seen) > 3


def test_reports_are_found_by_the_day_of_their_first_fetch(rich: Path, tmp_path: Path) -> None:
    """Whether those between the days are read, or the others; in an archive, all."""
    archive = Path(shutil.copy(rich, tmp_path / "archive.db"))
    with closing(sqlite3.connect(archive)) as conn, conn:
        moment = (
            "'2025-03-0' || (1 + rowid % 4) || 'T15:59:59Z'"  # a second before midnight in China
        )
        conn.execute(f"UPDATE reports SET first_seen = {moment}")
    write_public_file(archive, tmp_path / "public.db")
    bounds = ("", "0001-01-01", *(f"2025-03-0{day}" for day in range(1, 6)), "9999-12-31")
    for path in (archive, tmp_path / "public.db"):
        with closing(sqlite3.connect(path)) as conn:
            facets, seen = load_facets(conn), set()
            for first, last in product(bounds, bounds):
                expected = conn.execute(
                    "SELECT rowid FROM reports WHERE (:first = '' OR substr(first_seen, 1, 10) >= :first)"
                    " AND (:last = '' OR substr(first_seen, 1, 10) <= :last)",
                    {"first": first, "last": last},
                ).fetchall()
                query = SearchQuery(fetched_from=first, fetched_to=last, sort="date")
                found = find_reports(conn, facets, query, "", 999)
                assert set(found.rows) == {row for (row,) in expected}, (first, last)
                seen.add(len(expected))
            assert len(seen) > 4


@pytest.mark.parametrize("measure", NUMBER_SORTS)
def test_an_order_by_number_is_the_same(
    conn: sqlite3.Connection, facets: Facets, measure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the reports that were found are sorted, or those that have an order are narrowed."""
    for words in ("", "公开"):
        query = SearchQuery(words, sort=measure, kind="department")
        sorted_alone = find_reports(conn, facets, query, words, 4).rows
        with monkeypatch.context() as patch:
            patch.setattr(search_hits, "MOST_HITS", 0)
            assert find_reports(conn, facets, query, words, 4).rows == sorted_alone
        assert sorted_alone


async def test_the_page_says_that_there_are_more(bounded: Page) -> None:
    page = await bounded("/en/search?q=公开")
    (said,) = page.select(".found")
    assert f"More than {MOST} reports found" in said.get_text()
    assert "by date, not by relevance" in said.get_text()
    assert page.select(".sort [aria-current]")[0].get_text() == "Latest first"
    assert len(page.select(".hits > li")) == MOST


async def test_what_was_not_counted_can_be_chosen(bounded: Page, facets: Facets) -> None:
    """Years and provinces of older reports are offered too, without a number."""
    page = await bounded("/search?q=公开")
    links = {a["href"]: a.parent for a in page.select(".narrow-by li a")}
    years = {year: links[f"?q=%E5%85%AC%E5%BC%80&year={year}"] for year in facets.values["year"]}
    counted = {year for year, item in years.items() if item.select(".n")}
    assert 0 < len(counted) < len(years)
    for year in years:
        narrowed = await bounded(f"/search?q=公开&year={year}")
        assert narrowed.select(".hits > li")


async def test_a_rare_word_is_counted_as_before(bounded: Page) -> None:
    page = await bounded("/en/search?q=没有这样的词语")
    assert "More than" not in page.get_text()


def test_rare_characters_lead_far(conn: sqlite3.Connection) -> None:
    """The fewer reports have the rarest character of each group, the more reports may be passed."""
    shares = [
        passed_reports.share_looked_into(conn, words, 999) for words in ("公开", "公抖", "-抖")
    ]
    assert shares[0] > shares[1]
    assert shares[2] >= 1


async def test_hits_of_common_characters_are_listed_by_date(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are found; the order by relevance would read all reports with the characters twice more."""
    facets = load_facets(conn)
    asked = SearchQuery("公开")
    ranked = find_reports(conn, facets, asked, "公开", 999, 999)
    monkeypatch.setattr(passed_reports, "SAMPLE", 4)
    monkeypatch.setattr(search_hits, "MOST_RANKED", 3)
    dated = find_reports(conn, facets, asked, "公开", 999, 999)
    assert (ranked.is_frequent, dated.is_frequent, dated.is_cut) == (False, True, False)
    assert set(ranked.rows) == set(dated.rows)
    assert dated.rows == sorted(dated.rows, key=facets.rank.__getitem__)


def test_one_report_needs_no_order(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However frequent the words are: it is not said that what was found is not ordered by relevance."""
    facets = load_facets(conn)
    monkeypatch.setattr(search_hits, "MOST_RANKED", 3)
    monkeypatch.setattr(search_hits, "share_looked_into", lambda *_: 1.0)
    counts = set()
    for facet, bits in facets.values.items():
        for value in bits:
            query = SearchQuery("公开", **{facet: value})
            for most in (1, 2, 999):
                found = find_reports(conn, facets, query, "公开", 999, most)
                number = (found.matched & facets.mask(query.chosen)).bit_count()
                assert found.is_frequent == (number > 1)
                counts.add(min(number, 2))
    assert counts >= {1, 2}
    none = find_reports(conn, facets, SearchQuery("没有这样的词语"), "没有这样的词语", 999, 1)
    assert not none.is_frequent
