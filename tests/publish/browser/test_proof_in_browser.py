"""Proofs, changes and kept pages in a real browser, over hostile originals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Request

from gongkai.archive.commands.shared.served_originals import copy_reader
from gongkai.publish.rendering.rendering_box import shared_box
from tests.archive.folder import Folder
from tests.publish.browser.browsing import DESKTOP, PHONE, keep, serving, violations
from tests.publish.browser.paper import check_sheets, printed, text_of
from tests.publish.kept_reports import FIRST, SECOND, article, frozen_document

REPORT = "640221-jiaoyuju-37ae-2024"
AUDIT = "640221-shenjiju-d9a3-2024"
PAGES = {
    "proof": f"/proof/{REPORT}/requests/granted/total",
    "proof-refused": f"/proof/{REPORT}/requests/carried_in/total",
    "proof-pdf": f"/proof/{AUDIT}/requests/new/total",
    "change": f"/edit/{REPORT}/{SECOND}",
    "viewer-day": f"/viewer/report/{REPORT}?day=2025-02-10",
    "viewer-pdf": f"/viewer/report/{AUDIT}?day=2025-02-10",
    "report-day": f"/report/{REPORT}?as_of=2025-02-10",
}
HARM = """<script>top.document.title='harmed';fetch('/harm')</script>
<img src="/harm.png" onerror="top.document.title='harmed'"><svg onload="alert(1)"></svg>
<meta http-equiv="refresh" content="0;url=/harm"><link rel="stylesheet" href="/harm.css">
<style>td{background:url(/harm.gif)}@import "/harm2.css";</style>
<form action="/harm" id="f"><input autofocus onfocus="document.forms[0].submit()"></form>
<iframe src="/harm"></iframe><object data="/harm"></object><base href="/harm/">
<td style="background:url(/harm)"><template><p>
"""


def hostile(granted: str) -> bytes:
    """Return a page with a report behind everything that would do harm."""
    return article(granted).replace(b"</body>", HARM.encode() + b"</body>", 1)


@contextmanager
def kept(path: Path) -> Iterator[str]:
    """Serve an archive of hostile pages with its originals."""
    with Folder(path) as folder:
        pdf = frozen_document("pdf-chromium-zebra")
        folder.fetch(FIRST, "/nb/sjj.pdf", pdf, media_type="application/pdf")
        folder.fetch(FIRST, "/nb/jyj.html", hostile("7"))
        folder.fetch(SECOND, "/nb/jyj.html", hostile("9"))
        folder.build()
    with serving(path / "archive.db", read_copy=copy_reader(path / "snapshots")) as url:
        yield url


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a site with hostile originals."""
    with kept(tmp_path_factory.mktemp("hostile")) as url:
        yield url
    shared_box().close()


@pytest.fixture(scope="module")
async def tab(browser: Browser, address: str) -> AsyncIterator[Page]:
    """Return a tab that all pages share."""
    context = await browser.new_context(viewport=DESKTOP, base_url=address, locale="zh-CN")  # type: ignore[arg-type]
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("lang", ["", "/en"])
@pytest.mark.parametrize("name", PAGES)
async def test_nothing_acts_nothing_sprawls_and_axe_finds_nothing(
    tab: Page, address: str, name: str, lang: str
) -> None:
    """On a desktop and a phone, by day and by night; every request goes to a page of the site."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    tab.on("request", note)
    for device, size in (("", DESKTOP), ("phone-", PHONE)):
        await tab.set_viewport_size(size)  # type: ignore[arg-type]
        response = await tab.goto(f"{lang}{PAGES[name]}")
        assert response is not None
        assert response.status == 200
        for frame in await tab.locator("iframe, .proof-picture img").all():
            await frame.scroll_into_view_if_needed()
        await tab.wait_for_load_state("networkidle")
        await keep(tab, f"page-{device}{name}{lang.replace('/', '-')}")
        assert await violations(tab, iframes=0) == [], device
        await tab.emulate_media(color_scheme="dark")
        await keep(tab, f"page-{device}dark-{name}{lang.replace('/', '-')}")
        assert await violations(tab, iframes=0, runOnly=["color-contrast"]) == [], device
        await tab.emulate_media(color_scheme="light")
        root = "document.documentElement"
        assert await tab.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), device
        assert await tab.title() != "harmed"
    tab.remove_listener("request", note)
    assert [url for url in asked if "harm" in url or not url.startswith(address)] == []


async def test_no_word_stands_in_a_column_of_single_letters(tab: Page) -> None:
    """On a phone, the rows of an original scroll sideways; their names do not break after each letter."""
    await tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for name in ("proof", "proof-pdf", "change"):
        await tab.goto(PAGES[name])
        narrow = await tab.locator(".proof-row td, .merged-table td").evaluate_all(
            """cells => cells.filter(cell => cell.textContent.trim().length > 8
                && cell.clientWidth < 4 * parseFloat(getComputedStyle(cell).fontSize))
                .map(cell => cell.textContent)"""
        )
        assert narrow == [], name


async def test_the_marked_cell_is_in_sight(tab: Page) -> None:
    """The frame opens at the cell, without a script."""
    await tab.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    await tab.goto(PAGES["proof"])
    element = tab.locator("iframe")
    await element.scroll_into_view_if_needed()
    await tab.wait_for_load_state("networkidle")
    anchor = str(await element.get_attribute("src")).partition("#")[2]
    frame, cell = await element.bounding_box(), tab.frame_locator("iframe").locator(f"#{anchor}")
    box = await cell.bounding_box()
    assert frame is not None
    assert box is not None
    assert frame["y"] <= box["y"] <= frame["y"] + frame["height"] - box["height"]
    assert await cell.inner_text() == "9"


SHEETS = {
    "proof": 4,
    "proof-pdf": 4,
    "change": 6,
    "viewer-day": 3,
    "viewer-pdf": 4,
    "report-day": 8,
}
"""Pages with the most sheets that each may take."""


@pytest.mark.parametrize("name", SHEETS)
async def test_it_prints_whole_and_on_white(tab: Page, name: str) -> None:
    """With the commands by which others check it, and no row of a table cut by the end of a sheet."""
    await tab.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    await tab.emulate_media(color_scheme="dark")
    await tab.goto(PAGES[name])
    for frame in await tab.locator("iframe, .proof-picture img").all():
        await frame.scroll_into_view_if_needed()
    await tab.wait_for_load_state("networkidle")
    with await printed(tab, name) as paper:
        assert len(paper.pages) <= SHEETS[name]
        check_sheets(
            paper, PAGES[name].partition("/report")[0] if "viewer" in name else PAGES[name]
        )
        if name.startswith("proof"):
            assert "warcio" in "".join(text_of(page) for page in paper.pages)
    await tab.emulate_media(color_scheme="light")
