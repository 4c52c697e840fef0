"""Charts at addresses of their own: SVG, PNG, and a frame that other sites may show."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import quote

import numpy
import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from PIL import Image

from gongkai.publish.http.security import HEADERS
from gongkai.publish.rendering import chart_png
from gongkai.publish.rendering.chart_png import rasterise
from gongkai.publish.rendering.rendering_box import picture_box
from tests.publish.page_text import words
from tests.publish.samples import HOSTILE_AGENCY
from tests.publish.small_archive import Page
from tests.publish.years import COUNTY, FINANCE

OUTCOMES = f"/agency/{FINANCE}/chart/outcomes"
COMPARED = f"agency={COUNTY}&agency={FINANCE}&measure=refusal_rate&small=1"


@pytest.fixture(scope="module", autouse=True)
def drawn() -> Iterator[None]:
    """End the process that draws when the tests are done."""
    yield
    picture_box().close()


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


async def test_a_chart_stands_alone_as_svg(country: dict[str, Datasette]) -> None:
    answer = await country[""].client.get(f"{OUTCOMES}.svg")
    assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    picture = BeautifulSoup(answer.text, "xml")
    said = words(picture, "text")
    assert said[0] == "大武口区财政局：办理结果（件）"
    assert said[-2] == (
        "来源：“公开”，政府信息公开年度报告档案 · 数据截至 2025-06-02 · 依据 1 份报告"
    )
    assert said[-1] == f"/agency/{FINANCE}#chart-outcomes"
    assert not picture.select("script, style, [style], image, use, foreignObject, a")


async def test_the_picture_speaks_english(country: dict[str, Datasette]) -> None:
    answer = await country["/en"].client.get(f"{OUTCOMES}.svg")
    said = words(BeautifulSoup(answer.text, "xml"), "text")
    assert said[0] == "大武口区财政局: Outcomes"
    assert "Source: Gongkai, archive of annual reports" in " ".join(said)
    assert said[-1] == f"/en/agency/{FINANCE}#chart-outcomes"


async def test_a_former_key_of_a_measure_draws_the_same(country: dict[str, Datasette]) -> None:
    """`granted` was the name of what is called `disclosed`: embedded pictures stay."""
    client, of = country[""].client, f"agency={COUNTY}&small=1"
    former = await client.get(f"/compare/chart/granted.svg?{of}&measure=granted")
    present = await client.get(f"/compare/chart/disclosed.svg?{of}&measure=disclosed")
    assert former.text == present.text
    assert "公开" in present.text
    assert (await client.get("/map?m=granted&year=2024")).status_code == 200


async def test_a_chart_is_a_png_with_chinese_letters(country: dict[str, Datasette]) -> None:
    """Twice as large as the drawing, with ink where the title is."""
    svg = BeautifulSoup((await country[""].client.get(f"{OUTCOMES}.svg")).text, "xml").svg
    answer = await country[""].client.get(f"{OUTCOMES}.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    picture = opened(answer.content)
    assert svg is not None
    assert picture.size == (2 * int(str(svg["width"])), 2 * int(str(svg["height"])))
    title = numpy.asarray(picture.convert("L"))[30:70, 48:460]
    assert (title < 80).mean() > 0.05


async def test_a_known_picture_is_not_sent_again(country: dict[str, Datasette]) -> None:
    client = country[""].client
    for path in (f"{OUTCOMES}.svg", f"{OUTCOMES}.png"):
        etag = (await client.get(path)).headers["etag"]
        again = await client.get(path, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_query_of_the_page_is_that_of_its_picture(country: dict[str, Datasette]) -> None:
    path = f"/compare/chart/refusal_rate.svg?{COMPARED}"
    said = words(BeautifulSoup((await country[""].client.get(path)).text, "xml"), "text")
    assert {"大武口区财政局", "平罗县人民政府"} <= set(said)
    assert "".join(said).endswith(f"/compare?{COMPARED}#chart-refusal_rate")


async def test_other_sites_may_show_the_frame_and_no_other_page(
    country: dict[str, Datasette],
) -> None:
    client = country[""].client
    answer = await client.get(f"/embed{OUTCOMES}")
    assert "x-frame-options" not in answer.headers
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "script" not in answer.headers["content-security-policy"]
    page = BeautifulSoup(answer.text, "lxml")
    assert page.select_one("svg[role=img] > title") is not None
    assert [link["href"] for link in page.select("main a")] == [f"/agency/{FINANCE}#chart-outcomes"]
    for path in (f"/agency/{FINANCE}", f"{OUTCOMES}.svg", "/embed/agency/nobody/chart/outcomes"):
        others = await client.get(path)
        assert others.headers["x-frame-options"] == "DENY"
        assert (
            others.headers["content-security-policy"]
            == HEADERS[b"content-security-policy"].decode()
        )


async def test_the_page_leads_to_its_pictures(visit: Page) -> None:
    page = await visit(f"/en/agency/{FINANCE}")
    links = [str(link["href"]) for link in page.select("#chart-outcomes .chart-use a")]
    assert links == [
        f"/en{OUTCOMES}.svg",
        f"/en{OUTCOMES}.png",
        f"/en/embed{OUTCOMES}",
    ]
    code = page.select_one("#chart-outcomes .chart-use input")
    assert code is not None
    assert str(code["value"]).startswith(f'<iframe src="/en/embed{OUTCOMES}" title="Outcomes"')


@pytest.mark.parametrize(
    "path",
    [
        "/agency/nobody/chart/outcomes.svg",
        f"/agency/{FINANCE}/chart/nothing.svg",
        f"/agency/{HOSTILE_AGENCY}/chart/outcomes.png",
        f"/agency/{FINANCE}/chart/outcomes.gif",
        "/compare/chart/refused.svg",
        f"/compare/chart/suits.svg?{COMPARED}",
    ],
)
async def test_what_is_no_chart_is_not_found(country: dict[str, Datasette], path: str) -> None:
    assert (await country[""].client.get(path)).status_code == 404


async def test_what_is_asked_wrongly_is_said(country: dict[str, Datasette]) -> None:
    path = f"/compare/chart/refused.svg?measure={quote('量')}"
    assert (await country[""].client.get(path)).status_code == 400


def test_pixels_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_png, "MOST_PIXELS", 10_000)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"></svg>'
    picture = opened(rasterise(svg))
    assert picture.width * picture.height <= 10_500


@pytest.mark.parametrize("svg", ["<html/>", '<svg width="9999999" height="1"></svg>'])
def test_what_is_no_drawing_of_ours_is_refused(svg: str) -> None:
    with pytest.raises(ValueError, match="no drawing"):
        rasterise(svg)


def test_the_packed_font_has_the_letters_of_names() -> None:
    """Those of GB 2312, of the names of all divisions, and some that are common in names."""
    gb = {
        bytes((row, cell)).decode("gb2312", "ignore")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
    }
    assert "".join(sorted((gb | set("镕堃昇䢺亳儋濮歙黟盱眙")) - chart_png._characters())) == ""
