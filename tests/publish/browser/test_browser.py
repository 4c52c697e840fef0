"""A reader's way through the site in a real browser. Pictures of it go to test-artefacts/, if that is there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.publish.browser.browsing import DESKTOP, PHONE, keep, served
from tests.publish.samples import HUITONG, PINGLUO


@pytest.fixture(scope="module")
def address(archive: Path) -> Iterator[str]:
    """Serve the sample archive, and return the address."""
    with served(archive) as url:
        yield url


@pytest.fixture
async def page(browser: Browser, address: str) -> AsyncIterator[Page]:
    """Return a new tab on a desktop. Anything on its console fails the test."""
    context = await browser.new_context(viewport=DESKTOP, base_url=address, locale="zh-CN")
    tab = await context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    yield tab
    await context.close()
    assert said == []


async def test_from_the_home_page_to_a_report_and_its_contradiction(page: Page) -> None:
    """Search 复议, open a report, see why it contradicts itself, reach the original."""
    await page.goto("/")
    await keep(page, "home")
    await page.get_by_label("检索报告全文").fill("复议")
    await page.get_by_role("button", name="检索").click()
    assert await page.get_by_role("status").inner_text() == "找到 3 份报告"
    assert set(await page.locator("mark").all_inner_texts()) == {"复议"}
    await keep(page, "search")
    await page.get_by_role("link", name="平罗县工业和信息化局 2023 年").click()
    assert (await page.get_by_role("heading", level=1).inner_text()).startswith(
        "平罗县工业和信息化局 2023"
    )
    assert await page.locator("td.doubtful").count() > 0
    await keep(page, "report")
    await page.get_by_role("link", name="见表中标记处").first.click()
    cell = page.locator("#cell-requests-new-natural_person")
    assert (await cell.inner_text()).startswith("12")
    assert await cell.evaluate("e => e.getBoundingClientRect().top < innerHeight")
    original = page.get_by_role("link", name="打开原网页")
    assert await original.get_attribute("href") == (
        "http://www.pingluo.gov.cn/xxgk/zfxxgknb/202401/t20240122_4301234.html"
    )


async def test_the_kept_page_is_a_download(page: Page) -> None:
    """A browser never opens an archived page on this origin."""
    await page.goto(f"/report/{PINGLUO}-2024")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="下载留存副本").click()
    assert (await download.value).suggested_filename.endswith(".html")


async def test_narrowing_the_list_of_reports(page: Page) -> None:
    """Facets and the form work without a script."""
    await page.goto("/archive/reports")
    await page.get_by_role("link", name="平罗县", exact=True).click()
    await page.get_by_role("link", name="2023", exact=True).click()
    await expect(page.locator("table.rows tbody tr")).to_have_count(1)
    await keep(page, "reports")
    await page.goto("/archive/reports")
    await page.get_by_text("筛选与排序").click()
    await page.get_by_label("字段").select_option("checks_failed")
    await page.get_by_label("条件", exact=True).select_option("gte")
    await page.get_by_label("值", exact=True).fill("1")
    await page.get_by_role("button", name="应用").click()
    await expect(page.locator("table.rows tbody tr")).to_have_count(2)


async def test_the_language_switch_keeps_the_place(page: Page) -> None:
    """The link leads to the same page in the other language, and back."""
    await page.goto(f"/report/{HUITONG}-2020")
    await page.get_by_role("link", name="English").click()
    assert page.url.endswith(f"/en/report/{HUITONG}-2020")
    assert await page.get_by_text("Licensing", exact=True).is_visible()
    await keep(page, "report-english")
    await page.get_by_role("link", name="中文").click()
    assert page.url.endswith(f"/report/{HUITONG}-2020")
    assert "/en/" not in page.url


async def test_a_key_goes_to_the_search_box(page: Page) -> None:
    """The slash does, from anywhere but a field: there it is typed."""
    await page.goto(f"/report/{PINGLUO}-2024")
    await page.keyboard.press("/")
    box = page.get_by_label("检索报告全文")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("")
    await page.keyboard.type("1/2")
    await expect(box).to_have_value("1/2")


async def test_a_hostile_report_runs_nothing(page: Page) -> None:
    """No dialog opens and no script runs: the fixture would see it on the console."""
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await page.goto("/report/640000-hostile-0000-2024")
    assert "<script>" in await page.get_by_role("heading", level=1).inner_text()
    await keep(page, "hostile")
    assert dialogs == []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("home", "/"),
        ("search", "/search?q=复议"),
        ("report", f"/report/{PINGLUO}-2023"),
        ("report-2019", f"/report/{HUITONG}-2020"),
        ("reports", "/archive/reports"),
        ("summary", "/archive/report_summary"),
        ("row", "/archive/sites/pingluo"),
        ("tables", "/archive"),
    ],
)
async def test_nothing_sprawls_on_a_phone(page: Page, name: str, path: str) -> None:
    """Wide tables scroll in their own box, and the page does not scroll sideways."""
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.goto(path)
    root = "document.documentElement"
    assert await page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    await keep(page, f"phone-{name}")


async def test_the_report_prints(page: Page) -> None:
    """On paper the tables are whole and the site's frame is gone."""
    await page.emulate_media(media="print")
    await page.goto(f"/report/{PINGLUO}-2023")
    assert not await page.locator(".site-nav").is_visible()
    overflow = "e => getComputedStyle(e).overflowX"
    assert await page.locator(".scroll").first.evaluate(overflow) == "visible"
    pdf = await page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
