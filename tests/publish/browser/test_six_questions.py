"""Six questions of a journalist, from the home page to what is taken away: clicks are counted.

On a desktop and on a phone, in both languages, without a word of the address typed. Each click must lead
to a page with an answer: what is refused, missing or empty is a dead end.
"""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Download, Locator, Page, Response

from gongkai.catalogue import Language, text
from tests.publish.browser.browsing import DESKTOP, keep, served
from tests.publish.samples import PINGLUO
from tests.publish.small_archive import insert

SILENT = ("640221-shuiwuju-0000", "平罗县水务局", "640221", "county", "department", "水利")
"""An agency that never published."""

WAYS: tuple[tuple[str, Language], ...] = (
    ("desktop", "zh"), ("desktop", "en"), ("phone", "zh"), ("phone", "en"),
)  # fmt: skip
MOST_CLICKS = 4

pytestmark = [
    pytest.mark.parametrize("reader", WAYS, ids="-".join, indirect=True),
]


@dataclass
class Reader:
    """Somebody with a browser. `dead_ends` are the addresses that were no page."""

    page: Page
    lang: Language
    clicks: int = 0
    dead_ends: list[str] = field(default_factory=list)

    def says(self, key: str, **parameters: object) -> str:
        """Return a text of the site in the language of the reader."""
        return text(self.lang, key, **parameters)

    def link(self, name: str) -> Locator:
        """Return the first link of the content with a name."""
        return self.page.locator("main").get_by_role("link", name=name, exact=True).first

    async def click(self, place: Locator) -> None:
        """Click, and wait for the page that comes."""
        self.clicks += 1
        await place.click()
        await self.page.wait_for_load_state()

    async def download(self, place: Locator) -> Download:
        """Click what gives a file."""
        self.clicks += 1
        async with self.page.expect_download() as download:
            await place.click()
        return await download.value

    def note(self, response: Response) -> None:
        """Note a document that is refused or missing."""
        if response.request.resource_type == "document" and response.status >= 400:
            self.dead_ends.append(response.url)

    async def leave(self, name: str) -> None:
        """Check what the way took."""
        await keep(self.page, f"question-{name}")
        assert self.dead_ends == []
        assert 0 < self.clicks <= MOST_CLICKS


@pytest.fixture(scope="module")
def address(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the rich archive with an agency that never published, and return the address."""
    folder = tmp_path_factory.mktemp("questions")
    shutil.copy(rich.with_name("reviews.db"), folder)
    db = Path(shutil.copy(rich, folder))
    with closing(sqlite3.connect(db)) as conn, conn:
        (source,) = conn.execute("SELECT min(id) FROM snapshots").fetchone()
        insert(conn, "agencies", SILENT)
        insert(conn, "duties", (SILENT[0], 2022, None, "tree", "department", source, "pingluo"))
    with served(db) as url:
        yield url


@pytest.fixture
async def reader(
    browser: Browser, address: str, request: pytest.FixtureRequest
) -> AsyncIterator[Reader]:
    """Return a reader on the home page."""
    device, lang = request.param
    size = DESKTOP if device == "desktop" else {"width": 390, "height": 844}
    context = await browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        has_touch=device == "phone",
        base_url=address,
        locale="en-GB" if lang == "en" else "zh-CN",
    )
    page = await context.new_page()
    found = Reader(page, lang)
    page.on("response", found.note)
    await page.goto("/en/" if lang == "en" else "/")
    yield found
    await context.close()


async def test_who_refused_most_in_a_region_and_on_which_ground(reader: Reader) -> None:
    """A table of its agencies, the most refusals first, with a column for each ground."""
    await reader.click(reader.link("宁夏回族自治区"))
    await reader.click(reader.link(reader.says("question_refused", year=2024)))
    rows = reader.page.locator("table.built tbody tr")
    refused = [await row.locator("td").first.inner_text() for row in await rows.all()]
    assert refused[0].split()[0] == "30"
    assert "大武口区财政局" in await rows.first.inner_text()
    heads = " ".join(await reader.page.locator("table.built thead th").all_inner_texts())
    assert reader.says("form.request.refused_third_party").partition(".")[2] in heads
    await reader.leave("refused")


async def test_whose_numbers_contradict_each_other_most(reader: Reader) -> None:
    """The largest difference first, with both numbers; the report shows where they stand."""
    await reader.click(reader.link(reader.says("question_contradicts")))
    first = reader.page.locator(".hits > li").first
    assert "3" in await first.inner_text()
    await reader.click(first.get_by_role("link").first)
    assert await reader.page.locator(".checks .check").count() > 0
    await reader.leave("contradicts")


async def test_who_never_published(reader: Reader) -> None:
    """Each agency with the reason why a report was due, and its own page."""
    await reader.click(reader.link(reader.says("question_never")))
    row = reader.page.locator("main table.list tbody tr").first
    assert SILENT[1] in await row.inner_text()
    await reader.click(row.get_by_role("link", name=SILENT[1]))
    assert await reader.page.get_by_role("heading", level=1).inner_text() == SILENT[1]
    assert await reader.page.locator(".strip-missing").count() > 0
    await reader.leave("never")


async def test_how_refusals_developed_as_a_picture_for_print(reader: Reader) -> None:
    """The picture is a PNG file with its title, source and address in it."""
    await reader.click(reader.link("宁夏回族自治区"))
    await reader.click(reader.link(reader.says("question_developed")))
    figure = reader.page.locator("#chart-grounds-refused")
    await reader.click(figure.locator("summary"))
    png = figure.get_by_role("link", name="PNG")
    path = await png.get_attribute("href")
    await reader.click(png)
    answer = await reader.page.request.get(str(path))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    await reader.leave("developed")


async def test_reports_that_mention_a_phrase_with_their_links(reader: Reader) -> None:
    """The file has the sentence with the phrase marked, and a link to each report."""
    await reader.page.locator("main input[name=q]").fill("行政复议")
    await reader.click(reader.page.locator("main button[type=submit]").first)
    assert await reader.page.locator("mark").count() > 0
    sheet = await (await reader.download(reader.link(reader.says("csv_list")))).path()
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) > 1
    for row in rows:
        assert "【行政复议】" in row[reader.says("csv_passage")]
        answer = await reader.page.request.get(row[reader.says("csv_link")])
        assert answer.status == 200
    await reader.leave("phrase")


async def test_the_proof_of_one_number(reader: Reader) -> None:
    """From the report to its number, to the place in the original, its digest and its record."""
    await reader.click(reader.page.locator(f"main a[href$='/report/{PINGLUO}-2024']").first)
    await reader.click(reader.page.locator("#cell-requests-new-total a.proof"))
    assert await reader.page.locator(".proof-value").inner_text() != ""
    assert "sha256:" in await reader.page.locator(".record").first.inner_text()
    assert await reader.page.locator(".proof-commands pre").count() > 1
    await reader.leave("proof")
