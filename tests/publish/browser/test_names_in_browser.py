"""Names that are offered below the search box, by keyboard and mouse, and to assistive technology."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from axe_core_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.publish.browser.browsing import DESKTOP, PHONE, keep, served
from tests.publish.samples import PINGLUO


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


async def test_by_keyboard(page: Page) -> None:
    await page.goto("/")
    box = page.get_by_role("combobox", name="检索报告全文")
    await expect(box).to_have_attribute("aria-expanded", "false")
    await box.press_sequentially("plgxj")
    option = page.get_by_role("option", name="平罗县工业和信息化局")
    await expect(option).to_be_visible()
    await expect(box).to_have_attribute("aria-expanded", "true")
    await box.press("ArrowDown")
    await expect(option).to_have_attribute("aria-selected", "true")
    await expect(box).to_have_attribute(
        "aria-activedescendant", await option.get_attribute("id") or ""
    )
    found = await Axe().run(page)
    assert found["violations"] == []
    await keep(page, "names")
    await box.press("Enter")
    await page.wait_for_url(f"**/agency/{PINGLUO}")


async def test_escape_closes_the_list_and_enter_searches(page: Page) -> None:
    await page.goto("/en/status")
    box = page.get_by_role("combobox", name="Search the reports")
    await box.press_sequentially("pingluo")
    options = page.get_by_role("option")
    await expect(options.first).to_be_visible()
    await box.press("ArrowUp")
    await expect(options.last).to_have_attribute("aria-selected", "true")
    await box.press("Escape")
    await expect(page.get_by_role("listbox")).to_have_count(0)
    assert await box.input_value() == "pingluo"
    await box.press("Enter")
    await page.wait_for_url("**/en/search?q=pingluo")


async def test_by_mouse_on_a_phone(page: Page) -> None:
    await page.set_viewport_size(PHONE)
    await page.goto("/search?q=a")
    box = page.get_by_role("combobox", name="检索报告全文")
    await box.fill("")
    await box.press_sequentially("会同 林业")
    await page.get_by_role("option", name="会同县林业局").click()
    await page.wait_for_url("**/agency/431225-*")


async def test_results_say_what_they_are(page: Page) -> None:
    for path, name in (
        ("/search?q=gxj&published_from=2020-01-01", "search-forms"),
        ("/en/search?q=administrative+review", "search-forms-en"),
    ):
        for size in (DESKTOP, PHONE):
            await page.set_viewport_size(size)
            await page.goto(path)
            for summary in await page.locator(".search-more summary").all():
                if not await summary.evaluate("e => e.parentElement.open"):
                    await summary.click()
            found = await Axe().run(page)
            assert found["violations"] == []
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, name
            await keep(page, f"{name}-{size['width']}")


async def test_without_scripts_the_box_searches(browser: Browser, address: str) -> None:
    context = await browser.new_context(base_url=address, java_script_enabled=False, locale="zh-CN")
    tab = await context.new_page()
    await tab.goto("/")
    await tab.get_by_label("检索报告全文").fill("plgxj")
    await tab.get_by_role("button", name="检索").click()
    assert await tab.locator(".names li a").inner_text() == "平罗县工业和信息化局"
    await context.close()
