"""The feeds, and the status page of the sources."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from datasette.app import Datasette

from gongkai.archive.store.database import transaction, writer
from gongkai.catalogue import text
from gongkai.crawler.components.run_result import RunFacts, judge_run
from gongkai.publish.pages import sources_page
from gongkai.publish.pages.lists.atom import ATOM
from gongkai.publish.pages.sources_page import load_sources
from gongkai.publish.server.datasette_server import open_languages
from tests.publish.page_text import words
from tests.publish.samples import HOSTILE, PINGLUO
from tests.publish.small_archive import Page, fetcher, started
from tests.publish.years import COUNTY, POLICE

NS = {"a": ATOM}


async def feed(datasette: Datasette, path: str) -> ElementTree.Element:
    """Return a feed that is well-formed and has what Atom requires."""
    answer = await datasette.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    for part in (root, *root.findall("a:entry", NS)):
        for name in ("id", "title", "updated"):
            assert part.findtext(f"a:{name}", namespaces=NS), name
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", part.findtext("a:id", "", NS))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", part.findtext("a:updated", "", NS))
    ids = [entry.findtext("a:id", "", NS) for entry in root.findall("a:entry", NS)]
    assert len(set(ids)) == len(ids)
    return root


def links(root: ElementTree.Element) -> list[str]:
    """Return the paths that the entries link to."""
    found = [entry.find("a:link", NS) for entry in root.findall("a:entry", NS)]
    return [
        link.attrib["href"].removeprefix("http://localhost") for link in found if link is not None
    ]


async def test_new_reports_of_everywhere_a_region_an_agency(country: dict[str, Datasette]) -> None:
    """The title says what a feed is about."""
    chinese = country[""]
    assert len(links(await feed(chinese, "/feeds/reports.atom"))) == 12
    place = await feed(chinese, "/feeds/reports.atom?region=640100")
    assert links(place) == [f"/report/{POLICE}-2023", f"/report/{POLICE}-2024"]
    assert place.findtext("a:title", "", NS) == "公开 · 新报告 · 银川市"
    agency = await feed(chinese, f"/feeds/reports.atom?agency={COUNTY}")
    assert len(links(agency)) == 3
    summary = agency.findtext("a:entry/a:summary", "", NS)
    assert summary == "宁夏回族自治区石嘴山市平罗县 · 发布日期 2023-03-20"


async def test_changes_and_checks(country: dict[str, Datasette]) -> None:
    """Edits and removals, rules and findings in words; hostile text stays text."""
    changes = await feed(country[""], "/feeds/changes.atom")
    told = [entry.findtext("a:summary", "", NS) for entry in changes.findall("a:entry", NS)]
    assert told == [
        "宁夏回族自治区 · 改动 0 格、1 处文字",
        "宁夏回族自治区石嘴山市平罗县 · 改动 1 格、2 处文字",
        "宁夏回族自治区石嘴山市平罗县 · 原网站已不再提供此报告：本库于 2025-06-02 得知，最后一次见到是 2025-06-02；本库留有副本。",
    ]
    assert changes.findtext("a:entry/a:title", "", NS) == HOSTILE
    checks = await feed(country["/en"], f"/feeds/checks.atom?agency={PINGLUO}")
    assert len(links(checks)) == 5
    assert links(checks)[0] == f"/en/report/{PINGLUO}-2023"
    assert any(
        (entry.findtext("a:summary", "", NS)).startswith("Requests balance: ")
        for entry in checks.findall("a:entry", NS)
    )
    empty = await feed(country[""], "/feeds/changes.atom?region=410000")
    assert links(empty) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feeds/reports.atom?region=999999", 404),
        ("/feeds/reports.atom?agency=nobody", 404),
        ("/feeds/nothing.atom", 404),
        ("/feeds/reports.atom?region=x", 400),
        ("/feeds/reports.atom?agency=" + "x" * 201, 400),
    ],
)
async def test_feeds_of_nothing(visit: Page, path: str, status: int) -> None:
    """A 404 or a 400 in words."""
    await visit(path, status=status)


async def test_pages_lead_to_their_feeds(visit: Page) -> None:
    """Feed readers find the feeds from the pages."""
    page = await visit(f"/agency/{COUNTY}")
    link = page.select_one("link[rel=alternate]")
    assert link is not None
    assert link["href"] == f"/feeds/reports.atom?agency={COUNTY}"


def relations(root: ElementTree.Element) -> dict[str, str]:
    """Return the links of a feed itself by relation."""
    return {link.attrib["rel"]: link.attrib["href"] for link in root.findall("a:link", NS)}


async def test_a_rule_has_a_feed(country: dict[str, Datasette]) -> None:
    rule = await feed(country[""], "/feeds/checks.atom?rule=requests_balance")
    told = [entry.findtext("a:summary", "", NS) for entry in rule.findall("a:entry", NS)]
    assert told
    assert all(summary.startswith("收办平衡：") for summary in told)
    assert rule.findtext("a:title", "", NS) == "公开 · 核对未通过 · 收办平衡"
    assert relations(rule)["alternate"].endswith("/checks?rule=requests_balance")
    for path in ("/feeds/checks.atom?rule=none", "/feeds/reports.atom?rule=requests_balance"):
        assert (await country[""].client.get(path)).status_code == 400


@pytest.mark.parametrize(
    ("path", "reports"),
    [
        ("/search.atom?q=%E5%85%AC%E5%AE%89&year=2024", [f"{POLICE}-2024"]),
        ("/search.atom?q=gxj&region=640000&year=2024", [f"{PINGLUO}-2024"]),
        ("/search.atom?q=plgxj+-%E9%87%8F%E5%AD%90&published_from=2025-01-01", [f"{PINGLUO}-2024"]),
        ("/table.atom?region=640100&m=refused&year=2024", [f"{POLICE}-2024"]),
        (
            "/table.atom?region=640100&sort=-refused.2024&m=refused",
            [f"{POLICE}-2023", f"{POLICE}-2024"],
        ),
        ("/search.atom?q=%E9%87%8F%E5%AD%90", []),
    ],
)
async def test_any_search_and_any_table_has_a_feed(
    country: dict[str, Datasette], path: str, reports: list[str]
) -> None:
    found = await feed(country[""], path)
    assert sorted(links(found)) == [f"/report/{report}" for report in reports]
    assert relations(found)["alternate"].startswith("/search?" if "search" in path else "/table?")


async def test_a_report_that_changed_is_told_again(db: Path) -> None:
    """The time of an entry is that of the version that stands."""
    with closing(sqlite3.connect(db)) as conn, conn:
        conn.execute(
            "UPDATE revisions SET first_seen = '2025-09-09T09:09:09Z' WHERE report_id = ?",
            [f"{POLICE}-2023"],
        )
    async with started(db) as datasettes:
        found = await feed(datasettes[""], "/search.atom?region=640000")
        assert links(found)[0] == f"/report/{POLICE}-2023"
        assert found.findtext("a:updated", "", NS) == "2025-09-09T09:09:09Z"


async def test_feeds_are_paged_and_keep_their_id(
    country: dict[str, Datasette], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links as RFC 5005 has them: every entry once, from the first page to the last."""
    monkeypatch.setattr("gongkai.publish.pages.lists.feeds.ENTRIES", 5)
    monkeypatch.setattr("gongkai.publish.views.feed_view.ENTRIES", 5)
    for start in (
        "/feeds/reports.atom",
        "/feeds/checks.atom?region=640000",
        "/search.atom?q=%E5%85%AC",
        "/table.atom",
    ):
        whole: list[str] = []
        path, ids, before = start, set(), ""
        while path:
            found = await feed(country[""], path)
            told = relations(found)
            assert (told["self"], told.get("previous", "")) == (path, before)
            ids.add(found.findtext("a:id", "", NS))
            whole += [entry.findtext("a:id", "", NS) for entry in found.findall("a:entry", NS)]
            assert told["first"] == start
            path, before = told.get("next", ""), path
        assert len(ids) == 1
        assert len(whole) == len(set(whole)) > 5
    empty = await feed(country[""], "/feeds/reports.atom?page=99")
    assert links(empty) == []


async def test_ids_know_neither_host_nor_prefix(rich: Path) -> None:
    named = open_languages(rich, base_url="https://example.org")
    bare = open_languages(rich)
    try:
        for path in ("/search.atom?q=a&year=2024", "/table.atom?m=refused", "/feeds/changes.atom"):
            there = ElementTree.fromstring((await named[""].client.get(path)).content)
            here = ElementTree.fromstring((await bare[""].client.get(path)).content)
            assert there.findtext("a:id", "", NS) == here.findtext("a:id", "", NS)
            assert relations(there)["self"] == f"https://example.org{path}"
    finally:
        for datasette in (*named.values(), *bare.values()):
            datasette.executor.shutdown()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/search?q=a&sort=date", "/search.atom?q=a"),
        ("/table?m=refused&sort=-refused.2024", "/table.atom?m=refused"),
        (
            "/checks?rule=requests_balance&region=640000",
            "/feeds/checks.atom?region=640000&rule=requests_balance",
        ),
        ("/changes?region=640000", "/feeds/changes.atom?region=640000"),
        ("/region/640000", "/feeds/reports.atom?region=640000"),
        (f"/agency/{COUNTY}", f"/feeds/reports.atom?agency={COUNTY}"),
    ],
)
async def test_each_page_leads_to_its_feed(visit: Page, path: str, target: str) -> None:
    """For feed readers in its head, for people in its text."""
    page = await visit(path)
    assert [link["href"] for link in page.select("head link[type='application/atom+xml']")] == [
        target
    ]
    assert target in [link["href"] for link in page.select("main a")]


def test_health_at_a_time(rich: Path) -> None:
    """The worst state that applies to a source on a given day."""
    with closing(sqlite3.connect(rich)) as conn:
        conn.row_factory = sqlite3.Row
        soon = load_sources(conn, "2025-06-02T00:00:00+00:00")
        later = load_sources(conn, "2025-07-02T00:00:00+00:00")
    told = {source.site["id"]: source.health for source in soon.sources}
    assert told == {
        "pingluo": "well",
        "weibin": "failed",
        "yongning": "blocked",
        "zhongwei": "never",
    }
    assert soon.count_by_health() == {"blocked": 1, "failed": 1, "never": 1, "well": 1}
    assert next(s for s in later.sources if s.site["id"] == "pingluo").health == "stale"


async def test_the_status_page(visit: Page) -> None:
    """Every source with its counts. An address that is not http(s) is not a link."""
    page = await visit("/status")
    rows = {words(row, "th")[0]: words(row, "td") for row in page.select("tbody tr")}
    assert rows["新乡市卫滨区人民政府 河南省新乡市卫滨区"][2:9] == [
        "12",
        "0",
        "0",
        "0",
        "0",
        "12",
        "0",
    ]
    assert rows["新乡市卫滨区人民政府 河南省新乡市卫滨区"][0] == "失败 网站没有应答"
    belongs = "中卫市人民政府 宁夏回族自治区中卫市 上级网站：永宁县人民政府"
    assert rows[belongs][0] == "从未采集"
    assert "永宁县人民政府 宁夏回族自治区银川市永宁县 1 个部门网站 中卫市人民政府" in rows
    assert not [a for a in page.select("a") if str(a["href"]).startswith("javascript")]
    assert words(await visit("/en/status"), "h1") == ["Sources"]


async def test_a_page_of_the_status_has_some_sources(
    visit: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are counted; those of a page, in a state or with a name are listed."""
    monkeypatch.setattr(sources_page, "PAGE_SIZE", 3)
    first, second = await visit("/status"), await visit("/status?page=2")
    assert [len(page.select("tbody tr")) for page in (first, second)] == [3, 1]
    assert words(first, ".figures li") == words(second, ".figures li")
    assert [link["href"] for link in first.select(".pages a")] == ["?page=2"]
    failed = await visit("/status?health=failed")
    (row,) = failed.select("tbody tr")
    assert "新乡市卫滨区人民政府" in row.get_text()
    assert words(failed, ".figures li")[0] == words(first, ".figures li")[0]
    named = await visit("/status?name=平罗")
    assert len(named.select("tbody tr")) == 1
    assert not (await visit("/en/status?name=xyz")).select("tbody tr")


async def test_the_status_page_refuses_what_it_does_not_have(chinese: Datasette) -> None:
    for query, status in (("health=fine", 400), ("page=2", 404), ("page=x", 400)):
        assert (await chinese.client.get(f"/status?{query}")).status_code == status


async def test_the_status_page_counts_hostile_pages(db: Path) -> None:
    """A source with hostile pages is the worst of all, with their number and what they exceeded."""
    counts = {"hostile": 3, "hostile: time": 2, "hostile: depth": 1}
    outcome, why = judge_run(RunFacts("finished", counts, min_reports=1))
    assert why is not None
    times = "2025-06-02T18:00:00Z", "2025-06-02T19:00:00Z"
    with writer(db) as conn, transaction(conn):
        conn.execute(
            "INSERT INTO runs (id, kind, site, started, finished, seen_at, outcome, why_zh, why_en)"
            " VALUES ('run-hostile', 'crawl', 'pingluo', ?, ?, ?, ?, ?, ?)",
            (*times, times[0], outcome, text("zh", why), text("en", why)),
        )
    told = {}
    async with started(db) as datasettes:
        for path in ("/status", "/en/status"):
            cells = words(await fetcher(datasettes)(path), "tbody td:nth-of-type(1)")
            told[path] = next(cell for cell in cells if "3" in cell)
    assert told == {
        "/status": "恶意页面 3 个恶意页面：2 个超出单页处理器时间、1 个嵌套过深",
        "/en/status": (
            "hostile 3 hostile pages: 2 exceeded the processor time of a page,"
            " 1 was nested too deeply"
        ),
    }
