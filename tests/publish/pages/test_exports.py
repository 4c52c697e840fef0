"""What readers take away as CSV: in their language, with links, and whole."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from datasette.app import Datasette

from gongkai.publish.server.datasette_server import open_languages
from gongkai.publish.wording.dictionary import tables
from tests.publish.samples import PINGLUO

BASE = "https://gongkai.example"
REPORT = f"{PINGLUO}-2023"


@pytest.fixture(scope="module")
async def named(rich: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return the instances of a site that knows its address."""
    datasettes = open_languages(rich, base_url=BASE)
    for each in datasettes.values():
        await each.invoke_startup()
    yield datasettes
    for each in datasettes.values():
        each.executor.shutdown()
        each.get_database().close()


async def records(datasette: Datasette, path: str) -> list[dict[str, str]]:
    """Return the rows of a file by the titles of its columns."""
    answer = await datasette.client.get(path)
    assert answer.status_code == 200, path
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))


async def test_a_table_in_words(named: dict[str, Datasette]) -> None:
    """Titles and codes in the language of the page; year, agency, region and a link beside them."""
    path = f"/archive/requests.csv?report_id={REPORT}&item=refused_third_party&_words=on"
    (zh,), (en,) = await records(named[""], path), await records(named["/en"], path)
    assert (zh["项目"], zh["总计"], zh["年度"], zh["机关"]) == (
        "4.保护第三方合法权益",
        "2",
        "2023",
        "平罗县工业和信息化局",
    )
    assert (en["Item"], en["Total"], en["Year"]) == (
        "Refused: protects a third party's lawful rights",
        "2",
        "2023",
    )
    cell = f"/report/{REPORT}#cell-requests-refused_third_party-total"
    assert (zh["本站页面"], en["Page on this site"]) == (f"{BASE}{cell}", f"{BASE}/en{cell}")


@pytest.mark.parametrize("lang", ["", "/en"])
async def test_every_table_reads_well(named: dict[str, Datasette], lang: str) -> None:
    """Each has a link in every row, and no column of the other language."""
    link = "Page on this site" if lang else "本站页面"
    for name in tables():
        for row in await records(named[lang], f"/archive/{name}.csv?_words=on&_size=20"):
            assert row[link].startswith(f"{BASE}{lang}/"), name
            assert None not in row, name
    (titles, *_) = await records(named[lang], "/archive/checks.csv?_words=on")
    fields = tables()["checks"].fields
    shown = {name: fields[name].title("en" if lang else "zh") in titles for name in fields}
    assert (shown["message_zh"], shown["message_en"]) == (not lang, bool(lang))


async def test_the_links_of_rows_lead_somewhere(named: dict[str, Datasette]) -> None:
    for name in tables():
        for row in await records(named[""], f"/archive/{name}.csv?_words=on&_size=3"):
            path = row["本站页面"].removeprefix(BASE).partition("#")[0]
            assert (await named[""].client.get(path)).status_code == 200, (name, path)


async def test_keys_stay_keys(named: dict[str, Datasette], rich: Path) -> None:
    """Programs read the names and codes of the data contract, all rows of them."""
    answer = await named["/en"].client.get("/archive/checks.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    with closing(sqlite3.connect(rich)) as conn:
        assert len(rows) == conn.execute("SELECT count(*) FROM checks").fetchone()[0]
    assert list(rows[0]) == list(tables()["checks"].fields)


async def test_filters_columns_and_order_of_a_file(named: dict[str, Datasette]) -> None:
    """The same as on the page of the table."""
    path = "/archive/report_summary.csv?year__gte=2022&_sort_desc=year&_col=year&_col=agency"
    answer = await named[""].client.get(path)
    header, *rows = list(csv.reader(io.StringIO(answer.text)))
    assert sorted(header) == ["agency", "year"]
    years = [row[header.index("year")] for row in rows]
    assert years == sorted(years, reverse=True)
    assert set(years) >= {"2022", "2023"}
    for wrong in (
        "_sort=nothing",
        "_col=nothing",
        "nothing=1",
        "_size=x",
        "_where=1",
        "year__nothing=1",
    ):
        assert (
            await named[""].client.get(f"/archive/report_summary.csv?{wrong}")
        ).status_code == 400, wrong
    for path in ("reports.csv?_region=640000", "reports.csv?_search=%E5%A4%8D%E8%AE%AE"):
        page = (
            await named[""].client.get(f"/archive/{path.replace('.csv', '.json')}&_shape=array")
        ).json()
        rows = list(csv.reader(io.StringIO((await named[""].client.get(f"/archive/{path}")).text)))
        assert {row[0] for row in rows[1:]} == {row["id"] for row in page}
        assert page


async def test_a_search_with_its_sentences(named: dict[str, Datasette]) -> None:
    """What was found is in brackets; each row leads to its report here and at its source."""
    path = f"/search.csv?q={quote('复议')}"
    rows = await records(named[""], path)
    assert rows
    marked = [row["命中语句"] for row in rows]
    assert [each for each in marked if "【" not in each] == []
    assert all(row["本站页面"] == f"{BASE}/report/{row['报告']}" for row in rows)
    assert "命中语句" not in (await records(named[""], "/search.csv"))[0]
    assert "Sentence with the hit" in (await records(named["/en"], path))[0]


async def test_lists_lead_to_their_pages(named: dict[str, Datasette]) -> None:
    checks = await records(named["/en"], "/checks.csv")
    assert {row["Page on this site"] for row in checks} <= {
        f"{BASE}/en/report/{row['Report']}#checks" for row in checks
    }
    assert not [title for title in checks[0] if "Chinese" in title]
    assert "natural_person" not in {row["Scope"] for row in checks}
    changes = await records(named[""], "/changes.csv")
    assert {row["本站页面"].removeprefix(BASE).split("/")[1] for row in changes} == {
        "edit",
        "report",
    }
    coverage = await records(named[""], "/coverage.csv")
    assert all(
        row["本站页面"].startswith((f"{BASE}/agency/", f"{BASE}/report/")) for row in coverage
    )


async def test_a_cut_list_says_so(
    named: dict[str, Datasette], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its last line, with the address of the whole."""
    monkeypatch.setattr("gongkai.publish.views.list_views.LIST_LINES", 1)
    rows = (await named["/en"].client.get("/checks.csv")).text.splitlines()
    assert len(rows) == 3
    assert "not complete" in rows[-1]
    assert f"{BASE}/en/data" in rows[-1]


async def test_titles_of_a_built_table_begin_alike(named: dict[str, Datasette]) -> None:
    """In English with a capital, those of the rows as those of the measures."""
    rows = await records(named["/en"], "/table.csv?year=2024&m=requests_new")
    assert list(rows[0])[:4] == ["ID", "Name", "Region", "New requests 2024"]
