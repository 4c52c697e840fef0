"""What the words of navigation mean. Each was met on a portal, or is of the kind of one that was."""

from __future__ import annotations

import pytest

from gongkai.crawler.discovery.words.link_words import (
    is_column_title,
    is_disclosure_title,
    is_navigation,
    is_near_miss,
    is_short_column_title,
    is_unit,
    is_unit_group,
    is_year,
)

DOORS = ["地方部门平台链接", "部门平台链接", "地方平台链接", "街镇政府平台链接", "各地各部门平台", "各地区各部门", "下级平台", "单位名录", "各单位公开", "县（市、区）", "县(市)区", "各县（市、区）", "县（市、区）政府", "县市区", "各县区", "区县（市）", "各区（市）县", "旗县区", "旗县市区", "各市州", "市（州）", "设区市", "地州市", "师市", "各师市", "团场", "镇（街道）", "镇（街）", "街道（镇）", "乡（镇）", "乡镇（街道、开发区）", "街道办事处", "乡镇苏木", "苏木镇", "镇街道", "街镇", "街道乡镇", "部门街镇", "部门街镇平台", "镇街园区", "委办局及街镇", "省直部门", "省直单位", "省级部门", "市直机关", "党政部门", "党群部门", "职能部门", "管委会部门", "区属单位", "区级机关", "部门（单位）", "下级单位", "派出机构", "公共企事业单位", "垂管部门", "垂直管理部门", "双管单位", "驻区单位", "中央驻市单位", "机构分类", "机构导航", "单位导航", "部门导航", "目录导航", "信息公开单位", "市政府部门与区政府信息公开", "县直各部门", "市直部门信息公开目录", "各乡镇（街道）政府信息公开平台", "机构目录", "├各部门>>", "分级公开", "公开主体", "政府系统单位", "条管单位", "信息公开责任单位", "乡镇场公开"]  # fmt: skip

COLUMNS = [
    "历年政府信息公开年报",
    "县人民政府信息公开年报",
    "政府信息公开年报（本级）",
    "政府信息公开年报（2008-2024）",
    "信息公开年报公示",
    "信息公开年报汇总",
    "政府信息公开年度工作报告",
    "信息公开工作报告",
    "├政府信息公开年报",
    "·政府信息公开年报>>",
    "政府信息公开年报更多>>",
    "市教育局政府信息公开年报",
    "公开年报",
    "海东县政府信息公开工作年度报告",
    "信息公开工作年报",
    "2024年度政府信息公开工作年度报告",
    "各部门政府信息公开年报",
    "街道办事处信息公开年报",
    "【政府信息公开年报】",
]

SHORT_COLUMNS = [
    "年报集锦",
    "往年报告",
    "年报下载",
    "年报",
    "年度报告",
    "工作年报",
    "年报公开",
    "年报专栏",
    "历年年报",
    "历年年度报告",
    "年报列表",
    "年度报告列表",
    "市政府年报",
    "县政府年报",
    "区县年报",
    "街镇年报",
    "本级年报",
    "年报2024",
    "2024年报",
    "2024年年报",
    "年度工作报告",
    "2024年度报告",
    "部门年报",
    "年报（2023年以前）",
    "往年年报",
]

UNITS = [
    "市残联",
    "市妇联",
    "市工商联",
    "市科协",
    "市文联",
    "市红十字会",
    "市总工会",
    "市贸促会",
    "市委宣传部",
    "区委统战部",
    "市融媒体中心",
    "市政务服务中心",
    "市大数据中心",
    "市机关事务服务中心",
    "湖城高新区",
    "东港经开区",
    "高新区",
    "经开区",
    "保税区",
    "西山风景名胜区",
    "自贸区",
    "苏平片区",
    "海州区",
    "灌云县",
    "敖汉旗",
    "四子王旗",
    "瑞昌市",
    "红寺堡区",
    "乌兰苏木",
    "第一团",
    "农牧场",
    "海关",
    "市监狱",
    "县人民武装部",
    "市地震台",
    "广播电视台",
    "市政府研究室",
    "市参事室",
    "第一中学",
    "实验小学",
    "项目指挥部",
    "园区筹备组",
    "市一中",
    "白云街",
    "县工业和信息化局",
    "城关镇",
    "解放街道",
    "国有农场",
    "云山县",
    "阿勒泰地区",
    "市人民医院",
    "供水集团有限公司",
    "·市教育局",
    "市教育局（12）",
    "市统计局",
    "县人民政府",
    "物流产业园",
]

YEARS = [
    "2024",
    "2024年",
    "2024年度",
    "2020年以前",
    "2019年及以前",
    "2008-2019年",
    "2008年—2019年",
    "历年",
    "往年",
    "更早",
]

NOTHING = [
    "便民服务中心",
    "大数据中心",
    "下载中心",
    "政务大厅",
    "透明政府",
    "阳光政府",
    "部门网站",
    "新闻发布会",
    "政策法规",
    "政策文件",
    "办事专区",
    "智慧城市",
    "会议",
    "全部",
    "新闻中心",
    "互动中心",
    "政务服务中心",
    "干部",
    "本市",
    "常务会",
    "社会",
    "政府",
    "市长信箱",
    "领导之窗",
    "机构职能",
    "部门动态",
    "乡镇风采",
    "街道动态",
    "统计公报",
    "财政预决算",
    "招聘会",
    "首页",
    "下一页",
    "网上办",
    "图片新闻",
    "本地要闻",
]


def meanings(text: str) -> set[str]:
    tests = (is_column_title, is_short_column_title, is_unit, is_unit_group, is_year)
    return {test.__name__ for test in tests if test(text)}


@pytest.mark.parametrize("text", DOORS)
def test_doors_to_units(text: str) -> None:
    assert is_unit_group(text)
    assert not is_column_title(text)


@pytest.mark.parametrize("text", COLUMNS)
def test_columns_of_reports(text: str) -> None:
    assert is_column_title(text)
    assert not is_navigation(text)


@pytest.mark.parametrize("text", SHORT_COLUMNS)
def test_columns_with_a_short_name(text: str) -> None:
    assert is_short_column_title(text)
    assert not is_column_title(text)


@pytest.mark.parametrize("text", UNITS)
def test_names_of_units(text: str) -> None:
    assert is_unit(text)
    assert not is_column_title(text)


@pytest.mark.parametrize("text", YEARS)
def test_years(text: str) -> None:
    assert is_year(text)


@pytest.mark.parametrize("text", NOTHING)
def test_the_other_words_of_a_portal_mean_nothing(text: str) -> None:
    assert meanings(text) == set()


@pytest.mark.parametrize(
    "text",
    ["法定公开内容", "主动公开基本目录", "政府公开", "公开信息", "阳光政务", "云山县政府信息公开", "信息公开目录"],
)  # fmt: skip
def test_the_tree_of_disclosure(text: str) -> None:
    assert is_disclosure_title(text)


@pytest.mark.parametrize("text", ["环境信息公开", "企业信息公开", "双随机信息公开", "依申请公开"])
def test_disclosure_of_others_is_left_alone(text: str) -> None:
    assert not is_disclosure_title(text)


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开指南", "政府信息公开制度", "政府信息公开申请", "依申请公开", "公开意见箱", "政府信息公开监督", "法定主动公开内容",
        "信息公开条例", "权责清单",
    ],
)  # fmt: skip
def test_navigation_is_no_row(text: str) -> None:
    assert is_navigation(text)
    assert meanings(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("政府信息公开工作年度报告制度", True),
        ("政府信息公开年度报告编制规范", True),
        ("2024年上半年政府信息公开工作统计", True),
        ("云山县2024年第三季度政府信息公开报告", True),
        ("2024年1-6月政府信息公开情况统计表", True),
        ("图解：云山县2024年政府信息公开年报", True),
        ("云山县2024年政府信息公开年报解读", True),
        ("关于做好2024年政府信息公开年度报告编制工作的通知", True),
        ("关于报送2024年度政府信息公开年报的函", True),
        ("关于公布2024年政府信息公开年度报告的通知", False),
        ("关于印发《2024年政府信息公开年度报告》的通知", False),
        ("云山县统计局2024年政府信息公开年报", False),
        ("云山县监督委员会2024年政府信息公开工作年度报告", False),
        ("云山县2024年政府信息公开工作年度报告（含图解）", True),
    ],
)
def test_near_misses(text: str, expected: bool) -> None:
    assert is_near_miss(text) is expected
