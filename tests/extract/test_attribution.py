"""Whose a report is, for which year and when it was published: from its text and its address."""

from __future__ import annotations

import pytest

from gongkai.extract.forms import FORM_2021, SECTIONS
from gongkai.extract.model.report import Report, Source
from gongkai.extract.report import read
from tests.extract.printed_forms import balanced
from tests.printing.matrix import Box, Style, all_tables
from tests.printing.page import Markup, table

OPENING = "本报告所列数据的统计期限为2024年1月1日至2024年12月31日。"
PARTS = all_tables(FORM_2021, balanced(FORM_2021, 3), Style())
TITLE = "平罗县教育局2024年政府信息公开工作年度报告"


def article() -> str:
    lines = [f"<p>{OPENING}</p>"]
    for number, heading in SECTIONS:
        lines.append(f"<p>{heading}</p><p>本节说明文字，详见附表。</p>")
        if 2 <= number <= 4:
            lines += [table(rows, Markup()) for rows in PARTS[number - 2]]
    return "".join(lines)


ARTICLE = article()


def test_a_zone_reports_as_a_government() -> None:
    """Seen: kind department for every report of a zone."""
    found = report("<h1>鹤鸣高新技术产业开发区2024年政府信息公开工作年度报告</h1>")
    assert found.agency is not None
    assert (found.agency.kind, found.agency.level) == ("government", "")
    bureau = report("<h1>鹤鸣高新技术产业开发区财政局2024年政府信息公开工作年度报告</h1>")
    assert bureau.agency is not None
    assert bureau.agency.kind == "department"


def report(above: str, url: str = "") -> Report:
    body = (
        "<html><head><meta charset=utf-8><title>平罗县人民政府</title></head><body>"
        "<ul><li><a href='/a.html'>平罗县财政局2023年政府信息公开工作年度报告</a></li></ul>"
        f"<div>{above}</div><div class=TRS_Editor>{ARTICLE}</div></body></html>"
    )
    found = read(body.encode(), Source(url=url)).report
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("above", "agency"),
    [
        ("<h1>2024年平罗县人民政府信息公开工作年度报告</h1>", "平罗县人民政府"),
        ("<h1>平罗县教育体育局（平罗县科学技术局）2024年政府信息公开工作年度报告</h1>",
         "平罗县教育体育局（平罗县科学技术局）"),
        (f"<h1>{TITLE}（2024.1.1—2024.12.31）</h1>", "平罗县教育局"),
        (f"<h1>{TITLE}（2025年1月发布）</h1>", "平罗县教育局"),
        ("<h1>平罗县教育局——2024年政府信息公开工作年度报告</h1>", "平罗县教育局"),
        ("<h1>12.平罗县教育局2024年政府信息公开工作年度报告</h1>", "平罗县教育局"),
        ("<h1>平罗县教育局关于发布2024年政府信息公开工作年度报告的公告</h1>", "平罗县教育局"),
        ("<h1><p>平罗县教育局</p><p>2024年政府信息公开工作年度报告</p></h1>", "平罗县教育局"),
        (f"<p>平罗县教育局文件</p><p>平教发〔2025〕3号</p><p>{TITLE}</p>", "平罗县教育局"),
        ("<div>平罗县教育局</div><div>2024年政府信息公开<br>工作年度报告</div>", "平罗县教育局"),
    ],
)  # fmt: skip
def test_titles(above: str, agency: str) -> None:
    found = report(above)
    assert found.agency is not None
    assert (found.agency.name, found.agency.region_code, found.year) == (agency, "640221", 2024)
    assert found.findings == ()


@pytest.mark.parametrize(
    ("name", "agency"),
    [
        ("乌兰哈达苏木", "平罗县乌兰哈达苏木人民政府"),
        ("县残联", "平罗县残疾人联合会"),
        ("县妇联", "平罗县妇女联合会"),
        ("县工商联", "平罗县工商业联合会"),
        ("县科协", "平罗县科学技术协会"),
        ("平罗县文联", "平罗县文学艺术界联合会"),
        ("侨联", "平罗县归国华侨联合会"),
        ("县团委", "平罗县团委"),
        ("县贸促会", "平罗县贸促会"),
    ],
)
def test_towns_of_the_steppe_and_mass_organisations(name: str, agency: str) -> None:
    """Seen: no agency, because 苏木, 残联 and 科协 end like no other name of an agency."""
    for title in (f"{name}2024年度政府信息公开年度报告", f"2024年{name}政府信息公开年报"):
        page = (
            f"<html><head><meta charset=utf-8></head><body><h1>{title}</h1>{ARTICLE}</body></html>"
        )
        found = read(page.encode(), Source(site_region="640221")).report
        assert found is not None
        assert found.agency is not None
        assert found.agency.name == agency


def test_a_link_to_another_report_is_no_title() -> None:
    found = report("<p><a href='b.html'>上一篇：平罗县水务局2024年政府信息公开工作年度报告</a></p>")
    assert found.agency is None


@pytest.mark.parametrize(
    ("above", "url", "published"),
    [
        ("<p>时间：2025-01-16 09:12　来源：县教育局</p>", "", "2025-01-16"),
        ("<p>来源：县教育局 时间：2025年1月16日</p>", "", "2025-01-16"),
        ("<p>日期：2025.01.16</p>", "", "2025-01-16"),
        ("<p>办公时间：2024年1月2日起调整</p>", "", ""),
        ("", "http://www.x.gov.cn/art/2025/1/20/art_12_34.html", "2025-01-20"),
        ("", "http://www.x.gov.cn/c12/20250120/i345.html", "2025-01-20"),
        ("", f"http://www.x.gov.cn/nb/20250120/{'0a' * 16}.html", "2025-01-20"),
        ("", "http://www.x.gov.cn/art/2025/13/40/art_12_34.html", ""),
    ],
)
def test_dates(above: str, url: str, published: str) -> None:
    assert report(f"<h1>{TITLE}</h1>{above}", url).published_on == published


@pytest.mark.parametrize(
    ("title", "tables"),
    [
        ("平罗县公安局2024年法治政府建设情况报告", [[[Box("行政许可"), Box("5")], [Box("行政处罚"), Box("8")]]]),
        ("某某大学2023-2024学年信息公开工作年度报告", []),
        ("平罗县政府信息公开工作年度报告参考样式", []),
    ],
)  # fmt: skip
def test_near_misses(title: str, tables: list) -> None:
    shown = "".join(table(rows, Markup()) for rows in tables)
    body = f"<h1>{title}</h1><p>一、总体情况</p><p>略。</p>{shown}<p>二、主动公开情况</p><p>略。</p><p>五、存在的主要问题</p>"
    page = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    assert read(page.encode()).outcome == "not_report"
