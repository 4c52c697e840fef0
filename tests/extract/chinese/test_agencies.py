"""Who reports: one name for one agency, its division, level, kind and sector."""

import pytest

from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.model.report import Agency

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
    ("平罗县工信局", "", ("平罗县工业和信息化局", "640221", "county", "department", "工业和信息化")),
    ("市场监管局", "640221", ("平罗县市场监督管理局", "640221", "county", "department", "市场监督管理")),
    ("市市场监管局", "640200", ("石嘴山市市场监督管理局", "640200", "city", "department", "市场监督管理")),
    ("市容环卫局", "640200", ("石嘴山市市容环卫局", "640200", "city", "department", "")),
    ("嘉峪关市教育局", "", ("嘉峪关市教育局", "620200", "city", "department", "教育")),
    # 620201 bears the name of its parent, which governs it
    ("市教育局", "620201", ("嘉峪关市教育局", "620200", "city", "department", "教育")),
    ("文殊镇", "620201", ("嘉峪关市文殊镇人民政府", "620200", "town", "government", "")),
    ("原平罗县农牧局", "", ("平罗县农牧局", "640221", "county", "department", "")),
    ("原平市教育局", "", ("原平市教育局", "140981", "county", "department", "教育")),
    ("原州区教育局", "", ("原州区教育局", "640402", "county", "department", "教育")),
    # branches of a city's bureau are bodies of the district that they are called after
    ("石嘴山市公安局惠农分局", "640205", ("石嘴山市公安局惠农分局", "640205", "county", "department", "公安")),
    ("银川市生态环境局西夏区分局", "", ("银川市生态环境局西夏区分局", "640105", "county", "department", "生态环境")),
    ("北京市公安局朝阳分局", "", ("北京市公安局朝阳分局", "110105", "county", "department", "公安")),
    ("石嘴山市公安局高新区分局", "640200", ("石嘴山市公安局高新区分局", "640200", "city", "department", "公安")),
    ("政府办公室", "640221", ("平罗县人民政府办公室", "640221", "county", "office", "")),
    ("平罗县文旅局", "", ("平罗县文旅局", "640221", "county", "department", "文化和旅游")),
    ("银川经济技术开发区管委会", "640100", ("银川经济技术开发区管理委员会", "640100", "county", "government", "")),
    ("银川市经济技术开发区管委会", "640100", ("银川市经济技术开发区管理委员会", "640100", "county", "government", "")),
    ("宁夏石嘴山高新技术产业开发区管委会", "640200", ("宁夏石嘴山高新技术产业开发区管理委员会", "640200", "county", "government", "")),
    # zones govern like counties; their bureaus, and committees without a zone, are departments
    ("鹤鸣高新技术产业开发区", "", ("鹤鸣高新技术产业开发区", "", "", "government", "")),
    ("岚湾综合实验区", "350128", ("平潭县岚湾综合实验区", "350128", "county", "government", "")),
    ("鄂尔多斯青泉生态示范区", "150600", ("鄂尔多斯青泉生态示范区", "150600", "county", "government", "")),
    ("柳河新区管委会", "610000", ("陕西省柳河新区管理委员会", "610000", "", "government", "")),
    ("开发区管委会财政局", "640200", ("石嘴山市开发区管委会财政局", "640200", "city", "department", "财政")),
    ("柳河新区管委会办公室", "640200", ("石嘴山市柳河新区管委会办公室", "640200", "city", "office", "")),
    ("五岭风景名胜区管委会", "640200", ("石嘴山市五岭风景名胜区管理委员会", "640200", "city", "department", "")),
    ("国资委", "640221", ("平罗县国有资产监督管理委员会", "640221", "county", "department", "国有资产")),
    ("大兴安岭地区行政公署", "", ("大兴安岭地区行政公署", "232700", "city", "government", "")),
    # a report of the office, though the government stands first
    ("石嘴山市人民政府（市人民政府办公室）", "640200",
     ("石嘴山市人民政府（市人民政府办公室）", "640200", "city", "office", "")),
    ("国家税务总局平罗县税务局", "640221", ("国家税务总局平罗县税务局", "640221", "county", "department", "税务")),
    ("中共平罗县委宣传部", "640221", ("中共平罗县委宣传部", "640221", "county", "department", "")),
    ("平罗中学", "640221", ("平罗中学", "640221", "county", "department", "")),
    ("平罗教育局", "640221", ("平罗县教育局", "640221", "county", "department", "教育")),
    ("大通县教育局", "630121", ("大通回族土族自治县教育局", "630121", "county", "department", "教育")),
    ("恩施州教育局", "422800", ("恩施土家族苗族自治州教育局", "422800", "city", "department", "教育")),
    ("教育体育局（科学技术局）", "640221", ("平罗县教育体育局（科学技术局）", "640221", "county", "department", "教育")),
    ("乌兰哈达苏木", "150600", ("鄂尔多斯市乌兰哈达苏木人民政府", "150600", "town", "government", "")),
    ("县残联", "640221", ("平罗县残疾人联合会", "640221", "county", "department", "")),
    ("市妇联", "640200", ("石嘴山市妇女联合会", "640200", "city", "department", "")),
    ("平罗县工商联", "", ("平罗县工商业联合会", "640221", "county", "department", "")),
    ("团县委", "640221", ("平罗县团委", "640221", "county", "department", "")),
    ("市总工会", "640200", ("石嘴山市总工会", "640200", "city", "department", "")),
    ("县红十字会", "640221", ("平罗县红十字会", "640221", "county", "department", "")),
    ("永康镇", "330784", ("永康市永康镇人民政府", "330784", "town", "government", "")),
    # four districts bear the name; none of them is near
    ("鼓楼区教育局", "640221", ("鼓楼区教育局", "", "", "department", "教育")),
    ("鼓楼区教育局", "320100", ("鼓楼区教育局", "320106", "county", "department", "教育")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "near", "expected"), CASES)
def test_agency(name: str, near: str, expected: tuple[str, ...]) -> None:
    assert describe_agency(name, near) == Agency(*expected)
