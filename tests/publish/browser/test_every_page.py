"""Every page in a real browser: axe-core reports nothing, nothing is too wide or needs a script.

What was seen is kept in test-artefacts/, if that is there. The last test is a journalist's way through the site.
"""

from __future__ import annotations

import csv
import re
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.async_api import Browser, Page

from gongkai.archive.cli import main
from tests.publish.browser.browsing import DESKTOP, PHONE, keep, served, violations
from tests.publish.publishing import publish, rename
from tests.publish.samples import HOSTILE_AGENCY, HUITONG, PINGLUO
from tests.publish.years import COUNTY, FINANCE, POLICE

PAGES = {
    "home": "/",
    "search": "/search?q=公开&region=640000",
    "search-everything": "/search",
    "search-nothing": "/search?q=量子纠缠&year=2024",
    "report": f"/report/{PINGLUO}-2023",
    "report-edited": f"/report/{PINGLUO}-2024",
    "report-2019": f"/report/{HUITONG}-2020",
    "report-removed": f"/report/{COUNTY}-2024",
    "report-copied": f"/report/{POLICE}-2024",
    "report-hostile": f"/report/{HOSTILE_AGENCY}-2024",
    "agency": f"/agency/{COUNTY}",
    "agency-missing": f"/agency/{PINGLUO}",
    "agency-hostile": f"/agency/{HOSTILE_AGENCY}",
    "country": "/region",
    "region": "/region/640000",
    "region-county": "/region/640221",
    "region-empty": "/region/110000",
    "compare": f"/compare?agency={COUNTY}&agency={FINANCE}&region=640200&add=平罗",
    "compare-start": "/compare",
    "map": "/map",
    "map-measure": "/map?m=requests_new&year=2024",
    "embed": f"/embed/agency/{COUNTY}/chart/outcomes",
    "built-table": "/table",
    "checks": "/checks",
    "checks-rule": "/checks?rule=requests_balance&region=640000",
    "changes": "/changes",
    "coverage": "/coverage?region=640000",
    "status": "/status",
    "data": "/data",
    "dictionary": "/data/dictionary",
    "interface": "/data/api",
    "releases": "/releases",
    "release": "/releases/2025.2",
    "codebook": "/codebook",
    "tables": "/archive",
    "table": "/archive/report_summary",
    "table-filtered": "/archive/reports?year=2024&_sort=title",
    "row": "/archive/sites/pingluo",
    "not-found": "/nothing-here",
    "bad-request": "/search?year=x",
    "english-home": "/en/",
    "english-report": f"/en/report/{PINGLUO}-2024",
    "english-search": "/en/search?q=refused",
    "english-built-table": "/en/table?year=2024&m=refused&m=refusal_rate&m=ground_refused_state_secret",
    "english-coverage": "/en/coverage",
    "english-region": "/en/region/640000",
    "english-agency": f"/en/agency/{COUNTY}",
    "english-map": "/en/map?m=refusal_rate&small=1",
    "english-checks": "/en/checks",
    "english-release": "/en/releases/2025.2",
    "english-compare": f"/en/compare?agency={COUNTY}",
    "english-table": "/en/archive/checks",
}


@pytest.fixture(scope="module")
def address(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the rich archive with its downloads, and return the address."""
    folder = tmp_path_factory.mktemp("published")
    before = Path(shutil.copy(rich, tmp_path_factory.mktemp("before")))
    rename(before, "从前的名称")
    for archive in (before, rich):
        publish(folder, archive)
        done = CliRunner().invoke(main, ["release", str(folder)])
        assert done.exit_code == 0, done.output
    with served(rich, (folder / "current").resolve()) as url:
        yield url


@pytest.fixture(scope="module")
async def desktop(browser: Browser, address: str) -> AsyncIterator[Page]:
    """Return a tab that all pages share."""
    context = await browser.new_context(viewport=DESKTOP, base_url=address, locale="zh-CN")  # type: ignore[arg-type]
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("name", PAGES)
async def test_axe_finds_nothing_and_nothing_sprawls(desktop: Page, name: str) -> None:
    """On a desktop, and on a phone 360 pixels wide; by day and by night."""
    said: list[str] = []
    desktop.on("pageerror", lambda error: said.append(str(error)))
    for device, size in (("", DESKTOP), ("phone-", PHONE)):
        await desktop.set_viewport_size(size)  # type: ignore[arg-type]
        await desktop.goto(PAGES[name])
        await keep(desktop, f"page-{device}{name}")
        assert await violations(desktop) == [], device
        await desktop.emulate_media(color_scheme="dark")
        await keep(desktop, f"page-{device}dark-{name}")
        assert await violations(desktop, runOnly=["color-contrast"]) == [], f"{device}dark"
        await desktop.emulate_media(color_scheme="light")
        root = "document.documentElement"
        assert await desktop.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), device
    assert said == []


@pytest.mark.parametrize(
    "path", [f"/agency/{COUNTY}", f"/en/agency/{COUNTY}", "/en/region/640000", "/coverage"]
)
async def test_tables_are_whole_on_a_desktop(desktop: Page, path: str) -> None:
    """No table is cut at its right side, and no word of a status is broken."""
    await desktop.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    await desktop.goto(path)
    tables = desktop.locator(".scroll:has(table.list)")
    cut = "each => each.map(e => e.scrollWidth - e.clientWidth)"
    assert set(await tables.evaluate_all(cut)) == {0}
    states = "each => each.map(e => e.getClientRects().length)"
    marks = desktop.locator("table.list [class^=mark-], table.list .badge")
    assert set(await marks.evaluate_all(states)) == {1}


async def test_words_stay_in_their_boxes_on_a_phone(desktop: Page) -> None:
    await desktop.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await desktop.goto("/en/status")
    over = "each => each.map(e => e.scrollWidth > e.clientWidth)"
    assert set(await desktop.locator(".figures li").evaluate_all(over)) == {False}


async def test_the_keyboard_reaches_the_content_first(desktop: Page) -> None:
    """The first stop skips the menu. Boxes that scroll can be reached, and are outlined."""
    await desktop.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    await desktop.goto("/region/640000")
    await desktop.keyboard.press("Tab")
    assert await desktop.evaluate("document.activeElement.getAttribute('href')") == "#content"
    box = desktop.locator("main .scroll").first
    await box.focus()
    assert await box.evaluate("e => getComputedStyle(e).outlineStyle") in ("auto", "solid")


class Clicks:
    """Counts what a reader clicks."""

    def __init__(self) -> None:
        self.count = 0

    async def on(self, page: Page, name: str, exact: bool = True) -> None:
        """Click a link in the content by its name."""
        self.count += 1
        await page.locator("main").get_by_role("link", name=name, exact=exact).first.click()


async def test_a_journalist_finds_refusals_in_five_clicks(browser: Browser, address: str) -> None:
    """All Ningxia reports of 2024 that refused a request: one opened, why, the original, the list.

    Without JavaScript and without a word of English.
    """
    context = await browser.new_context(base_url=address, java_script_enabled=False, locale="zh-CN")
    page, clicks = await context.new_page(), Clicks()
    await page.goto("/")
    await clicks.on(page, "宁夏回族自治区")
    await clicks.on(page, "2024 年度哪些报告有不予公开？")
    assert await page.get_by_role("status").inner_text() == "找到 3 份报告"
    chosen = ["".join(text.split()) for text in await page.locator(".chosen li").all_inner_texts()]
    assert chosen == [*("报告载有：不予公开✕取消", "年度：2024✕取消", "地区：宁夏回族自治区✕取消")]
    said = await page.locator("main").inner_text()
    assert set(re.findall("[A-Za-z]{3,}", said)) == {"Atom", "CSV", "Excel"}
    await keep(page, "journalist-list")
    async with page.expect_download() as download:
        await clicks.on(page, "下载此列表（CSV，可用 Excel 打开）")
    sheet = await (await download.value).path()
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["机关"], row["不予公开"]) for row in rows] == [
        *(("平罗县人民政府", "4"), ("大武口区财政局", "30"), ("永宁县公安局", "5"))
    ]
    await clicks.on(page, "永宁县公安局2024年", exact=False)
    why = await page.locator(".answers li").all_inner_texts()
    assert "2 不予公开：4.保护第三方合法权益" in why
    await keep(page, "journalist-report")
    original = await page.get_by_role("link", name="打开原网页").get_attribute("href")
    assert original == f"http://www.pingluo.gov.cn/{POLICE}/2024.html"
    clicks.count += 1  # the original itself is on the government's site, not here
    assert clicks.count <= 5
    await context.close()


@pytest.fixture
def newspaper(address: str, tmp_path: Path) -> Iterator[str]:
    """Serve a page of another site, with a frame for a chart and one for a whole page of ours."""
    frames = {"chart": f"/embed/agency/{COUNTY}/chart/outcomes", "whole": f"/agency/{COUNTY}"}
    (tmp_path / "index.html").write_text(
        "".join(
            f'<iframe name="{name}" src="{address}{path}" width="640" height="480"></iframe>'
            for name, path in frames.items()
        )
    )
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_another_site_shows_a_chart_in_a_frame(browser: Browser, newspaper: str) -> None:
    """The frame of a chart is shown there; the page of the agency is not."""
    page = await browser.new_page()
    await page.goto(newspaper)
    chart, whole = page.frame(name="chart"), page.frame(name="whole")
    assert chart is not None
    assert whole is not None
    assert "办理结果" in (await chart.locator("svg title").first.text_content() or "")
    assert await whole.locator("h1", has_text="平罗县人民政府").count() == 0
    await page.close()
