"""The frame of a page is no part of a section: nothing changes when only the frame does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.formats.html.page_frame import is_frame_text
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Report
from tests.extract.printed_forms import TITLE, report_of
from tests.printing.matrix import Style
from tests.printing.page import Markup, page
from tests.printing.report import distinct

PAGE = page(TITLE["2021"], FORM_2021, distinct(), Style(), Markup()).decode()
PLAIN = report_of(PAGE.encode())

INSIDE = (
    "<p>【打印】【关闭】</p>",
    "<div>浏览次数：<span id='c'>{n}</span></div>",
    "<div>访问量 {n} 次</div>",
    "<p>您是第{n}位访问者</p>",
    "<div>字体：大 中 小</div>",
    "<table><tr><td>打印</td><td>关闭</td><td>阅读：{n}次</td></tr></table>",
    "<p>今天是2026年1月{n}日 星期六</p>",
    "<p>来源：县政府办 发布时间：2025-01-20 浏览量：{n}</p>",
)
BEHIND = (
    "<p>上一篇：<a href='/{n}.html'>关于第{n}号事项的公告</a></p><p>又一行</p>",
    "<ul><li><a href='/{n}.html'>某局{n}号公告</a><span>2025-01-02</span></li>"
    "<li><a href='/b.html'>某局公告</a></li></ul>",
    "<h3>相关链接</h3><ul><li>第{n}条</li></ul>",
    "<p>版权所有：某县人民政府 在线{n}人</p>",
    "<div>主办：某县人民政府办公室</div><div>备{n}号</div>",
)


def contents(report: Report) -> object:
    return report.sections, report.tables


@given(st.sampled_from(INSIDE), st.integers(2, 6), st.integers(1, 99_999))
@settings(max_examples=60, deadline=None)
def test_a_frame_inside_a_section(piece: str, number: int, n: int) -> None:
    heading = {2: "二、", 3: "三、", 4: "四、", 5: "五、", 6: "六、"}[number]
    framed = PAGE.replace(f"<p>{heading}", f"{piece.format(n=n)}<p>{heading}", 1)
    assert framed != PAGE
    assert contents(report_of(framed.encode())) == contents(PLAIN)


@given(st.sampled_from((*INSIDE, *BEHIND)), st.integers(1, 99_999))
@settings(max_examples=60, deadline=None)
def test_a_frame_behind_the_last_section(piece: str, n: int) -> None:
    framed = PAGE.replace("</div></div><table><tr><td>主办", f"{piece.format(n=n)}</div></div><table><tr><td>主办", 1)  # fmt: skip
    assert framed != PAGE
    assert contents(report_of(framed.encode())) == contents(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "网站访问量达1024次。",
        "全年网站浏览量12万人次，同比增长3%。",
        "（二）浏览和下载情况",
        "打印公开指南120份。",
        "来源：本单位制作的政府信息，由本单位公开。",
        "分享经验",
    ],
)
def test_prose_is_no_frame(text: str) -> None:
    assert not is_frame_text(text)
    body = PAGE.replace("本节说明文字", f"{text}</p><p>本节说明文字", 1)
    assert text in report_of(body.encode()).sections[0].text
