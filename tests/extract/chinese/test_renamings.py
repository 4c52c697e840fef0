"""Changes of names that a report tells."""

from __future__ import annotations

import pytest

from gongkai.extract.chinese.renamings import stated_renamings


@pytest.mark.parametrize(
    ("text", "old", "new", "year"),
    [
        ("2021年5月，原县扶贫办更名为县乡村振兴局。", "县扶贫办", "县乡村振兴局", 2021),
        (
            "根据机构改革方案，原平罗县卫生和计划生育局更名为平罗县卫生健康局，职能不变。",
            *("平罗县卫生和计划生育局", "平罗县卫生健康局", None),
        ),
        (
            "我单位由平罗县环境保护局正式更名为平罗县生态环境局。",
            "平罗县环境保护局",
            "平罗县生态环境局",
            None,
        ),
        ("于2024年3月将“县大数据局”更名为“县数据局”。", "县大数据局", "县数据局", 2024),
    ],
)
def test_stated(text: str, old: str, new: str, year: int | None) -> None:
    ((found),) = stated_renamings(text)
    assert (found.old, found.new, found.year) == (old, new, year)


@pytest.mark.parametrize(
    "text",
    [
        "微信公众号更名为“平罗发布”。",
        "《办法》更名为《规定》，县教育局负责解释。",
        "信息公开专栏更名为法定主动公开内容。",
        "县教育局负责更名。县民政局",
        "",
    ],
)
def test_not_stated(text: str) -> None:
    assert stated_renamings(text) == ()
