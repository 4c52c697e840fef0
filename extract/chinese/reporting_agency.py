"""Find out which agency reports: by the title, the signature, the text, the column and the source."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.dates import find_first_date
from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.chinese.titles import Title, as_agency_name, find_quoted_title
from gongkai.extract.chinese.zones import is_zone
from gongkai.extract.model.document import Document, Paragraph
from gongkai.extract.model.report import Agency

_BEFORE_DATE = re.compile(
    r"([\u4e00-\u9fff（）()\s]{3}|[\u4e00-\u9fff（）()\s]{4,30}?(?<!\s))\s{0,45}+(?=20\d\d|二[〇○零])"
)
_COMPILED_BY = re.compile(
    r"由([\u4e00-\u9fff()]{3,30}?)(?:组织|负责|牵头|汇总){0,2}(?:编制|编写|编撰|撰写|起草)"
)
_OFFICE = re.compile(r"人民政府[(（]?.{0,20}办公[室厅][)）]?$")
_OPENING = 3_000
_OF_PLACE = re.compile(
    r"全[省市县区旗州盟]|[我本][省市县区旗州盟]|[省市县区旗州盟](?:人民)?政府(?!信息|网|门户|办)"
)
"""Words by which a report speaks of a whole division, as that of its government does."""
_PLACE = re.compile(
    r"(?:^|[省市县区旗州盟])(?:(?:人民)?政府(?:办公[室厅]|办)?)?(?:[(（][^()（）]{0,20}办公[室厅][)）])?$"
)
_OWN_AREA = re.compile(r"(?:景|名胜|园|林|矿|灌|牧|库|社|校|院|港|保护|管理)区$")
_TOWN = re.compile(r"(?:镇|乡|苏木|街道|办事处)(?:人民政府|政府)?$")
_STEPS = re.compile(r"[>＞»/›\s]+")
_GROUP = re.compile(r"^各|(?:乡镇|镇街|镇乡)(?:[(（]?街道[)）]?)?$|[镇乡][(（]街道[)）]$")
"""Columns that group agencies: 各乡镇, 乡镇（街道）."""
_DESK = re.compile(r"融媒体|新闻|信息中心|电子政务|政务服务|数据|网信|宣传部|电视台|广播")
"""Bodies that publish what others write; as the source of a page they do not tell its author."""
_LABELS = ("来源", "信息来源", "发布机构", "发文机关", "所属机构", "公开主体")


@dataclass(frozen=True, slots=True)
class Attribution:
    """The agency of a report. `is_stated` is False where only the place of the page tells it."""

    agency: Agency
    is_stated: bool


def attribute_document(
    document: Document, title: Title | None, override: str, near: str
) -> Attribution | None:
    """Return the reporting agency, None if no source names one.

    The sources in order: the `override` of the operator, the title, the name of the report in its
    own text (现发布《平罗县教育局2024年…报告》), the signature. Then what stands around the text: the column, the
    source and 发布机构, which often name only the place, because one article template serves all
    agencies of a county. Such a name counts last: an agency that the text or the source names counts
    before it. `near` is the division code of the portal.
    """
    quoted = find_quoted_title(document.text)
    stated = (
        as_agency_name(override) or override.strip(),
        title.agency if title else "",
        quoted.agency if quoted else "",
        _signature(document),
    )
    name = next((name for name in stated if name), "")
    if name:
        return Attribution(describe_agency(name, near), is_stated=True)
    compiler = compiling_agency(document.text)
    name = _name_around(document, compiler, near)
    if not name:
        return None
    is_stated = bool(compiler) or not is_name_of_place(name)
    return Attribution(describe_agency(name, near), is_stated)


def differing_source(document: Document, agency: Agency, near: str) -> str:
    """Return the name of another body of the same kind and division that a page states beside its title.

    Portals retitle old reports with the name of today, or print the old one over it: the two names are
    those of one body, or of a body and the one that took it in. A page that states the agency itself,
    too, says nothing of this kind.
    """
    found = [
        describe_agency(name, near) for name in (_signature(document), *_sources(document)) if name
    ]
    if any(body.name == agency.name for body in found):
        return ""
    alike = (
        body.name
        for body in found
        if (body.region_code, body.level, body.kind)
        == (agency.region_code, agency.level, agency.kind)
        and not _DESK.search(body.name)
    )
    return next(alike, "") if agency.region_code else ""


def _name_around(document: Document, compiler: str, near: str) -> str:
    """Return the name that the opening of the text, the column and the sources give together.

    An office compiles the report of its government, so that `compiler` then only confirms the place.
    """
    column = _last_agency(document.breadcrumb)
    sources = _sources(document)
    own = [name for name in sources if not is_name_of_place(name)]
    agreeing = compiler and any(is_same_agency(compiler, name, near) for name in sources)
    if compiler and not is_name_of_place(compiler) and (agreeing or not _DESK.search(compiler)):
        return compiler
    if column and not is_name_of_place(column):
        return column
    if not compiler:
        named = [name for name in own if _is_written_by(document, name)]
        if named:
            return named[0]
    return next((name for name in (column, *sources, compiler) if name), "")


def _sources(document: Document) -> list[str]:
    """Return the names of agencies that a page states as its source or publisher."""
    texts = (
        document.meta.get("contentsource", ""),
        *(document.info.get(label, "") for label in _LABELS),
    )
    return [name for text in texts if (name := as_agency_name(text))]


def _is_written_by(document: Document, source: str) -> bool:
    """Return whether the source of a page can be the author of its text.

    It is not if the text speaks of 全县 or 县政府 and never of the source, and not if it only publishes.
    """
    if _DESK.search(source):
        return False
    text = normalize_text(document.text[:_OPENING])
    bare = describe_agency(source).name
    return any(name in text for name in (source, bare)) or _OF_PLACE.search(text) is None


def is_name_of_place(name: str) -> bool:
    """Return whether a name says no more than whose site it is: a division, its government, its office.

    >>> is_name_of_place("县政府"), is_name_of_place("平罗县人民政府办公室"), is_name_of_place("平罗县")
    (True, True, True)
    >>> is_name_of_place("高庄乡人民政府"), is_name_of_place("平罗工业园区"), is_name_of_place("平罗县财政局")
    (False, False, False)
    """
    if is_zone(name) or _OWN_AREA.search(name) or _TOWN.search(name):
        return False
    return _PLACE.search(name) is not None


def is_same_agency(one: str, other: str, near: str = "") -> bool:
    """Return whether two names mean the same agency; a government and its office sign for each other.

    >>> is_same_agency("县财政局", "平罗县财政局", "640221")
    True
    >>> is_same_agency("平罗县人民政府", "平罗县人民政府办公室")
    True
    """
    names = {_OFFICE.sub("人民政府", describe_agency(name, near).name) for name in (one, other)}
    return len(names) == 1


def compiling_agency(text: str) -> str:
    """Return the agency that the opening of a report names as its author, "" if it names none.

    >>> compiling_agency("本报告根据《条例》要求，由平罗县高庄乡人民政府编制。")
    '平罗县高庄乡人民政府'
    """
    found = (as_agency_name(name) for name in _COMPILED_BY.findall(normalize_text(text[:_OPENING])))
    return next((name for name in found if name and name[0] not in "本我"), "")


def _signature(document: Document) -> str:
    return find_signature([b.text for b in document.blocks if isinstance(b, Paragraph)])


def find_signature(lines: Sequence[str]) -> str:
    """Return the name that stands beside the date at the end of a text, "" if there is none."""
    last = lines[-6:]
    for line in last:
        if name := signing_agency(line):
            return name
    for one, other in itertools.pairwise(last):
        for name, day in ((one, other), (other, one)):
            if len(day) <= 16 and find_first_date(day) and not find_first_date(name):
                return as_agency_name(name)
    return ""


def signing_agency(line: str) -> str:
    """Return the name in front of the date in a signature line, "" for other lines.

    >>> signing_agency("平罗县教育局  2025年1月20日")
    '平罗县教育局'
    """
    signed = _BEFORE_DATE.match(line) if len(line) <= 45 else None
    return as_agency_name(signed[1]) if signed is not None and find_first_date(line) else ""


def _last_agency(breadcrumb: str) -> str:
    """Return the last element of a breadcrumb that can be the name of an agency."""
    steps = _STEPS.split(breadcrumb)
    names = (as_agency_name(step) for step in reversed(steps) if not _GROUP.search(step))
    return next((name for name in names if name), "")
