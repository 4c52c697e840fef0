"""On which ground a body has to publish annual reports, by its name.

Sources: 《政府信息公开条例》 of 2007, articles 31, 36 and 37, and of 2019, articles 3, 4, 10, 49, 50, 54 and 55;
国办公开办函〔2019〕14号 no. 5 (Party organs). The law obliges 行政机关; schools, hospitals and companies
follow rules of their ministries, and Party organs, people's congresses, courts and associations are
no 行政机关.
"""

from __future__ import annotations

import re
from typing import Literal

from gongkai.extract.chinese.divisions import is_statistical, split_region
from gongkai.extract.chinese.zones import is_zone
from gongkai.extract.model.report import Agency

Ground = Literal["government", "department", "town", "zone", "vertical", "branch", "other", ""]
"""Why a body owes reports.

`government` and `department` of county level and above are named by the law. Less certain are `town`
(article 49 of 2019 does not name it), `zone`, `vertical` (a line of the State, which publishes on
portals of its own), `branch` (may report itself or within its parent) and `other` (a public
institution that may have powers of its own). "" is a body that owes no reports.
"""

CERTAIN_ABSENCE = frozenset(("government", "department", "town", "zone"))
"""Grounds for which a report that the portal lacks is missing; for others it may stand elsewhere."""

_PARTY = re.compile(
    r"^中共|^中国共产党|(?:^|[省市县区旗州])委(?:$|办|书记)|党委|党组|党工委|纪律检查|纪委|监察委|监委|巡察|组织部|宣传部|统战部|统一战线|政法委|党校|党群|党建"
    r"|直属机关|机关工委|工作委员会$|工委$|老干部|文明办|精神文明|网信办|网络安全和信息化委|互联网信息办|机构编制|编办"
    r"|保密局|国家保密|机要局|档案|党史|史志|地方志|台湾工作|台办$|武装|部$|关心下一代|社会工作部"
)
"""Party organs, and bodies that became part of one in 2018 (档案局, 保密局, 机构编制委员会办公室)."""

_STATE_BUT_NO_AGENCY = re.compile(
    r"人大|人民代表大会|政协|政治协商|法院|检察院|村民委员会|居民委员会|村委会|居委会|社区$|仲裁委"
)

_ASSOCIATION = re.compile(
    r"工会|妇女联合会|妇联|共青团|团[省市县区旗州]?委|工商联|科学技术协会|科协$|文联$|残联$|侨联$|红十字|社科联|贸易促进|贸促|供销"
    r"|协会|学会|商会|联合会|联合社|消费者"
)

_ENTERPRISE = re.compile(
    r"公司|集团|(?<!人民)银行|信用社|供电局|农场$|林场$|牧场$|电视台|电台$|报社|出版社|传媒|融媒"
)

_INSTITUTION = re.compile(
    r"学校|学院|大学|中学|小学|幼儿园|高中$|医院|卫生院|保健院|疾病预防控制中心|疾控|血站|研究院|研究所|科学院|设计院|馆$"
)

_VERTICAL = re.compile(
    r"税务|海关|气象局|调查总?队|邮政管理|烟草专卖|消防|海事局|国家安全局|金融监督管理|金融监管|银保监|银监|证监|证券监督|保监"
    r"|人民银行|外汇管理|矿山安全|煤矿安全|通信管理局|民用航空|民航|铁路监督|检验检疫|出入境|能源监管|财政监察"
)

_BRANCH = re.compile(r"分局$|大队$|支队$|中队$|总队$|所$")

_DEPARTMENT = re.compile(r"(?:局|厅|署|委|委员会|办|办公室|办公厅)$")

_NEVER = (_PARTY, _STATE_BUT_NO_AGENCY, _ASSOCIATION, _ENTERPRISE, _INSTITUTION)

_GENERIC = re.compile(
    r"(?:各|其他|其它|所有|全部|有关|相关|本级?|下属|直属|基层|[省市县区旗州]|县区|乡镇|镇街|部门|单位|组成|工作|派出|信息公开|公开)*+"
    r"(?:委员会|委办局|办公室|办公厅|办事处|人民政府|政府|乡|镇|街道|街|机构|部门|单位|局|委|办|厅|署|处)*+"
)
"""Names that only say what kind of body is meant: 各部门, 乡镇街道, 办公室."""

_OWN_OFFICE = ("人民政府办公室", "人民政府办公厅")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")


def duty_ground(agency: Agency) -> Ground:
    """Return on which ground an agency owes reports, "" where it owes none.

    >>> duty_ground(Agency("平罗县教育局", "640221", "county", "department", "教育"))
    'department'
    >>> duty_ground(Agency("平罗县人民医院", "640221", "county", "department", ""))
    ''
    """
    rest = _BRACKETS.sub("", own_name(agency))  # 民族宗教事务局（统战部）: the first name counts
    if agency.level == "town":
        return "town"
    if any(pattern.search(rest) for pattern in _NEVER):
        return ""
    if _VERTICAL.search(rest):
        return "vertical"
    if is_zone(rest):
        return "zone"
    if agency.kind == "government":
        return "zone" if is_statistical(agency.region_code) else "government"
    if _BRANCH.search(rest):
        return "branch"
    return "department" if _DEPARTMENT.search(rest) else "other"


def names_one_body(agency: Agency) -> bool:
    """Return whether a name is that of one body, and does not only say what kind is meant.

    >>> names_one_body(Agency("平罗县乡镇街道办事处", "640221", "town", "government", ""))
    False
    >>> names_one_body(Agency("平罗县人民政府办公室", "640221", "county", "office", ""))
    True
    """
    rest = own_name(agency)
    if rest in _OWN_OFFICE or (rest == "人民政府" and agency.region_code != ""):
        return True
    if rest.endswith("厅") and not rest.endswith("办公厅") and agency.level != "province":
        return False  # a bureau of the province, read as one of the place
    return _GENERIC.fullmatch(rest) is None


def own_name(agency: Agency) -> str:
    """Return the name of an agency without the division in front of it.

    >>> own_name(Agency("平罗县教育局", "640221", "county", "department", "教育"))
    '教育局'
    """
    return split_region(agency.name, agency.region_code)[1] or agency.name
