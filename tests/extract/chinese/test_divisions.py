"""Divisions that ended or were renamed since 2008."""

from __future__ import annotations

import pytest

from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.divisions import every_region, former_regions, lineage, regions


@pytest.mark.parametrize(
    ("name", "near", "code", "described"),
    [
        ("宣武区教育局", "110102", "110104", "宣武区教育局"),
        ("北京市宣武区教育局", "", "110104", "宣武区教育局"),
        ("蓟县教育局", "120119", "120225", "蓟县教育局"),
        ("襄樊市教育局", "420600", "420600", "襄阳市教育局"),
        ("苍山县教育局", "371324", "371324", "兰陵县教育局"),
        ("乌马河区教育局", "", "230711", "乌马河区教育局"),
        ("杭州市江干区教育局", "330100", "330104", "江干区教育局"),
        ("嘉峪关市教育局", "620200", "620200", "嘉峪关市教育局"),
        # borne today, by another division: not the one of 2008
        ("毕节市教育局", "", "520500", "毕节市教育局"),
        ("巢湖市教育局", "", "340181", "巢湖市教育局"),
    ],
)
def test_the_name_of_a_former_division(name: str, near: str, code: str, described: str) -> None:
    agency = describe_agency(name, near)
    assert (agency.region_code, agency.name) == (code, described)


def test_former_divisions_lie_where_they_lay_and_end_in_living_ones() -> None:
    assert [each.name for each in lineage("371202")] == ["莱城区", "莱芜市", "山东省"]
    assert former_regions()["220181"].successors == ("220113",)
    assert not former_regions().keys() & regions().keys()
    for region in former_regions().values():
        assert region.successors
        assert set(region.successors) <= every_region().keys(), region
        assert 2008 < region.until <= 2026, region
        assert region.parent_code in every_region(), region
