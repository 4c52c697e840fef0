"""Pages on paper: as PDF files that Chromium makes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.publish.browser.browsing import served
from tests.publish.browser.paper import check_sheets, printed, squeezed, text_of
from tests.publish.samples import PINGLUO
from tests.publish.years import COUNTY, FINANCE

KINDS = {
    "home": ("/", 3),
    "search": ("/search?q=公开", 3),
    "report": (f"/report/{PINGLUO}-2023", 8),
    "agency": (f"/agency/{COUNTY}", 4),
    "region": ("/region/640000", 5),
    "compare": (f"/compare?agency={COUNTY}&agency={FINANCE}", 3),
    "built-table": ("/table?rows=region&region=640000", 3),
    "map": ("/map", 3),
    "checks": ("/checks", 5),
    "changes": ("/changes", 4),
    "coverage": ("/coverage", 4),
    "status": ("/status", 2),
    "data": ("/data", 3),
    "dictionary": ("/data/dictionary", 40),
    "row": ("/archive/sites/pingluo", 1),
    "country": ("/region", 5),
    "table": ("/archive/reports", 4),
    "english-agency": (f"/en/agency/{COUNTY}", 4),
}
"""Each kind of page, with the most sheets that it may take."""


@pytest.fixture(scope="module")
def address(rich: Path) -> Iterator[str]:
    """Serve the rich archive, and return the address."""
    with served(rich) as url:
        yield url


@pytest.fixture(scope="module")
async def tab(browser: Browser, address: str) -> AsyncIterator[Page]:
    """Return a tab that all pages share."""
    context = await browser.new_context(base_url=address, locale="zh-CN", color_scheme="dark")
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("name", KINDS)
async def test_a_page_prints_as_an_article(tab: Page, name: str) -> None:
    """Without menus and forms, nothing cut at a side, with source and address at the foot, on white."""
    path, most = KINDS[name]
    await tab.goto(path)
    with await printed(tab, name) as paper:
        assert len(paper.pages) <= most
        check_sheets(paper, path)


async def test_long_tables_repeat_their_heads_and_cut_no_row(tab: Page) -> None:
    await tab.goto("/coverage")
    await tab.evaluate(
        """() => {
            const body = document.querySelector('table.list tbody');
            const row = body.rows[0];
            for (let n = 0; n < 120; n++) {
                const copy = row.cloneNode(true);
                copy.cells[0].textContent = `top${n}`;
                copy.cells[0].append(document.createElement('br'), `low${n}`);
                body.append(copy);
            }
        }"""
    )
    with await printed(tab, "long-table") as paper:
        found = [text_of(page) for page in paper.pages]
        with_rows = [text for text in found if "top" in text]
        assert len(with_rows) >= 3
        assert all("状态" in text and "期限" in text for text in with_rows)
        for number in range(120):
            places = [
                {place for place, text in enumerate(found) if f"{half}{number}" in text.split()}
                for half in ("top", "low")
            ]
            assert places[0] == places[1] != set(), number


async def test_charts_print_whole(tab: Page) -> None:
    """No chart is cut by the end of a sheet: its years stand on the sheet of its title."""
    await tab.goto("/en/region/640000")
    titles = await tab.locator("figure.chart figcaption").all_inner_texts()
    with await printed(tab, "charts") as paper:
        found = ["".join(text_of(page).split()) for page in paper.pages]
        for title in titles:
            (text,) = [each for each in found if squeezed(title) in each]
            assert text.index("2024", text.index(squeezed(title))) > 0


async def test_sheets_are_numbered(tab: Page) -> None:
    await tab.goto(f"/report/{PINGLUO}-2023")
    with await printed(tab, "numbered") as paper:
        ends = [text_of(page).split("\n")[-1] for page in paper.pages]
        count = len(ends)
        assert ends == [f"{number} / {count}" for number in range(1, count + 1)]
