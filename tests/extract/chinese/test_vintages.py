"""Where divisions lie in the lists of other years: each report in one place, or in what lies above."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gongkai.extract.chinese.divisions import every_region
from gongkai.extract.chinese.vintages import (
    FIRST,
    LAST,
    chain_in,
    divisions_in,
    place_in,
    placements,
)


@pytest.mark.parametrize(
    ("code", "year", "vintage", "place"),
    [
        # 下城区 was joined to 拱墅区 in 2021, 江干区 divided between two districts
        ("330103", 2020, 2023, "330105"),
        ("330104", 2020, 2023, "330100"),
        ("330104", 2020, 2020, "330104"),
        # what 拱墅区 reports for 2021 is of two districts of 2020
        ("330105", 2021, 2020, "330100"),
        ("330105", 2020, 2020, "330105"),
        # 临平区 was made of 余杭区: a part of it before, but not the whole of it after
        ("330113", 2022, 2019, "330110"),
        ("330110", 2018, 2022, "330100"),
        # 九台市 became 九台区, 襄樊市 kept its code
        ("220181", 2012, 2020, "220113"),
        ("220113", 2018, 2010, "220181"),
        ("420600", 2009, 2020, "420600"),
        # 庐江县 belonged to 巢湖市 until 2011, and 崇文区 was joined to 东城区
        ("340124", 2015, 2009, "341421"),
        ("110103", 2009, 2015, "110101"),
        ("110101", 2015, 2009, "110000"),
        # a prefecture that was divided between three
        ("341400", 2010, 2015, "340000"),
        # 綦江区 has had the code of 万盛区 since 2011
        ("500110", 2015, 2009, "500000"),
        # nothing happened; a zone; nowhere
        ("640221", 2012, 2020, "640221"),
        ("130171", 2015, 2010, "130171"),
        ("", 2015, 2010, ""),
    ],
)
def test_place(code: str, year: int, vintage: int, place: str) -> None:
    assert place_in(code, year, vintage) == place


def test_names_and_divisions_above_are_those_of_the_year() -> None:
    assert divisions_in(2009)["420600"].name == "襄樊市"
    assert divisions_in(2009)["341421"].full_name == "安徽省巢湖市庐江县"
    assert divisions_in(2020)["340124"].full_name == "安徽省合肥市庐江县"
    assert chain_in("110101", 2015) == ("110101", "110000")
    assert "330104" in divisions_in(2020)
    assert "330104" not in divisions_in(2021)


@pytest.mark.parametrize("vintage", [FIRST, 2014, LAST])
def test_placements_are_those_of_each_year(vintage: int) -> None:
    """They ask for the years in which something became of a division; here all years are asked for."""
    years = range(FIRST, LAST + 1)
    told = {
        (each.code, year): each.place
        for each in placements(vintage)
        for year in years
        if each.since <= year <= each.until
    }
    asked = {
        (code, year): place_in(code, year, vintage) for code in every_region() for year in years
    }
    assert told == {key: place for key, place in asked.items() if place != key[0]}


@pytest.mark.parametrize("vintage", [FIRST, 2014, LAST])
def test_every_division_of_any_report_has_a_place(vintage: int) -> None:
    there = divisions_in(vintage)
    moved = placements(vintage)
    assert {each.place for each in moved} - {""} <= there.keys()
    assert {region.parent_code for region in there.values()} - {""} <= there.keys()
    assert every_region().keys() - there.keys() <= {each.code for each in moved}
    spans = sorted((each.code, each.since, each.until) for each in moved)
    for (code, _, until), (other, since, _) in pairwise(spans):
        assert code != other or until < since
