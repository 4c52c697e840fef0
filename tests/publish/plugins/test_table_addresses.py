"""What an address of a table page asks for, the next page asks for too."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette

from gongkai.publish.plugins.table_addresses import kept_query
from gongkai.publish.server.datasette_server import open_languages


@pytest.fixture(scope="module")
async def public(both: tuple[Path, Path]) -> AsyncIterator[Datasette]:
    datasette = open_languages(both[1])[""]
    await datasette.invoke_startup()
    yield datasette
    datasette.executor.shutdown()


KEPT = {
    "status=&_size=5": "status__in=%5B%22%22%5D&_size=5",
    "status__exact=": "status__in=%5B%22%22%5D",
    "status__not=": "status__notin=%5B%22%22%5D",
    "status=complete&_next=a%2Cb": "status=complete&_next=a%2Cb",
    "_sort=&_search=": "_sort=&_search=",
    "_sort=year&_col=title": "_sort=year&_col=title",
    "_sort=year&_col=title&_labels=on": "_sort=year&_col=title&_labels=on&_col=year",
}


@pytest.mark.parametrize("query", KEPT)
def test_arguments_that_datasette_repeats(query: str) -> None:
    assert kept_query(query, "reports") == KEPT[query]


def test_the_column_that_sorts_a_table_without_a_key_is_shown() -> None:
    assert kept_query("_sort=requests&_col=region", "refusal_reasons") == (
        "_sort=requests&_col=region&_col=requests"
    )
    assert kept_query("_sort_desc=requests&_nocol=requests", "refusal_reasons") == (
        "_sort_desc=requests"
    )


async def test_a_filter_by_nothing_stays_on_the_next_pages(
    public: Datasette, both: tuple[Path, Path]
) -> None:
    with closing(sqlite3.connect(both[1])) as conn:
        (expected,) = conn.execute(
            "SELECT count(*) FROM reports WHERE covers_sentence = ''"
        ).fetchone()
        (others,) = conn.execute(
            "SELECT count(*) FROM reports WHERE covers_sentence <> ''"
        ).fetchone()
    assert expected > 2
    assert others or expected
    following, seen = "/archive/reports.json?covers_sentence=&_sort=year&_size=2&_nofacet=1", 0
    while following:
        page = (await public.client.get(following)).json()
        assert "covers_sentence__in" in (page["next_url"] or "covers_sentence__in")
        seen, following = seen + len(page["rows"]), page["next_url"]
    assert seen == expected
    refused = await public.client.get("/archive/cell_notes.json?raw__gt=&_size=1")
    assert refused.status_code == 400
    assert "“raw__gt”缺少值" in refused.json()["error"]


@pytest.mark.parametrize(
    "address",
    [
        "/archive/reports.json?_sort=year&_col=agency_id&_labels=on&_size=5",
        "/archive/refusal_reasons.json?_sort=requests&_col=region&_size=1",
        "/archive/refusal_reasons?_sort=requests&_col=region&_size=1",
        "/archive/reports_by_region?_sort_desc=reports&_nocol=reports&_size=1",
    ],
)
async def test_a_page_that_does_not_show_what_sorts_it_has_a_next_page(
    public: Datasette, address: str
) -> None:
    answer = await public.client.get(address)
    assert answer.status_code == 200
    assert "_next=" in answer.text


@pytest.mark.parametrize("sort", ["_sort", "_sort_desc"])
async def test_a_table_without_a_key_is_paged_by_its_numbers(public: Datasette, sort: str) -> None:
    whole = await public.client.get(f"/archive/reports_by_region.json?{sort}=rowid&_size=max")
    following, rows = f"/archive/reports_by_region.json?{sort}=rowid&_size=7", []
    while following:
        page = (await public.client.get(following)).json()
        rows, following = [*rows, *page["rows"]], page["next_url"]
    assert rows == whole.json()["rows"]
    assert len(rows) > 7


@pytest.mark.parametrize("sort", ["", "_sort=year", "_sort_desc=year", "_sort=checks_failed"])
async def test_a_file_has_the_order_of_the_pages(public: Datasette, sort: str) -> None:
    page = await public.client.get(
        f"/archive/reports.json?{sort}&_size=max&_shape=array&_nofacet=1"
    )
    file = await public.client.get(f"/archive/reports.csv?{sort}&_size=max")
    rows = csv.DictReader(file.text.lstrip("\ufeff").splitlines())
    assert [row["id"] for row in rows] == [row["id"] for row in page.json()]
