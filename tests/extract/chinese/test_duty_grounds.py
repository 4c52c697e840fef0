"""Who owes annual reports, by name."""

from __future__ import annotations

import pytest

from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.divisions import bears_name_since, is_statistical, regions
from gongkai.extract.chinese.duty_grounds import duty_ground, names_one_body

NEAR = "640221"

GROUNDS = {
    "government": "平罗县 县人民政府",
    "department": "教育局 市场监管局 国资委 发改委 政府办公室 外事办公室 人防办 民族宗教事务局 信访局 政务服务管理局 卫健委",
    "town": "城关镇 高庄乡人民政府 城关街道",
    "zone": "开发区管委会 工业园区管委会 青泉生态示范区",
    "vertical": "税务局 气象局 消防救援大队 邮政管理局 国家统计局平罗调查队 烟草专卖局 人民银行平罗支行",
    "branch": "公安局城关分局 交警大队 司法所",
    "other": "公积金管理中心 机关事务服务中心",
    "": "县委办公室 中共平罗县委员会 组织部 县委编办 网信办 纪委监委 档案局 老干部局 史志办 县委 县人大常委会 政协办公室"
    " 人民法院 检察院 总工会 团县委 妇联 残联 供销社 科协 人民医院 第一中学 教师进修学校 图书馆 广播电视台 国投集团"
    " 自来水公司 工商银行 城关社区 人武部 仲裁委员会",
}


@pytest.mark.parametrize(
    ("name", "ground"), [(name, ground) for ground in GROUNDS for name in GROUNDS[ground].split()]
)
def test_ground(name: str, ground: str) -> None:
    assert duty_ground(describe_agency(name, NEAR)) == ground


@pytest.mark.parametrize(
    ("name", "one"),
    [
        *((name, True) for name in ("教育局", "政府办公室", "县政府", "城关镇", "机关事务管理局")),
        *((name, False) for name in ("各乡镇", "乡镇", "街道", "部门", "县区政府", "市县人民政府")),
        *((name, False) for name in ("办公室", "委员会", "委办局", "其他机构", "自治区教育厅")),
    ],
)
def test_one_body_or_a_kind_of_bodies(name: str, one: bool) -> None:
    assert names_one_body(describe_agency(name, NEAR)) is one


def test_divisions_know_since_when_they_bear_their_name() -> None:
    """万柏林 is older than the law, 龙港 was a town until 2019; 寿县 only got another code."""
    assert [bears_name_since(code) for code in ("140109", "330383", "340422")] == [0, 2019, 0]


def test_codes_of_the_statistics_bureau() -> None:
    own = [region.name for region in regions().values() if is_statistical(region.code)]
    assert len(own) == 133
    assert {"苏州工业园区", "兰州新区", "西沙群岛"} <= set(own)
    assert not {"浦东新区", "滨海新区"} & set(own)
