"""`foreign_place` on frozen sentences: regions taken for one's own, and regions that may be named."""

from __future__ import annotations

import pytest

from gongkai.archive.checks.foreign_place import foreign_place
from tests.archive.checks.reports import brief, known

OWN = "宁夏回族自治区石嘴山市平罗县"
HUINONG = "宁夏回族自治区石嘴山市惠农区"


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("现公布《惠农区教育局2024年政府信息公开工作年度报告》。", HUINONG),
        ("现将石嘴山市惠农区教育局2024年度政府信息公开工作报告公布如下。", HUINONG),
        ("本报告可通过惠农区人民政府网站查阅。", HUINONG),
        ("在惠农区委、区政府的正确领导下，我局认真落实。", HUINONG),
        ("在卫滨区政府的坚强领导下，各项工作有序开展。", "河南省新乡市卫滨区"),
        ("登录惠农区人民政府门户网站（www.huinong.gov.cn）下载。", HUINONG),
    ],
)
def test_another_region_as_ones_own(sentence: str, named: str) -> None:
    found = foreign_place(known(), f"一、总体情况\n2024年工作如下。{sentence}")
    assert brief(found) == [("", "source", named, OWN)]


@pytest.mark.parametrize(
    "sentence",
    [
        "现公布《平罗县教育局 2024 年政府信息公开工作年度报告》。",
        "在石嘴山市委、市政府的正确领导下，我局认真落实。",
        "通过宁夏回族自治区人民政府网站公开信息3条。",
        "组织人员赴惠农区学习，惠农区人民政府网站公开栏目设置合理。",
        "借鉴惠农区教育局2024年政府信息公开工作年度报告的经验。",
        "与惠农区教育局联合执法3次，办理惠农区群众来信5件。",
        "在县委、县政府的正确领导下，我局认真落实。",
        "通过全市中区域网站和政府网站公开信息5条。",  # 市中区 and 中区 are no names here
        "鼓楼区人民政府网站公开信息5条。",  # four divisions are called so
        "报送市城区政府网站公开信息5条。",
        "",
    ],
)
def test_what_may_be_named(sentence: str) -> None:
    assert foreign_place(known(), f"一、总体情况\n{sentence}") == []


def test_a_region_within_ones_own_may_be_named() -> None:
    city = known("石嘴山市教育局", region_code="640200", level="city")
    assert foreign_place(city, "通过平罗县人民政府网站公开信息5条。") == []


def test_an_agency_of_a_division_that_ended_has_a_region_of_its_own() -> None:
    """浙政发〔2021〕7号: 江干区 was divided between 上城区 and 钱塘区."""
    agency = known("江干区教育局", year=2020, region_code="330104")
    found = foreign_place(agency, "通过惠农区人民政府网站公开信息5条。")
    assert brief(found) == [("", "source", HUINONG, "浙江省杭州市江干区")]
    for place in ("江干区", "杭州市", "上城区", "钱塘区"):
        assert foreign_place(agency, f"通过{place}人民政府网站公开信息5条。") == []


def test_an_agency_that_does_not_say_where_it_is_leaves_it_open() -> None:
    found = foreign_place(known("教育局"), "通过惠农区人民政府网站公开信息5条。")
    assert brief(found) == [("", "unsure", HUINONG, OWN)]


def test_without_a_region_of_ones_own_nothing_is_foreign() -> None:
    assert foreign_place(known(region_code=""), "通过惠农区人民政府网站公开信息5条。") == []


def test_sentences_quote_the_place() -> None:
    (found,) = foreign_place(known(), "一是抓公开。二是通过惠农区人民政府网站公开信息5条。")
    assert found.message_zh == (
        "正文把宁夏回族自治区石嘴山市惠农区当作本地区，本机关属于宁夏回族自治区石嘴山市平罗县"
        "（“二是通过惠农区人民政府网站公开”）"
    )
    assert found.message_en == (
        f"the prose names {HUINONG} as if it were its own region; the agency belongs to {OWN}"
        " (“二是通过惠农区人民政府网站公开”)"
    )
