"""A change as people read it: both versions merged, and each as it looked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.publish.rendering.rendering_box import shared_box
from tests.publish.kept_reports import SECOND, keep_edited_report, started_with_originals

REPORT = "640221-jiaoyuju-37ae-2024"
CHANGE = f"/edit/{REPORT}/{SECOND}"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of an archive with an edited report."""
    path = tmp_path_factory.mktemp("edited")
    keep_edited_report(path).snapshots.close()
    yield path
    shared_box().close()


@pytest.fixture(scope="module")
async def site(kept: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return both instances, started."""
    async with started_with_originals(kept) as datasettes:
        yield datasettes


async def fetch(site: dict[str, Datasette], path: str, status: int = 200) -> BeautifulSoup:
    """Fetch a page and parse it."""
    base = "/en" if path.startswith("/en/") else ""
    response = await site[base].client.get(path.removeprefix(base))
    assert response.status_code == status, response.text
    return BeautifulSoup(response.text, "lxml")


def texts(page: BeautifulSoup, selector: str) -> list[str]:
    """Return the texts of the elements of a selector."""
    return [element.get_text(strip=True) for element in page.select(selector)]


@pytest.mark.parametrize("path", [f"/report/{REPORT}", "/changes"])
async def test_lists_of_changes_lead_to_the_page(site: dict[str, Datasette], path: str) -> None:
    page = await fetch(site, path)
    assert CHANGE in [link["href"] for link in page.select("a")]


async def test_both_versions_stand_on_one_page(site: dict[str, Datasette]) -> None:
    """The changed cell is named in its row; sentences are marked by characters."""
    page = await fetch(site, CHANGE)
    assert texts(page, ".merged td.changed del") == ["7"]
    assert texts(page, ".merged td.changed ins") == ["9"]
    (row,) = page.select(".merged tr.line-changed")
    assert "（一）予以公开" in row.get_text()
    assert "另有一段说明。" in texts(page, ".merged p.line-old del")
    assert [text for text in texts(page, ".merged p.line-new") if "十二件" in text]
    assert "平罗县教育局2024年政府信息公开工作年度报告" in texts(page, ".merged p")
    english = await fetch(site, f"/en{CHANGE}")
    assert "3 paragraphs or rows were changed." in texts(english, ".hint")


@pytest.mark.parametrize(("version", "figure"), [("before", "7"), ("after", "9")])
async def test_each_version_is_shown_with_the_changed_cell_marked(
    site: dict[str, Datasette], version: str, figure: str
) -> None:
    page = await fetch(site, CHANGE)
    (frame,) = page.select(f"iframe[src^='{CHANGE}/{version}']")
    shown = await fetch(site, f"{CHANGE}/{version}")
    anchor = str(frame["src"]).partition("#")[2]
    assert texts(shown, f"#{anchor}") == [figure]
    response = await site[""].client.get(f"{CHANGE}/{version}")
    assert response.headers["content-security-policy"].startswith("sandbox;")
    assert "script" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        f"/edit/{REPORT}/2025-01-01T00:00:00Z",
        f"/edit/nobody-2024/{SECOND}",
        f"{CHANGE}/before.png",
        f"/edit/{REPORT}/yesterday",
    ],
)
async def test_what_is_no_change_is_not_found(site: dict[str, Datasette], path: str) -> None:
    await fetch(site, path, 404)
