"""The original as it looked: the bar over it, its images, and the version of a day."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy
import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.crawler.warc.parse import PART
from gongkai.publish.rendering.image_places import MOST_IMAGES, image_place, put_images
from gongkai.publish.rendering.page_cleaning import clean_page
from gongkai.publish.rendering.png_file import SIGNATURE, encode_png
from gongkai.publish.rendering.rendering_box import shared_box
from tests.archive.folder import Folder
from tests.publish.kept_reports import (
    FIRST,
    SECOND,
    THIRD,
    article,
    frozen_document,
    started_with_originals,
)

REPORT = "640221-jiaoyuju-37ae-2024"
FOURTH = "2025-05-01T01:30:00Z"
LOGO = encode_png(numpy.zeros((2, 2), dtype=numpy.uint8), bytes(48))
LATER_LOGO = encode_png(numpy.zeros((4, 4), dtype=numpy.uint8), bytes(48))
STYLE = b"@import url(http://elsewhere.example/a.css); #main .logo { width: 40px; position: fixed } td { color: #333 }"
LINKED = b"<head><link rel='stylesheet' href='/css/a.css'><style>p { margin: 1em; background: url(x.png) }</style>"
IMAGES = b"<img class='logo' id='top' src='logo.png' alt='\xe5\x85\xac\xe7\xab\xa0'><img src='gone.png' alt='\xe5\xa4\xb1'><h1>"


def page(granted: str) -> bytes:
    """Return a page with a report and two images."""
    return article(granted).replace(b"<h1>", IMAGES, 1).replace(b"<head>", LINKED, 1)


BEFORE, AFTER = (hashlib.sha256(page(granted)).hexdigest() for granted in ("7", "9"))
PDF = hashlib.sha256(frozen_document("pdf-chromium-zebra")).hexdigest()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of an archive with two versions of a page, one of its images, and a PDF."""
    path = tmp_path_factory.mktemp("viewed")
    with Folder(path) as folder:
        folder.fetch(FIRST, "/nb/jyj.html", page("7"))
        folder.fetch(FIRST, "/nb/logo.png", LOGO, media_type="image/png")
        folder.fetch(FIRST, "/css/a.css", STYLE, media_type="text/css", role=PART)
        folder.fetch(FOURTH, "/css/a.css", b"p { color: red }", media_type="text/css", role=PART)
        folder.fetch(FOURTH, "/nb/logo.png", LATER_LOGO, media_type="image/png", role=PART)
        folder.fetch(SECOND, "/nb/jyj.html", page("7"))
        folder.fetch(THIRD, "/nb/jyj.html", page("9"))
        pdf = frozen_document("pdf-chromium-zebra")
        folder.fetch(FIRST, "/nb/sjj.pdf", pdf, media_type="application/pdf")
        folder.build()
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


async def test_a_report_leads_to_its_originals(site: dict[str, Datasette]) -> None:
    report = await fetch(site, f"/report/{REPORT}")
    links = {link["href"] for link in report.select("a")}
    assert {f"/viewer/{BEFORE}", f"/viewer/{AFTER}"} <= links


async def test_the_bar_tells_when_and_whence(site: dict[str, Datasette]) -> None:
    shown = await fetch(site, f"/viewer/{BEFORE}")
    bar = shown.select_one(".viewer-bar")
    assert bar is not None
    said = bar.get_text(" ", strip=True)
    for word in ("2025-02-01（北京时间）", BEFORE, "http://www.pingluo.gov.cn/nb/jyj.html", "2 次"):
        assert word in said
    assert [link["href"] for link in bar.select("a[rel=next]")] == [f"/viewer/{AFTER}"]
    assert not bar.select("a[rel=prev]")
    later = await fetch(site, f"/en/viewer/{AFTER}")
    assert [link["href"] for link in later.select("a[rel=prev]")] == [f"/en/viewer/{BEFORE}"]
    assert f"/edit/{REPORT}/{THIRD}" in str(bar)


async def test_kept_images_are_shown_and_others_named(site: dict[str, Datasette]) -> None:
    shown = await fetch(site, f"/viewer/{BEFORE}/page")
    data = base64.b64encode(LOGO).decode()
    assert [(image["src"], image["alt"]) for image in shown.select("img.logo.id-top")] == [
        (f"data:image/png;base64,{data}", "公章")
    ]
    assert "失" in [span.get_text() for span in shown.select("span")]


async def test_kept_style_sheets_are_applied_and_do_nothing(site: dict[str, Datasette]) -> None:
    shown = await fetch(site, f"/viewer/{BEFORE}/page")
    (style,) = shown.select("style")
    assert ".id-main .logo{width:40px}" in style.text
    assert "p{margin:1em}" in style.text
    assert not [word for word in ("url(", "@import", "position", "red") if word in style.text]
    plain = await fetch(site, f"/viewer/{BEFORE}/page?plain=1")
    assert ".logo" not in plain.select("style")[0].text
    assert not plain.select("img")
    bar = await fetch(site, f"/en/viewer/{BEFORE}")
    assert "Kept: 1 of 2 images, style sheets: 1." in " ".join(bar.get_text(" ").split())
    assert bar.select(f"a[href='/en/viewer/{BEFORE}?plain=1']")


async def test_pages_of_a_pdf_are_pictures(site: dict[str, Datasette]) -> None:
    shown = await fetch(site, f"/viewer/{PDF}")
    pictures = [str(image["src"]) for image in shown.select(".proof-picture img")]
    assert pictures[0] == f"/viewer/{PDF}/page/1.png"
    response = await site[""].client.get(pictures[-1])
    assert response.content.startswith(SIGNATURE)
    for number in (0, len(pictures) + 1):
        await fetch(site, f"/viewer/{PDF}/page/{number}.png", 404)


@pytest.mark.parametrize(
    ("day", "digest"),
    [
        ("2025-02-01", BEFORE),
        ("2025-03-31", BEFORE),
        ("2025-04-01", AFTER),
        ("2026-01-01", AFTER),
    ],
)
async def test_the_version_of_a_day(site: dict[str, Datasette], day: str, digest: str) -> None:
    response = await site[""].client.get(f"/viewer/report/{REPORT}?day={day}")
    assert (response.status_code, response.headers["location"]) == (302, f"/viewer/{digest}")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/viewer/report/{REPORT}?day=2025-01-31", 404),
        (f"/viewer/report/{REPORT}?day=yesterday", 400),
        (f"/viewer/report/{REPORT}", 400),
        ("/viewer/report/nobody?day=2025-03-01", 404),
        (f"/viewer/{hashlib.sha256(LOGO).hexdigest()}", 404),
        (f"/viewer/{'0' * 64}/page", 404),
    ],
)
async def test_only_documents_of_reports_are_shown(
    site: dict[str, Datasette], path: str, status: int
) -> None:
    await fetch(site, path, status)


def test_images_are_bounded_and_only_pictures() -> None:
    images: dict[str, int] = {}
    places = [image_place(images, f"{n}.png") for n in range(MOST_IMAGES + 5)]
    assert places.count("") == 5
    markup = clean_page(f'<p>一<img src="{places[0]}" alt="x"><img src="{places[1]}" alt="二"></p>')
    svg = b"<svg onload=alert(1)>"
    assert put_images(markup, {0: svg, 1: b"\x89PNG\r\n\x1a\n" + bytes(4_000_000)}) == (
        "<p>一<span>x</span><span>二</span></p>"
    )
