"""What a publication has ready: the same rows, counts and sums as those that are read from all tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gongkai.archive.rollups import site_numbers
from gongkai.archive.rollups.facet_bits import collect_bits
from gongkai.archive.rollups.facet_orders import load_orders
from gongkai.archive.rollups.list_specs import LISTS
from gongkai.publish.facets.bitmaps import load_facets
from gongkai.publish.http.known_then import archive_then, read_as_of
from gongkai.publish.pages.home_page import load_overview
from gongkai.publish.pages.lists import (
    changes_list,
    checks_list,
    coverage_list,
    list_counts,
    listing,
    ready_rows,
)
from gongkai.publish.pages.lists.feed_rows import FeedFilter, load_rows
from gongkai.publish.pages.lists.listing import ListPage, ListQuery
from gongkai.publish.pages.lists.ready_rows import page_of_list
from gongkai.publish.pages.lists.search_page import run_search
from gongkai.publish.pages.lists.search_query import SearchQuery
from gongkai.publish.pages.places.region_page import load_region
from gongkai.publish.pages.places.totals import load_totals
from gongkai.publish.pages.sources_page import load_sources
from tests.publish.small_archive import started

PLACES = ("", "640000", "640200", "640221", "640205", "110000", "999999")
NOW = "2025-08-01T00:00:00Z"
Load = Callable[[sqlite3.Connection, Path, ListQuery], ListPage]
LISTED: Mapping[str, tuple[Any, Load]] = {
    "checks": (
        checks_list,
        lambda conn, path, query: checks_list.load_page(conn, path, query, None),
    ),
    "changes": (changes_list, changes_list.load_page),
    "coverage": (coverage_list, coverage_list.load_page),
}
FILTERS: tuple[Mapping[str, str], ...] = (
    {},
    {"kind": "government"},
    {"level": "county", "sector": "教育"},
    {"name": "局"},
    {"reports": "none"},
)


Pair = tuple[sqlite3.Connection, sqlite3.Connection]


def as_data(row: Any) -> Any:
    """Return a row, or what holds rows, in a form that compares by content."""
    if isinstance(row, sqlite3.Row):
        return dict(row)
    return {name: as_data(getattr(row, name)) for name in ("row", "review") if hasattr(row, name)}


def shown(page: ListPage) -> dict[str, Any]:
    """Return what a page of a list shows."""
    return {
        "total": page.total,
        "rows": [as_data(row) for row in page.rows],
        "facets": [(each.name, each.choices) for each in page.facets],
    }


@pytest.mark.parametrize("name", LISTED)
def test_lists_are_the_same(pair: Pair, both: tuple[Path, Path], name: str) -> None:
    """In every place, under every choice, filter and order, and on the second page."""
    module, load = LISTED[name]
    choices = [{}, {"year": "2024"}, {"year": "1999"}]
    choices += [
        {facet: value} for facet, values in module.FACETS.items() for value in (values or ())
    ]
    asked = [
        ListQuery({**chosen, **({"region": place} if place else {})})
        for chosen in choices
        for place in PLACES
    ]
    asked += [ListQuery({}, filters=filters) for filters in FILTERS]
    asked += [ListQuery({"region": "640000"}, filters=filters) for filters in FILTERS]
    asked += [
        ListQuery({"region": place} if place else {}, sort=f"{sign}{key}")
        for key in module.SORTS
        for sign in ("", "-")
        for place in ("", "640000")
    ]
    asked += [ListQuery({}, page=2, size=3), ListQuery({"region": "640000"}, page=2, size=2)]
    seen = 0
    for query in asked:
        wanted, found = (
            shown(load(conn, path, query)) for conn, path in zip(pair, both, strict=True)
        )
        assert found == wanted, query
        seen += wanted["total"]
    assert seen > 20


def test_more_rows_than_are_counted_are_said_to_be_more(
    pair: Pair, both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is counted in part: a choice that leaves few enough is counted in full, as before."""
    monkeypatch.setattr(list_counts, "MOST_COUNTED", 4)
    monkeypatch.setattr(listing, "MOST_COUNTED", 4)
    whole = coverage_list.load_page(pair[0], both[0], ListQuery({}, filters={"name": "局"}))
    cut = coverage_list.load_page(pair[1], both[1], ListQuery({}, filters={"name": "局"}))
    assert (cut.is_more, cut.total, whole.total > 4) == (True, 4, True)
    assert [dict(row) for row in cut.rows] == [dict(row) for row in whole.rows]
    few = ListQuery({"status": "missing", "region": "640000"}, filters={"name": "局"})
    one, other = (
        coverage_list.load_page(conn, path, few) for conn, path in zip(pair, both, strict=True)
    )
    assert (one.total, other.is_more) == (other.total, False)
    assert 0 < other.total <= 4


@pytest.mark.parametrize("name", LISTED)
def test_files_of_lists_are_the_same(
    pair: Pair, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every order, cut or whole, however many rows are looked up at a time."""
    monkeypatch.setattr(ready_rows, "KEYS_READ", 2)
    module, _ = LISTED[name]
    load = module.load_changed_parts if name == "changes" else module.rows_for_file
    columns = module.CSV_COLUMNS
    asked = [ListQuery({}, sort=f"{sign}{key}") for key in module.SORTS for sign in ("", "-")]
    asked += [ListQuery({}), ListQuery({"region": "640000"}), ListQuery({}, filters={"name": "局"})]
    seen = 0
    for query in asked:
        for limit in (3, 999):
            wanted, found = (
                [[row[column] for column in columns] for row in load(conn, query, limit)]
                for conn in pair
            )
            assert found == wanted[:limit], query
            seen += len(found)
    assert seen > 20


@pytest.mark.parametrize("kind", ["reports", "changes", "checks"])
def test_feeds_are_the_same(pair: Pair, kind: str) -> None:
    agency, rule = (
        pair[0]
        .execute(
            "SELECT r.agency_id, c.rule FROM checks c JOIN reports r ON r.id = c.report_id LIMIT 1"
        )
        .fetchone()
    )
    filters = [FeedFilter(place) for place in PLACES] + [FeedFilter(agency=agency)]
    filters += [FeedFilter("640000", rule=rule)] if kind == "checks" else []
    for chosen in filters:
        for offset in (0, 2):
            wanted, found = (
                [dict(row) for row in load_rows(conn, kind, chosen, 50, offset)] for conn in pair
            )
            assert found == wanted, chosen
    assert load_rows(pair[1], kind, FeedFilter(), 50)


def test_coverage_is_summed_as_it_was_counted(pair: Pair) -> None:
    for year in (None, 2024, 1999):
        wanted, found = (
            {
                key: dict(total.coverage)
                for key, total in load_totals(conn, PLACES, (), year).items()
            }
            for conn in pair
        )
        assert found == wanted
        assert bool(found) == (year != 1999)


def test_front_pages_are_the_same(pair: Pair) -> None:
    wanted, found = (load_overview(conn) for conn in pair)
    for name in ("latest", "contradictory", "years", "changed"):
        assert [dict(row) for row in getattr(found, name)] == [
            dict(row) for row in getattr(wanted, name)
        ]
        assert getattr(found, name)
    assert dict(found.counts) == dict(wanted.counts)
    assert found.provinces == wanted.provinces
    sources = [load_sources(conn, NOW).sources for conn in pair]
    for one, other in zip(*sources, strict=True):
        assert (other.reports, [dict(run) for run in other.runs]) == (
            *(one.reports, [dict(run) for run in one.runs]),
        )


def test_a_page_of_a_list_is_found_by_an_index(pair: Pair) -> None:
    """No row of a list is read for a page on which it does not stand, and nothing is sorted."""
    ready = pair[1]
    limits = {"limit": 40, "offset": 0}
    for spec in LISTS.values():
        sorts = {name: name for name in spec.sorts}
        queries = [ListQuery({}), ListQuery({"region": "640000"})]
        queries += [ListQuery({name: "1"}) for name in spec.facets]
        queries += [ListQuery({}, sort=f"{sign}{key}") for key in sorts for sign in ("", "-")]
        for query in queries:
            sql, _, parameters = page_of_list(spec, query, sorts=sorts)
            plan = ready.execute(f"EXPLAIN QUERY PLAN {sql}", {**parameters, **limits})
            steps = [row["detail"] for row in plan]
            assert not [step for step in steps if "TEMP B-TREE" in step], (sql, steps)


def test_nothing_ready_is_read_for_an_earlier_day(both: tuple[Path, Path]) -> None:
    """What is ready is about today."""
    with closing(sqlite3.connect(both[0])) as conn:
        conn.row_factory = sqlite3.Row
        today = load_totals(conn, [""])
        conn.execute("CREATE TABLE coverage_sums (root, year, status, n)")
        assert load_totals(conn, [""]) == {}
        with archive_then(conn, read_as_of("2025-07-01")):
            assert load_totals(conn, [""])
        conn.rollback()
        conn.execute("DROP TABLE coverage_sums")
        assert load_totals(conn, [""]) == today


@pytest.mark.parametrize("day", ["2025-03-20", "2025-03-31", "2025-07-01"])
@pytest.mark.parametrize("table", ["report_summary", "coverage"])
def test_a_publication_knows_an_earlier_day(pair: Pair, table: str, day: str) -> None:
    """It has tables in the place of the views from which such a day is computed."""
    found = []
    for conn in pair:
        with archive_then(conn, read_as_of(day)):
            found.append(sorted(map(tuple, conn.execute(f"SELECT * FROM {table}")), key=repr))
    assert found[0] == found[1]
    assert found[0]


def test_the_numbers_of_a_publication_are_one_row(pair: Pair) -> None:
    (row,) = pair[1].execute(f"SELECT * FROM {site_numbers.NUMBERS}")
    assert row["reports"] == pair[0].execute("SELECT count(*) FROM reports").fetchone()[0]


def test_facets_are_ready(pair: Pair) -> None:
    """The bits of every value, and the orders, are those that are made from the tables."""
    ready = pair[1]
    found, orders = load_facets(ready), load_orders(ready)
    assert {facet: dict(values) for facet, values in found.values.items()} == collect_bits(
        ready, max(orders["latest"]) + 1
    )
    assert (found.latest, found.newest) == (orders["latest"], orders["newest"])
    assert "640000" in found.values["region"]
    assert found.values["region"].get("999999") is None


@pytest.mark.parametrize("words", ["", "公开", "行政复议"])
def test_searches_count_the_same(pair: Pair, words: str) -> None:
    queries = [SearchQuery(words), SearchQuery(words, region="640000", year="2024")]
    queries += [SearchQuery(words, sort="refused"), SearchQuery(words, rule="any", sort="date")]
    for query in queries:
        wanted, found = (run_search(conn, load_facets(conn), query) for conn in pair)
        assert found.facets == wanted.facets
        assert found.results == wanted.results
        assert found.results.total


def test_agencies_of_divisions_are_the_same(pair: Pair) -> None:
    for place in PLACES[1:]:
        for page in (1, 2):
            wanted, found = (load_region(conn, place, page=page) for conn in pair)
            if wanted is None or found is None:
                assert (wanted, found) == (None, None)
                continue
            assert list(map(dict, found.agencies)) == list(map(dict, wanted.agencies))
            assert found.agency_count == wanted.agency_count
            assert found.reporting_count == wanted.reporting_count


FACETED = ("reports", "report_summary", "snapshots", "sections", "coverage", "checks", "changes")


async def test_facets_of_whole_tables_are_the_same(both: tuple[Path, Path]) -> None:
    """Counted when they are asked for in an archive, ready in a publication; narrowed in both."""
    asked = [f"/archive/{table}.json?_size=1" for table in FACETED]
    asked.append("/archive/reports.json?year=2024")
    found: list[list[object]] = []
    for path in both:
        async with started(path) as datasettes:
            answers = [await datasettes["/en"].client.get(address) for address in asked]
        assert {answer.status_code for answer in answers} == {200}
        found.append([answer.json()["facet_results"] for answer in answers])
    assert found[0] == found[1]
    assert all(found[0])
