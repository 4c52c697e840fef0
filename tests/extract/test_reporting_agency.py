"""Whose a report is where its title names nobody: signature, text, column and source together."""

from __future__ import annotations

import pytest

from gongkai.extract.forms import SECTIONS
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.report import read

TOWN, OFFICE = "平罗县崇岗镇人民政府", "平罗县人民政府办公室"
GOVERNMENT = "平罗县人民政府"
COLUMN = "首页 &gt; 政务公开 &gt; 县政府 &gt; 政府信息公开年报"
TITLE = "2023年政府信息公开工作年度报告"


def reading_of(
    column: str = COLUMN, source: str = "", opening: str = "", signed: str = "", text: str = ""
) -> Reading:
    """Read the page of an article template that serves all agencies of a county."""
    sections = "".join(
        f"<p>{heading}</p><p>{text or '本机关按期答复申请。'}</p>" for _, heading in SECTIONS
    )
    end = f"<p>{signed}</p><p>2024年1月15日</p>" if signed else ""
    page = (
        f"<html><head><meta charset=utf-8><title>{TITLE}</title><meta name=SiteName content='{GOVERNMENT}'>"
        f"<meta name=ContentSource content='{source}'></head><body><div class=crumb>当前位置：{column}</div>"
        f"<h1>{TITLE}</h1><div id=zoom><p>{opening}</p>{sections}{end}</div></body></html>"
    )
    return read(page.encode(), Source(site_region="640221"))


def agency(**said: str) -> str:
    return agency_of(reading_of(**said))


def agency_of(reading: Reading) -> str:
    found = reading.report.agency if reading.report else None
    return found.name if found else ""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # the trail of the columns was read as a title with the agency 县政府
        ({"source": TOWN, "opening": f"本报告由{TOWN}编制。", "signed": TOWN}, TOWN),
        ({"signed": TOWN}, TOWN),
        ({"source": TOWN, "signed": GOVERNMENT}, GOVERNMENT),
        ({"source": TOWN, "opening": f"本报告由{TOWN}编制。"}, TOWN),
        ({"opening": "本报告由崇岗镇编制。"}, TOWN),
        ({"source": "县财政局", "text": "平罗县财政局按期答复申请。"}, "平罗县财政局"),
        ({"source": TOWN, "column": "首页 &gt; 平罗县人民政府 &gt; 年度报告"}, TOWN),
        ({"source": "平罗县水务局", "column": "首页 &gt; 县财政局 &gt; 年度报告"}, "平罗县财政局"),
        ({"source": TOWN, "column": "首页 &gt; 各乡镇 &gt; 年度报告"}, TOWN),
        ({"source": TOWN, "column": "首页 &gt; 乡镇（街道） &gt; 年度报告"}, TOWN),
        # the source is who put it on the site, and the text that of the government
        ({"source": OFFICE}, GOVERNMENT),
        ({"source": "平罗县融媒体中心"}, GOVERNMENT),
        ({"source": "平罗县财政局", "text": "全县主动公开政府信息，县政府按期答复。"}, GOVERNMENT),
        ({"opening": f"本报告由{OFFICE}编制。", "source": OFFICE}, GOVERNMENT),
        ({}, GOVERNMENT),
    ],
)
def test_the_place_of_a_page_counts_last(said: dict[str, str], expected: str) -> None:
    assert agency(**said) == expected


def test_only_the_place_names_the_agency() -> None:
    assert not reading_of().is_agency_stated
    assert reading_of(signed=GOVERNMENT).is_agency_stated
    assert reading_of(source=TOWN).is_agency_stated


def test_a_trail_that_ends_in_the_title_still_names_the_agency() -> None:
    """首页 > 县财政局 > 平罗县财政局2023年…报告 has the agency in its last step."""
    trail = "首页 &gt; 年报 &gt; 平罗县财政局2023年政府信息公开工作年度报告"
    assert agency(column=trail) == "平罗县财政局"


@pytest.mark.parametrize(
    ("column", "expected"), [("县财政局", "平罗县财政局"), ("县政府", GOVERNMENT), ("年报", "")]
)
def test_the_column_names_the_agency_of_a_page_that_only_links(column: str, expected: str) -> None:
    page = (
        f"<html><head><meta charset=utf-8><title>{TITLE}</title></head><body>"
        f"<div class=crumb>当前位置：首页 &gt; {column} &gt; 政府信息公开年报</div><h1>{TITLE}</h1>"
        "<p><a href='./a.pdf'>附件：报告.pdf</a></p></body></html>"
    )
    reading = read(page.encode(), Source(site_region="640221"))
    assert reading.outcome == "attachments_only"
    assert agency_of(reading) == expected
