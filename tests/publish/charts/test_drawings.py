"""Charts as drawn: right heights, no colour needed, nothing that a text can break out of."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from gongkai.publish.charts.chart import Caption, Chart, Kind, Series
from gongkai.publish.charts.inline_picture import inline_picture
from gongkai.publish.charts.patterns import DASHES, FILLS
from gongkai.publish.charts.standing_picture import standing_picture

CAPTION = Caption("公开", "数据截至 2025-04-01", "https://example.org/agency/a/chart/outcomes?x=1")
SVG = "{http://www.w3.org/2000/svg}"


def chart(
    *values: tuple[int | float | None, ...], kind: Kind = "stack", is_rate: bool = False
) -> Chart:
    """Return a chart with these series over years from 2020."""
    series = tuple(Series(f"s{at}", f"部分{at}", each) for at, each in enumerate(values))
    years = tuple(str(2020 + at) for at in range(len(values[0])))
    return Chart("outcomes", "办理结果", years, series, kind, is_rate=is_rate, basis="依据3份报告")


def drawn(data: Chart) -> ElementTree.Element:
    """Return the picture of a chart, parsed."""
    return ElementTree.fromstring(standing_picture(data, CAPTION))


def texts(picture: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()) for each in picture.iter(f"{SVG}text")]


def bars(picture: ElementTree.Element) -> list[ElementTree.Element]:
    return [each for each in picture.iter(f"{SVG}rect") if each.get("class") == "block"]


def test_bars_are_as_high_as_their_numbers() -> None:
    heights = [float(each.get("height", "")) for each in bars(drawn(chart((10, 40), (20, None))))]
    assert heights == [37.5, 75.0, 150.0]


def test_shares_fill_a_bar_and_counts_stand_above() -> None:
    picture = drawn(chart((1, 20), (3, 20), kind="share"))
    assert [float(each.get("height", "")) for each in bars(picture)] == [37.5, 112.5, 75.0, 75.0]
    assert texts(picture).count("50%") == 2


def test_a_year_without_a_figure_is_a_dash_and_no_bar() -> None:
    picture = drawn(chart((1, None, 0)))
    assert len(bars(picture)) == 1
    assert [each for each in texts(picture) if each in "1—0"] == ["1", "—", "0"]


def test_characters_that_control_something_do_not_spoil_a_picture() -> None:
    data = replace(
        chart((1, 2)),
        title="办\x01\x0b理",
        series=(Series("a", "部\x1b\ufffe分", (1, 2)),),
        basis="依\x08据",
    )
    said = "".join("".join(each.itertext()) for each in drawn(data).iter())
    assert "办\ufffd\ufffd理" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("kind", ["stack", "lines", "panels"])
def test_a_picture_says_where_it_comes_from(kind: Kind) -> None:
    said = texts(drawn(chart((1, 2), (3, 4), kind=kind)))
    assert said[0] == "办理结果"
    assert said[-2:] == ["公开  ·  数据截至 2025-04-01  ·  依据3份报告", CAPTION.address]
    assert {"部分0", "部分1"} <= set(said)


def test_lines_differ_by_dashes_and_marks_without_colour() -> None:
    picture = standing_picture(chart(*((n, n + 1) for n in range(6)), kind="lines"), CAPTION)
    assert len(set(re.findall(r'stroke-dasharray="([^"]+)"', picture))) == len(DASHES) - 1
    marks = re.findall(
        r'<(circle|rect|path)[^>]*fill="([^"]+)" stroke="[^"]+" stroke-width="1.6"', picture
    )
    assert len({(shape, fill == "#fffdf8") for shape, fill in marks}) >= 4


def test_a_gap_in_a_line_is_no_zero() -> None:
    picture = drawn(chart((4, None, 4, 5), kind="lines"))
    lines = [
        each.get("d", "") for each in picture.iter(f"{SVG}path") if "line " in each.get("class", "")
    ]
    assert [each.count("M") for each in lines] == [1]


def test_names_of_lines_do_not_cover_each_other() -> None:
    picture = drawn(chart(*((5, 5) for _ in range(6)), kind="lines"))
    beside = [each for each in picture.iter(f"{SVG}text") if each.get("class") in ("name", "above")]
    heights = sorted(float(each.get("y", "")) for each in beside)
    assert len(heights) == 12
    assert min(after - before for before, after in pairwise(heights)) >= 14


def test_panels_share_their_axes() -> None:
    said = texts(drawn(chart((1, 2), (300, 400), kind="panels")))
    assert said.count("400") == 3  # twice on an axis, once as the last figure


def test_panels_on_a_page_are_drawings_of_their_own_with_the_same_axes() -> None:
    """As many stand abreast as a screen has room for, none is shrunk to fit."""
    markup = inline_picture(chart((1, 2), (300, 400), kind="panels"), "、", "：")
    panels = list(ElementTree.fromstring(markup).iter("svg"))
    assert [each.get("aria-label") for each in panels] == [
        "部分0 2020 1 2021 2",
        "部分1 2020 300 2021 400",
    ]
    scales = [[e.text for e in each.iter("text") if e.get("class") == "tick"] for each in panels]
    assert scales[0] == scales[1] != []
    assert {each.get("width") for each in panels} == {"230"}


def test_lines_of_three_years_fit_on_a_phone_and_are_wide_in_print() -> None:
    data = chart((1, 2, 3), (3, 2, 1), kind="lines")
    (svg,) = ElementTree.fromstring(f"<p>{inline_picture(data, '、', '：')}</p>").iter("svg")
    assert int(svg.get("width", "")) <= 320
    xs = [float(each.get("cx", "")) for each in drawn(data).iter(f"{SVG}circle")]
    assert xs[1] - xs[0] > 100


def test_a_last_figure_stands_where_its_line_is_not() -> None:
    """Above its point, and below it where the line falls to it."""
    heights = []
    for values in ((10, 5), (5, 10)):
        picture = drawn(chart(values, kind="panels"))
        (figure,) = (e for e in picture.iter(f"{SVG}text") if e.get("class") == "above")
        points = [float(e.get("cy", "")) for e in picture.iter(f"{SVG}circle")]
        heights.append(float(figure.get("y", "")) > points[-1])
    assert heights == [True, False]


def test_parts_have_fills_that_differ_without_colour() -> None:
    assert len({(fill.marks, fill.turn, fill.is_dark) for fill in FILLS if fill.marks}) >= 8


@pytest.mark.parametrize("kind", ["stack", "lines", "panels"])
def test_text_of_a_site_stays_text(kind: Kind) -> None:
    hostile = '"><script>alert(1)</script>&'
    data = Chart("a", hostile, (hostile,), (Series(hostile, hostile, (1,)),) * 2, kind)
    picture = ElementTree.fromstring(standing_picture(data, Caption(hostile, hostile, hostile)))
    assert not list(picture.iter(f"{SVG}script"))
    assert "style" not in {key for each in picture.iter() for key in each.attrib}


def test_an_address_is_whole_however_long() -> None:
    caption = Caption("公开", "", "https://example.org/compare/chart/refused?" + "agency=x&" * 30)
    said = texts(ElementTree.fromstring(standing_picture(chart((1, 2)), caption)))
    assert "".join(said).endswith(caption.address)


def test_steps_of_an_axis_are_round() -> None:
    said = texts(drawn(chart((0.31, 0.345), kind="lines", is_rate=True)))
    assert {"0%", "10%", "20%", "30%", "40%"} <= set(said)
