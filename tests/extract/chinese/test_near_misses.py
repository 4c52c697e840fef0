"""What only resembles an annual report is none, and a site's name is no part of an agency's."""

from __future__ import annotations

import pytest

from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.titles import parse_title
from gongkai.extract.forms import FORM_2021
from gongkai.extract.report import read
from tests.printing.matrix import Style
from tests.printing.page import Markup, page
from tests.printing.report import distinct

NONE = (
    "平罗县2024年上半年政府信息公开工作报告",
    "平罗县教育局2024年第三季度政府信息公开工作报告",
    "平罗县教育局2024年1—6月政府信息公开工作报告",
    "平罗县教育局2024年1月至9月政府信息公开情况报告",
    "平罗县教育局政府信息公开工作月报（2024年5月）",
    "平罗县人民政府办公室关于公布各乡镇各部门2024年政府信息公开工作年度报告的公告",
    "平罗县人民政府办公室关于集中发布2024年政府信息公开工作年度报告的公告",
    "2024年平罗县政府信息公开年报汇总",
    "平罗县2024年政府信息公开情况统计表",
    "平罗县人民政府网站工作年度报表（2024年度）",
    "平罗县2024年法治政府建设年度报告",
    "平罗县2024年政务公开工作要点",
    "平罗县教育局2024年政府信息公开工作自查报告",
)
AGENCIES = {
    "平罗县人民政府网--平罗县财政局2024年政府信息公开工作年度报告": "平罗县财政局",
    "平罗县政府--财政局2024年政府信息公开工作年度报告": "财政局",
    "平罗县人民政府门户网站 平罗县财政局2024年政府信息公开年报": "平罗县财政局",
    "平罗政务网：平罗县财政局2024年政府信息公开年报": "平罗县财政局",
    "政务公开>部门>平罗县财政局2024年政府信息公开年报": "平罗县财政局",
    "平罗县互联网信息办公室2024年政府信息公开工作年度报告": "平罗县互联网信息办公室",
    "平罗县信息网络中心2024年政府信息公开年报": "平罗县信息网络中心",
    "平罗县规划评估中心2024年政府信息公开年报": "平罗县规划评估中心",
    "平罗县统计局2024年政府信息公开年报": "平罗县统计局",
    "隆林各族自治县2024年政府信息公开工作年度报告": "隆林各族自治县",
    "平罗县财政局2024年1月1日-12月31日政府信息公开工作年度报告": "平罗县财政局",
    "平罗县财政局2024年1-12月政府信息公开工作年度报告": "平罗县财政局",
}


@pytest.mark.parametrize("title", NONE)
def test_titles_of_other_things(title: str) -> None:
    found = parse_title(title)
    assert found is None
    body = page(title, FORM_2021, distinct(), Style(), Markup()).decode()
    # not even with the tables, if the six sections of a report are not there
    start, end = body.index("<p>四、"), body.index("<table><tr><td>主办")
    assert read((body[:start] + body[end:]).encode()).outcome == "not_report"


@pytest.mark.parametrize("title", [t for t in NONE if any(w in t for w in ("半年", "季度", "月"))])
def test_reports_on_parts_of_a_year_are_none(title: str) -> None:
    reading = read(page(title, FORM_2021, distinct(), Style(), Markup()))
    assert (reading.outcome, reading.why) in (
        ("not_report", "part_of_year"),
        ("not_report", "about_reports"),
    )


def test_a_period_of_half_a_year() -> None:
    body = page(
        "平罗县教育局政府信息公开工作报告", FORM_2021, distinct(), Style(), Markup()
    ).decode()
    sentence = "本报告所列数据的统计期限自2024年1月1日起至{}止。"
    whole, half = (
        read(body.replace("本节说明文字", sentence.format(end) + "本节说明文字", 1).encode())
        for end in ("2024年12月31日", "2024年6月30日")
    )
    assert (whole.outcome, half.outcome) == ("report", "not_report")


@pytest.mark.parametrize("title", AGENCIES)
def test_agencies(title: str) -> None:
    found = parse_title(title)
    assert found is not None
    assert (found.agency, found.year) == (AGENCIES[title], 2024)


def test_a_town_belongs_to_a_county() -> None:
    """浙江省北山街道 names the province and no county: on the portal of one, it lies there."""
    found = describe_agency("浙江省北山街道办事处", "330106")
    assert (found.name, found.region_code, found.level) == (
        "西湖区北山街道办事处",
        "330106",
        "town",
    )
    assert describe_agency("浙江省教育厅", "330106").region_code == "330000"
