"""The reports of a made-up country: who reports, for which year, and what the report says.

Each is made from its number alone. Bodies of one county share two sentences of three, as those of one region
do; some copy the template of the county, some their own last year: near-duplicates are real ones.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache, lru_cache

from gongkai.extract.chinese.divisions import Region, regions
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Agency, Cell, Reading, Report, Section, Table

YEARS = range(2008, 2025)
SECTORS = (
    "教育", "民政", "司法", "财政", "自然资源", "住房和城乡建设", "交通运输", "水利", "农业农村", "文化和旅游",
    "卫生健康", "审计",
)  # fmt: skip
_CHANGED = b"made"
_HANDLED = (0, 0, 1, 2, 5, 12, 40)
_LENGTHS = {1: 26, 5: 7, 6: 9}
"""Sentences of the sections that have prose: some 2,700 characters a report."""

_OPENINGS = (
    "认真贯彻落实《中华人民共和国政府信息公开条例》", "坚持以公开为常态、不公开为例外", "围绕中心工作和群众关切",
    "进一步健全信息发布审核机制", "持续优化门户网站栏目设置", "不断拓宽政务新媒体发布渠道", "严格落实保密审查制度",
    "加强对基层站所的业务指导", "聚焦重点领域信息公开", "规范依申请公开办理流程", "健全政策解读与回应机制",
    "完善主动公开目录的动态调整",
)  # fmt: skip
_DOINGS = (
    "由主要负责同志亲自部署", "明确专人负责日常维护", "对发布内容逐条登记核对", "按季度开展自查并限期整改",
    "邀请服务对象代表参加座谈", "组织业务骨干参加集中培训", "将完成情况纳入年度考核", "会同相关科室建立联络员制度",
    "对历年信息集中清理归档", "通过多种形式开展宣传解读", "及时更新机构职能和联系方式", "与档案馆图书馆共建查阅点",
)  # fmt: skip
_ENDS = (
    "全年发布信息{n}条。", "较上年增加{n}条。", "办理群众来电来信{n}件次。", "召开专题会议{n}次。", "培训人员{n}人次。",
    "制作图解、视频等解读材料{n}份。", "转载上级文件{n}份。", "整改问题栏目{n}个。", "接受社会评议{n}次。", "未发生泄密事件。",
)  # fmt: skip

_CHARACTERS = sorted(set("".join((*_OPENINGS, *_DOINGS))) - set("《》、"))
"""Of which clauses are made up that no other county has: else all reports of the country were alike."""


@dataclass(frozen=True, slots=True)
class MadeReport:
    """One report of the country: a county, one of its bodies, a year."""

    number: int
    region: Region
    sector: str
    year: int

    @property
    def agency(self) -> Agency:
        """The reporting agency: a department, or the government where no sector is named."""
        if not self.sector:
            name = f"{self.region.name}人民政府"
            return Agency(name, self.region.code, "county", "government", "")
        name = f"{self.region.name}{self.sector}局"
        return Agency(name, self.region.code, "county", "department", self.sector)

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"http://www.m{self.region.code}.gov.cn/xxgk/{self.year}/{self.number}.html"

    @property
    def body(self) -> bytes:
        """What stands for its document: its number."""
        return str(self.number).encode()


def made_report(number: int) -> MadeReport:
    """Return the report of a number; a county has 221 of them, one after the other."""
    bodies = ("", *SECTORS)
    place, year = divmod(number, len(YEARS))
    county, body = divmod(place, len(bodies))
    codes = counties()
    return MadeReport(number, regions()[codes[county % len(codes)]], bodies[body], YEARS[year])


@cache
def counties() -> tuple[str, ...]:
    return tuple(code for code, region in regions().items() if region.level == "county")


def changed_body(number: int, version: int, filling: bytes) -> bytes:
    """Return a later document of a report."""
    return b"%s %d %d " % (_CHANGED, number, version) + filling


def reading_of_body(body: bytes) -> Reading | None:
    """Return what a made-up document says, None for one that is not made up."""
    if body.isdigit():
        return reading_of(made_report(int(body)))
    if not body.startswith(_CHANGED + b" "):
        return None
    _, number, version, _ = body.split(b" ", 3)
    return reading_of(made_report(int(number)), int(version))


def reading_of(made: MadeReport, version: int = 0) -> Reading:
    """Return what the document of a report says, the same for the same number and version.

    A later version has a figure more in its table and a sentence more in its prose.
    """
    agency, year = made.agency, made.year
    title = f"{agency.name}{year}年政府信息公开工作年度报告"
    sections = tuple(
        Section(n, f"第{n}部分", f"{title}。" + _prose(made, n) if n == 1 else _prose(made, n))
        for n in range(1, 7)
    )
    if version:
        told = Section(5, "第5部分", f"{sections[4].text}另有更正{version}处。")
        sections = (*sections[:4], told, *sections[5:])
    day = f"{year + 1}-01-{_numbers(made)[0]}"
    tables = tables_of(handled_of(made) + version)
    report = Report(title, year, "2021", day, agency, "complete", sections, tables)
    return Reading("report", "text/html", title, report)


def handled_of(made: MadeReport) -> int:
    """Return how many requests the agency handled in the year."""
    return _numbers(made)[1]


@lru_cache(maxsize=64)
def _numbers(made: MadeReport) -> tuple[int, int]:
    """Return the day of January on which a report was published, and the requests it has."""
    dice = random.Random(made.number)
    return dice.randint(10, 31), dice.choice(_HANDLED)


def _prose(made: MadeReport, number: int) -> str:
    """Return a section of a report.

    A seventh of the bodies copy the template of their county, a sixth their own last year. The others take two
    sentences of three from the template of the county, as those of one region do.
    """
    if number not in _LENGTHS:
        return ""
    template = _template(made.region.code, number)
    dice = random.Random(f"{made.number} {number}")
    if made.sector and SECTORS.index(made.sector) % 7 == 3:
        return "".join(template)
    own_year = made.year - 1 if made.number % 6 == 1 else made.year
    own = random.Random(f"{made.region.code} {made.sector} {own_year} {number}")
    mixed = [each if own.random() < 0.66 else _sentence(own) for each in template]
    return "".join(mixed) + f"另有文件{dice.randint(1, 99)}份。"


@lru_cache(maxsize=64)
def _template(county: str, number: int) -> tuple[str, ...]:
    """Return the sentences of a section as the county hands them to its bodies."""
    length = _LENGTHS[number]
    return tuple(_sentence(random.Random(f"{county} {number} {n}")) for n in range(length))


def _sentence(dice: random.Random) -> str:
    end = dice.choice(_ENDS).format(n=dice.randint(2, 999))
    own = "".join(dice.choices(_CHARACTERS, k=12))
    return f"{dice.choice(_OPENINGS)}，{dice.choice(_DOINGS)}，{own}，{own[::-1]}，{end}"


@lru_cache(maxsize=100)
def tables_of(handled: int) -> dict[str, Table]:
    """Return the tables of a report with so many requests, the same object each time."""
    counted = {"new": handled, "granted": handled, "total_handled": handled}
    fields = [column.key for column in FORM_2021.applicants]
    requests: Table = {
        item.key: {
            field: _cell(counted.get(item.key, 0) if field in (fields[0], fields[-1]) else 0)
            for field in fields
        }
        for item in FORM_2021.items
    }
    proceedings = {
        p.key: {c.key: _cell(0) for c in FORM_2021.results} for p in FORM_2021.proceedings
    }
    disclosure = {key: _cell(0) for key in FORM_2021.disclosure_keys}
    return {
        FORM_2021.part: {"": disclosure},
        "requests": requests,
        "review_litigation": proceedings,
    }


def _cell(value: int) -> Cell:
    return Cell(str(value), value)
