"""Describe an agency by its name: its full name, division, level, kind and sector."""

from __future__ import annotations

import re

from gongkai.extract.chinese.divisions import (
    Region,
    begins_with_region,
    governed_code,
    is_nested,
    regions,
    split_region,
)
from gongkai.extract.chinese.titles import parse_title
from gongkai.extract.chinese.zones import is_administration, is_zone
from gongkai.extract.model.report import Agency

# Sectors by the words of agencies' names; the first word found in a name decides.
_SECTORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("工业和信息化", ("工业和信息化", "工业信息化", "工信", "经济和信息化", "经信")),
    ("发展和改革", ("发展和改革", "发展改革", "发改")),
    ("教育", ("教育", "教体", "教科")),
    ("科学技术", ("科学技术", "科技")),
    ("民族宗教", ("民族", "宗教")),
    ("公安", ("公安",)),
    ("民政", ("民政",)),
    ("司法", ("司法",)),
    ("财政", ("财政",)),
    ("人力资源和社会保障", ("人力资源", "人社")),
    ("自然资源", ("自然资源", "国土", "规划")),
    ("生态环境", ("生态环境", "环境保护", "环保")),
    ("住房和城乡建设", ("住房和城乡建设", "住房城乡建设", "住建")),
    ("城市管理", ("城市管理", "城管", "综合执法", "综合行政执法")),
    ("交通运输", ("交通",)),
    ("水利", ("水利", "水务")),
    ("农业农村", ("农业农村", "农业", "畜牧")),
    ("乡村振兴", ("乡村振兴", "扶贫")),
    ("商务", ("商务", "招商", "投资促进")),
    ("文化和旅游", ("文化", "旅游", "文广", "文旅")),
    ("卫生健康", ("卫生健康", "卫健", "卫生")),
    ("退役军人", ("退役军人",)),
    ("应急管理", ("应急", "安全生产")),
    ("审计", ("审计",)),
    ("国有资产", ("国有资产", "国资")),
    ("市场监督管理", ("市场监督", "市场监管", "工商", "质量技术监督")),
    ("体育", ("体育",)),
    ("统计", ("统计",)),
    ("医疗保障", ("医疗保障", "医保")),
    ("林业和草原", ("林业", "草原", "园林")),
    ("信访", ("信访",)),
    ("行政审批", ("行政审批", "政务服务", "数据")),
    ("机关事务", ("机关事务",)),
    ("税务", ("税务",)),
    ("气象", ("气象",)),
    ("金融", ("金融",)),
    ("粮食和物资储备", ("粮食",)),
    ("供销", ("供销",)),
    ("档案", ("档案",)),
)
_TOWN = re.compile(r"(?:镇|乡|苏木|街道)(?:人民政府|政府|办事处|党工委)?$|街道办事处$")
_TOWN_NAME = re.compile(r"^([\u4e00-\u9fff]{1,12}?(?:镇|乡|苏木|街道))(?:政府)?$")
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_OFFICE_IN_BRACKETS = re.compile(r"人民政府[(（][^()（）]{0,20}办公[室厅][)）]$")
"""贵阳市人民政府（市人民政府办公厅）: the office is the author, as its date in January shows."""
_PEOPLES = (
    "壮|满|回|苗|维吾尔|土家|彝|蒙古|藏|布依|侗|瑶|朝鲜|白|哈尼|哈萨克|黎|傣|畲|傈僳|仡佬|东乡|拉祜|水|佤"
    "|纳西|羌|土|仫佬|锡伯|柯尔克孜|达斡尔|景颇|毛南|撒拉|布朗|塔吉克|阿昌|普米|鄂温克|怒|京|基诺|德昂|保安"
    "|裕固|鄂伦春|独龙|各"
)
_DIVISION = re.compile(rf"(?:(?:(?:{_PEOPLES})族?){{0,8}}自治[县州旗区]|省|市|县|区|旗|州|盟)$")
# Abbreviations with one meaning everywhere: those of 国务院机构简称 for the local bodies of the same
# name, and the county bodies' own (平罗县工信局 on www.pingluo.gov.cn). 文旅局, 教体局, 城管局 and the
# like stand for different names in different places, and stay. Short names of mass
# organisations have one meaning too, except 团委 and 贸促会, which have several full names.
_EXPANDED = {
    "工信局": "工业和信息化局",
    "发改局": "发展和改革局",
    "发改委": "发展和改革委员会",
    "人社局": "人力资源和社会保障局",
    "住建局": "住房和城乡建设局",
    "卫健局": "卫生健康局",
    "卫健委": "卫生健康委员会",
    "市场监管局": "市场监督管理局",
    "医保局": "医疗保障局",
    "退役军人局": "退役军人事务局",
    "应急局": "应急管理局",
    "国资委": "国有资产监督管理委员会",
    "政府办": "人民政府办公室",
    "政府办公室": "人民政府办公室",
    "残联": "残疾人联合会",
    "妇联": "妇女联合会",
    "工商联": "工商业联合会",
    "科协": "科学技术协会",
    "文联": "文学艺术界联合会",
    "侨联": "归国华侨联合会",
    "社科联": "社会科学界联合会",
    "团县委": "团委",
    "团市委": "团委",
    "团区委": "团委",
    "团旗委": "团委",
    "团州委": "团委",
    "团省委": "团委",
}
_OWN_PREFIX = re.compile(
    r"^(?:我|本)?(?:省|自治区|市(?!场|容|政(?:管理|公用|工程|园林|设施|局))|县|区(?!域)|旗|州)(?=.{2,})"
)
"""县教育局 is a bureau of the place; 市场监督管理局 begins with another word."""


def describe_agency(name: str, near: str = "") -> Agency:
    """Return name, division, level, kind and sector of the agency called `name`.

    An agency has one name, however titles write it: the division it belongs to, without the
    divisions above it, and its own name. A name without a division gets the division of the portal
    (县教育局 on the portal of 平罗县 becomes 平罗县教育局); a name with another division keeps that.

    >>> describe_agency("新乡市卫滨区工业和信息化局").name
    '卫滨区工业和信息化局'
    >>> describe_agency("平罗县").name
    '平罗县人民政府'
    """
    near = governed_code(near)
    region, rest = split_region(name, near)
    if region is None and name.startswith("原"):
        former, after = split_region(name[1:], near)  # 原上海市劳动和社会保障局
        if former is not None and after:
            region, rest = former, after
    if region is None and near in regions() and not begins_with_region(name):
        region = regions()[near]
        rest = _without_place(_OWN_PREFIX.sub("", name), region)
    region = _nearer(region, rest, near)
    if region is not None and (district := _district_of_branch(region, rest)):
        return Agency(region.name + rest, district.code, district.level, _kind(rest), _sector(rest))
    if region is not None:
        rest = _official(_EXPANDED.get(rest, rest))
        if rest.endswith("管委会"):
            rest = rest.removesuffix("管委会") + "管理委员会"
        name = rest if _names_place(rest, region) else region.name + rest
    return Agency(
        name=name,
        region_code=region.code if region else "",
        level=_level(region, rest),
        kind=_kind(rest),
        sector=_sector(rest),
    )


def _nearer(region: Region | None, rest: str, near: str) -> Region | None:
    """Return the division of a town: that of the portal, if a name gives only its city or province.

    No town or street office belongs to a province.
    """
    own = regions().get(near)
    if region is None or own is None or own.level != "county" or not _TOWN.search(rest):
        return region
    return own if region.level != "county" and is_nested(region.code, own.code) else region


def _district_of_branch(region: Region, rest: str) -> Region | None:
    """Return the district of a city's branch that is called after it, None for other bodies.

    十堰市生态环境局郧阳分局 works in 郧阳区, and its reports stand on that district's portal.
    """
    if not rest.endswith("分局"):
        return None
    place = rest.removesuffix("分局")
    districts = [
        each
        for each in regions().values()
        if each.parent_code == region.code
        and each.level == "county"
        and place.endswith(tuple(filter(None, (each.name, short_region_name(each.name)))))
        and place not in (each.name, short_region_name(each.name))
    ]
    return districts[0] if len(districts) == 1 else None


def names_only_a_place(title: str) -> bool:
    """Return whether a title of a report names a division and no agency in it.

    >>> names_only_a_place("平罗县2024年政府信息公开工作年度报告")
    True
    """
    parsed = parse_title(title)
    if parsed is None or not parsed.agency:
        return False
    region, rest = split_region(parsed.agency)
    return region is not None and not rest


def _without_place(name: str, region: Region) -> str:
    """Return `name` without the short name of its division, if that is only a prefix.

    大通县教育局 belongs to 大通回族土族自治县 and 平罗教育局 to 平罗县; 平罗中学 keeps its name.
    """
    short = short_region_name(region.name)
    if not short or not name.startswith(short):
        return name
    rest = name.removeprefix(short)
    if rest.startswith(region.name[-1]) and len(rest) > 1:
        return rest[1:]
    known = any(rest.startswith(word) for _, words in _SECTORS for word in words)
    return rest if known else name


def _names_place(rest: str, region: Region) -> bool:
    """Return whether a name contains its own place: 银川经济技术开发区管理委员会, 平罗中学."""
    short = short_region_name(region.name)
    own = _BRACKETS.sub("", rest)  # 教育体育局（平罗县科学技术局）: a second name in brackets
    return bool(short) and short in own and not _TOWN.search(rest)


def short_region_name(region: str) -> str:
    """Return the short name of a division: 平罗 for 平罗县, 大通 for 大通回族土族自治县.

    The result is "" if a single character would remain.
    """
    bare = _DIVISION.sub("", region)
    return bare if len(bare) > 1 else ""


def _official(rest: str) -> str:
    """Return the full name of a government, which titles write as 平罗县, 平罗县政府 or 平罗县人民政府."""
    if rest in ("", "政府"):
        return "人民政府"
    bare = _TOWN_NAME.match(rest)
    if bare is None:
        return rest
    return bare[1] + ("办事处" if bare[1].endswith("街道") else "人民政府")


def _level(region: Region | None, rest: str) -> str:
    if _TOWN.search(rest):
        return "town"
    if region is None:
        return ""
    if is_zone(rest):  # below its city; the rank of one that a province founded is not in its name
        return "" if region.level == "province" else "county"
    return region.level


def _kind(rest: str) -> str:
    if rest.endswith(("办公室", "政府办", "办公厅")) or _OFFICE_IN_BRACKETS.search(rest):
        return "office"
    if rest in ("", "政府", "人民政府") or _TOWN.search(rest) or rest.endswith("人民政府"):
        return "government"
    return "government" if is_zone(rest) or is_administration(rest) else "department"


def _sector(rest: str) -> str:
    if _TOWN.search(rest) or is_zone(rest) or rest.endswith("工商业联合会"):
        return ""  # 工商业联合会 is no 工商局
    rest = rest.replace("人民政府", "")  # 民政 is part of it
    places = [
        (rest.find(word), -len(word), name)
        for name, words in _SECTORS
        for word in words
        if word in rest
    ]
    return min(places)[2] if places else ""
