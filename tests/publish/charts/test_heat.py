"""Shades of values, and the squares of the provinces."""

from __future__ import annotations

from xml.etree import ElementTree

from gongkai.extract.chinese.divisions import regions
from gongkai.publish.charts.chart import Caption
from gongkai.publish.charts.heat import HeatCell, RegionMap, heat_scale, tile_positions
from gongkai.publish.charts.standing_picture import standing_picture

CAPTION = Caption("公开", "数据截至 2025-04-01", "/map")


def shades(*values: float | None) -> list[int]:
    scale = heat_scale(values)
    return [scale.shade(value) for value in values]


def test_each_class_has_about_as_many_regions() -> None:
    assert shades(*range(10)) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert shades(1, 2, 3, 4, 1000) == [1, 2, 3, 4, 5]


def test_equal_values_have_equal_shades() -> None:
    assert shades(7, 7, 7) == [1, 1, 1]
    assert shades(0, 0, 0, 0, 0, 0, 0, 0, 9) == [1, 1, 1, 1, 1, 1, 1, 1, 5]


def test_no_value_has_no_shade() -> None:
    assert shades(None, 3, None) == [0, 1, 0]
    assert shades() == []
    assert heat_scale([None]).classes == ()


def test_the_key_names_the_values_that_occur() -> None:
    cells = tuple(HeatCell(str(n), str(n), n) for n in (1, 2, 40, 50, 600))
    found = RegionMap("map", "T", is_rate=False, tiles=cells)
    assert found.legend() == ((1, "1"), (2, "2"), (3, "40"), (4, "50"), (5, "600"))


def test_rates_that_lie_close_have_a_decimal() -> None:
    cells = tuple(HeatCell(str(n), str(n), n) for n in (0.331, 0.334))
    assert RegionMap("map", "T", is_rate=True, tiles=cells).figure(0.334) == "33.4%"
    wide = (*cells, HeatCell("3", "3", 0.9))
    assert RegionMap("map", "T", is_rate=True, tiles=wide).figure(0.334) == "33%"


def test_every_province_has_a_square_of_its_own() -> None:
    places = tile_positions()
    assert len({(place.column, place.row) for place in places}) == len(places)
    provinces = {code for code in regions() if code.endswith("0000")}
    assert {place.code for place in places} == provinces
    assert max(place.column for place in places) <= 7
    assert max(place.row for place in places) <= 8


def test_a_map_stands_alone_with_its_values_as_text() -> None:
    cells = (HeatCell("640000", "宁夏回族自治区", 12, 3), HeatCell("110000", "北京市", None))
    found = RegionMap(
        "map", "2024年各省：新收申请", is_rate=False, tiles=cells, basis="依据3份报告"
    )
    picture = ElementTree.fromstring(standing_picture(found, CAPTION))
    said = ["".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert said[said.index("宁夏") + 1] == "12"
    assert said[said.index("北京") + 1] == "—"
    assert said[-2:] == ["公开  ·  数据截至 2025-04-01  ·  依据3份报告", "/map"]


def test_rows_wrap_and_keep_all_squares() -> None:
    cells = tuple(HeatCell(f"51{n:02}00", f"城{n}", n) for n in range(1, 22))
    found = RegionMap("matrix", "T", is_rate=False, rows=(("四川省", cells),))
    picture = ElementTree.fromstring(standing_picture(found, CAPTION))
    texts = ["".join(each.itertext()) for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {f"城{n}" for n in range(1, 22)} <= set(texts)
