"""A reader's way through the site in a real browser; what it saw is kept in test-artefacts/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.publish.browsing import ARTEFACTS, DESKTOP, PHONE, keep, served
from tests.publish.samples import HUITONG, PINGLUO


@pytest.fixture(scope="module")
def address(archive: Path) -> Iterator[str]:
    """Serve the sample archive, and return the address."""
    with served(archive) as url:
        yield url


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Return a tab of its own on a desktop. Anything on the console fails the test."""
    context = browser.new_context(viewport=DESKTOP, base_url=address, locale="zh-CN")
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    yield tab
    context.close()
    assert said == []


def test_from_the_home_page_to_a_report_and_its_contradiction(page: Page) -> None:
    """Search 复议, open a report, see why it contradicts itself, reach the original."""
    page.goto("/")
    keep(page, "home")
    page.get_by_label("检索报告全文").fill("复议")
    page.get_by_role("button", name="检索").click()
    assert page.get_by_role("status").inner_text() == "找到 3 份报告"
    assert set(page.locator("mark").all_inner_texts()) == {"复议"}
    keep(page, "search")
    page.get_by_role("link", name="平罗县工业和信息化局 2023 年").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("平罗县工业和信息化局 2023")
    assert page.locator("td.doubtful").count() > 0
    keep(page, "report")
    page.get_by_role("link", name="见表中标记处").first.click()
    cell = page.locator("#cell-requests-new-natural_person")
    assert cell.inner_text().startswith("12")
    assert cell.evaluate("e => e.getBoundingClientRect().top < innerHeight")
    original = page.get_by_role("link", name="打开原网页")
    assert original.get_attribute("href") == (
        "http://www.pingluo.gov.cn/xxgk/zfxxgknb/202401/t20240122_4301234.html"
    )


def test_the_kept_page_is_a_download(page: Page) -> None:
    """It never opens on this origin."""
    page.goto(f"/report/{PINGLUO}-2024")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载留存副本").click()
    assert download.value.suggested_filename.endswith(".html")


def test_narrowing_the_list_of_reports(page: Page) -> None:
    """By facets and by the form, without a script."""
    page.goto("/archive/reports")
    page.get_by_role("link", name="平罗县", exact=True).click()
    page.get_by_role("link", name="2023", exact=True).click()
    assert page.locator("table.rows tbody tr").count() == 1
    keep(page, "reports")
    page.goto("/archive/reports")
    page.get_by_text("筛选与排序").click()
    page.get_by_label("字段").select_option("checks_failed")
    page.get_by_label("条件", exact=True).select_option("gte")
    page.get_by_label("值", exact=True).fill("1")
    page.get_by_role("button", name="应用").click()
    assert page.locator("table.rows tbody tr").count() == 2


def test_the_language_switch_keeps_the_place(page: Page) -> None:
    """There and back."""
    page.goto(f"/report/{HUITONG}-2020")
    page.get_by_role("link", name="English").click()
    assert page.url.endswith(f"/en/report/{HUITONG}-2020")
    assert page.get_by_text("Licensing", exact=True).is_visible()
    keep(page, "report-english")
    page.get_by_role("link", name="中文").click()
    assert page.url.endswith(f"/report/{HUITONG}-2020")
    assert "/en/" not in page.url


def test_a_hostile_report_runs_nothing(page: Page) -> None:
    """No dialog, no script: the console fixture would tell."""
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto("/report/640000-hostile-0000-2024")
    assert "<script>" in page.get_by_role("heading", level=1).inner_text()
    keep(page, "hostile")
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
def test_nothing_sprawls_on_a_phone(page: Page, name: str, path: str) -> None:
    """Wide tables scroll in their own box; the page itself does not."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(path)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    keep(page, f"phone-{name}")


def test_the_report_prints(page: Page) -> None:
    """On paper the tables are whole and the site's frame is gone."""
    page.emulate_media(media="print")
    page.goto(f"/report/{PINGLUO}-2023")
    assert not page.locator(".site-nav").is_visible()
    assert page.locator(".scroll").first.evaluate("e => getComputedStyle(e).overflowX") == "visible"
    ARTEFACTS.mkdir(exist_ok=True)
    pdf = page.pdf(path=ARTEFACTS / "report.pdf", format="A4")
    assert pdf.startswith(b"%PDF")
