"""Tables, maps and feeds of a publication: the same as those that are made from all reports."""

from __future__ import annotations

import sqlite3
from urllib.parse import parse_qs, urlencode

import pytest
from datasette.utils import MultiParams

from gongkai.publish.facets.bitmaps import load_facets
from gongkai.publish.http.vintage import divisions_then
from gongkai.publish.pages.builder.built_table import build_table
from gongkai.publish.pages.builder.map_page import MapQuery, load_map
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.pages.lists import feed_rows, search_hits
from gongkai.publish.pages.lists.feed_rows import newest, searched_rows, table_rows
from gongkai.publish.pages.lists.search_query import SearchQuery
from gongkai.publish.pages.places.comparison_page import compare
from gongkai.publish.pages.places.comparison_query import ComparisonQuery
from gongkai.publish.pages.places.known_values import full_year, load_sectors, reports_by_year

Pair = tuple[sqlite3.Connection, sqlite3.Connection]

TABLES = (
    "",
    "year=2024&year=2023",
    "region=640000&year=2024&m=refused&m=refusal_rate&sort=-refused.2024",
    "rows=region&year=2024&m=requests_new",
    "rows=region&region=640000&m=requests_new&sort=requests_new.2024&year=2024",
    "rows=region&of=governments&year=2024",
    "rows=region&series=bodies&year=2024&year=2020",
    "series=bodies&year=2024",
    "rows=sector&year=2024",
    "rows=sector&region=640200&m=refused&m=ground_refused_state_secret&form=2021&year=2024",
    "rows=sector&region=640221&sort=-refused.2024&year=2024",
    "rows=sector&level=county&kind=department&series=bodies&status=complete&year=2024",
    "rows=sector&sector=%E6%95%99%E8%82%B2&year=2024",
    "rows=region&level=county&form=2021&year=2024&m=refusal_rate&m=review_upheld",
    "rows=region&region=640200&kind=department&m=requests_new&year=2024",
    "rows=region&region=640221&sector=%E6%95%99%E8%82%B2&year=2024",
    "rows=region&of=governments&region=640000&status=complete&year=2024",
    "rows=region&of=governments&year=2024&year=2023&series=government_county",
    "region=640200&form=2021&sector=%E6%95%99%E8%82%B2&year=2024",
    "rows=region&region=000000&year=2024",
    "rows=sector&region=000000&year=2024",
    "level=county&kind=department&year=2024",
    "sector=%E6%95%99%E8%82%B2&year=2024",
    "region=999999",
)


@pytest.mark.parametrize("query", TABLES)
def test_tables_are_the_same(pair: Pair, query: str) -> None:
    asked = TableQuery.parse(parameters_of(query))
    wanted, found = (build_table(conn, asked) for conn in pair)
    assert found == wanted


@pytest.mark.parametrize("vintage", [2023, 2012])
@pytest.mark.parametrize("query", TABLES)
def test_tables_of_other_divisions_are_the_same(pair: Pair, query: str, vintage: int) -> None:
    asked = TableQuery.parse(parameters_of(f"{query}&vintage={vintage}"))
    tables = []
    for conn in pair:
        with divisions_then(conn, asked.vintage):
            tables.append(build_table(conn, asked))
    assert tables[0] == tables[1]


@pytest.mark.parametrize("query", TABLES)
def test_feeds_of_tables_are_the_same(pair: Pair, query: str) -> None:
    """Looked through from the newest on, as all at once."""
    asked = TableQuery.parse(parameters_of(query))
    seen = []
    for conn in pair:
        facets = load_facets(conn)
        every = newest(facets, feed_rows.table_bits(conn, facets, asked), 50)
        assert table_rows(conn, facets, asked, 50) == every
        assert table_rows(conn, facets, asked, 2, 1) == every[1:3]
        seen.append(ids(conn, every))
    assert seen[0] == seen[1]


def parameters_of(query: str) -> MultiParams:
    """Return the arguments of a query string."""
    return MultiParams(parse_qs(query))


def ids(conn: sqlite3.Connection, rows: list[int]) -> list[str]:
    found = dict(conn.execute("SELECT rowid, id FROM reports").fetchall())
    return [found[row] for row in rows]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "公开"},
        {"q": "公开", "region": "640000"},
        {"q": "公开 -教育"},
        {"q": "公开", "published_from": "2024-01-01"},
        {"q": "公开", "year": "2024", "status": "complete"},
    ],
)
def test_feeds_of_frequent_words_have_the_newest(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    """Where not all reports with a word are read, those of a page of the feed are still the newest."""
    monkeypatch.setattr(search_hits, "MOST_HITS", 2)
    monkeypatch.setattr(feed_rows, "FIRST_STEP", 1)
    asked = SearchQuery.parse(parameters_of(urlencode(query)))
    wanted, found = (
        ids(conn, searched_rows(conn, load_facets(conn), asked, 50, 1)) for conn in pair
    )
    assert found == wanted
    assert found


def test_maps_and_comparisons_know_the_same_years(pair: Pair) -> None:
    wanted, found = (load_map(conn, MapQuery(), "zh") for conn in pair)
    assert found == wanted
    one, other = (compare(conn, ComparisonQuery.parse(MultiParams({}))) for conn in pair)
    assert (other.all_years, other.suggestions) == (one.all_years, one.suggestions)
    assert reports_by_year(pair[1]) == reports_by_year(pair[0])
    assert load_sectors(pair[1]) == load_sectors(pair[0])
    assert full_year({2024: 4, 2023: 9}) == 2023
    assert full_year({2024: 5, 2023: 9}) == 2024
    assert full_year({}) is None
