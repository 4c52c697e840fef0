"""Who reports: one name for one agency, its division, level, kind and sector."""

import pytest

from extract.agency import describe
from extract.schema import Agency

CASES = [
    ("平罗县工业和信息化局", "640221", ("平罗县工业和信息化局", "640221", "county", "department", "工业和信息化")),
    ("河南省新乡市卫滨区工业和信息化局", "", ("卫滨区工业和信息化局", "410703", "county", "department", "工业和信息化")),
    ("县教育局", "640221", ("平罗县教育局", "640221", "county", "department", "教育")),
    ("教育局", "640221", ("平罗县教育局", "640221", "county", "department", "教育")),
    ("平罗县", "640221", ("平罗县人民政府", "640221", "county", "government", "")),
    ("平罗县政府", "", ("平罗县人民政府", "640221", "county", "government", "")),
    ("平罗县人民政府办公室", "", ("平罗县人民政府办公室", "640221", "county", "office", "")),
    ("城关镇", "640221", ("平罗县城关镇人民政府", "640221", "town", "government", "")),
    ("平罗县城关镇政府", "", ("平罗县城关镇人民政府", "640221", "town", "government", "")),
    ("于洪区迎宾路街道", "", ("于洪区迎宾路街道办事处", "210114", "town", "government", "")),
    ("宁夏回族自治区工业和信息化厅", "", ("宁夏回族自治区工业和信息化厅", "640000", "province", "department", "工业和信息化")),
    ("永宁县工业信息化和科学技术局", "640121", ("永宁县工业信息化和科学技术局", "640121", "county", "department", "工业和信息化")),
    # four districts bear the name; none of them is near
    ("鼓楼区教育局", "640221", ("鼓楼区教育局", "", "", "department", "教育")),
    ("鼓楼区教育局", "320100", ("鼓楼区教育局", "320106", "county", "department", "教育")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "near", "expected"), CASES)
def test_agency(name: str, near: str, expected: tuple[str, ...]) -> None:
    assert describe(name, near) == Agency(*expected)
