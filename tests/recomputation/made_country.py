"""More than 500 reports of three years, printed as pages: renamings, mergers, divided districts, and faults.

Everything is drawn from one seed. What a reader of the pages cannot compute is kept beside them: which
bodies follow which, which reports are compiled, and which texts are copies.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from gongkai.extract.forms import FORM_2019, FORM_2021, SECTIONS, Form
from tests.archive.folder import Folder
from tests.printing.matrix import Style, all_tables
from tests.printing.page import Markup, document, table
from tests.recomputation.made_prose import long_text, made_sections, scope
from tests.recomputation.made_tables import MadeTables, Values, made_tables

SPAN = (2020, 2022)
SEEN = "2023-06-01"
"""The day on which everything is fetched: after every deadline."""

DISTRICTS = {
    # name: (first year, last year) of its reports; 浙政发〔2021〕7号
    "上城区": (2020, 2022),
    "下城区": (2020, 2020),  # joined to 拱墅区
    "江干区": (2020, 2020),  # divided between 上城区 and 钱塘区
    "拱墅区": (2020, 2022),
    "钱塘区": (2021, 2022),
    "余杭区": (2020, 2022),
    "平罗县": (2020, 2022),
    "惠农区": (2020, 2022),
    "贺兰县": (2020, 2022),
}
CITIES = ("杭州市", "石嘴山市")
OFFICES = (
    *("教育局", "民政局", "司法局", "财政局", "审计局", "统计局", "水利局", "商务局", "公安局"),
    *("交通运输局", "信访局", "应急管理局", "农业农村局", "人民政府办公室"),
)
RENAMED = ("扶贫开发办公室", "乡村振兴局")
"""The reform of 2021."""
MERGED = (("卫生健康局", "医疗保障局"), "卫生健康和医疗保障局")
"""In some counties since 2021; the new body carries on the line of the first."""
JOINING = ("平罗县", "贺兰县")
STATED = ("贺兰县工业信息化局", "贺兰县工业商务局")
"""A change that only a report of the new body tells."""
MOVED_TOWNS = (("下城区", "拱墅区"), ("江干区", "钱塘区"))
"""Where the towns of two districts went."""
COMPILING = ("石嘴山市公安局",)
"""A department that adds up its line."""

STYLES = (
    Style(),
    Style(numbering="①"),
    Style(padding="blank"),
    Style(padding="none"),
    Style(groups="own_row"),
    Style(review="sideways"),
    Style(review="matrix"),
    Style(joined=True, active="one"),
    Style(cut=9, header_again=True),
)
MARKUPS = (Markup(), Markup(), Markup(cell="word"), Markup(breaks=True), Markup(cell="div"))


@dataclass
class MadeReport:
    """One report before it is printed. `values` are texts by table, row and column."""

    agency: str
    year: int
    form: Form
    values: Values
    sections: dict[int, str]
    published: str
    style: Style
    markup: Markup
    covers: str = "unclear"

    @property
    def title(self) -> str:
        """The title of its page."""
        return f"{self.agency}{self.year}年政府信息公开工作年度报告"

    def page(self) -> bytes:
        """Return the page."""
        parts = all_tables(self.form, self.values, self.style)
        body = [f"<h1>{self.title}</h1>"]
        for number, heading in SECTIONS:
            if number not in self.sections:
                continue
            body.append(f"<p>{heading}</p>")
            body += [f"<p>{line}</p>" for line in self.sections[number].splitlines()]
            if 2 <= number <= 4:
                body += [table(rows, self.markup) for rows in parts[number - 2]]
        return document(self.title, "\n".join(body), self.markup, self.published).encode()


@dataclass
class MadeCountry:
    """All reports, and what their pages do not tell a program in so many words.

    `changes` are pairs of names with the kind of the change, where both bodies have reports. `copies` are
    pairs of reports (agency, year), the later one first, whose texts are the same but for their names.
    """

    reports: list[MadeReport] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    copies: list[tuple[tuple[str, int], tuple[str, int]]] = field(default_factory=list)

    def keep_in(self, folder: Folder) -> None:
        """Keep the pages of all reports as crawls of two portals would have."""
        for number, report in enumerate(self.reports):
            site = (
                "ningxia"
                if report.agency.startswith(("平罗", "惠农", "贺兰", "石嘴山"))
                else "hangzhou"
            )
            at = f"{SEEN}T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
            folder.fetch(at, f"/{number}.html", report.page(), site=site)


def made_country(seed: int = 20) -> MadeCountry:
    """Return the country that a seed makes."""
    chance = random.Random(seed)
    country = MadeCountry()
    last: dict[str, MadeTables] = {}
    texts: dict[tuple[str, int], str] = {}
    for body in bodies():
        for year in range(body.first, body.last + 1):
            if chance.random() < 0.04:
                continue  # not published, or not found
            before = last.get(body.name) or last.get(body.before)
            form = FORM_2021 if year > 2020 else FORM_2019
            tables = made_tables(chance, form, before, chance.choice((3, 8, 40)))
            last[body.name] = tables
            text, covers = scope(chance, body.name, body.name in COMPILING)
            own = _own_text(chance, country, texts, body.name, year)
            sections = made_sections(chance, year, tables.values, text + own)
            country.reports.append(
                MadeReport(
                    agency=body.name,
                    year=year,
                    form=form,
                    values=tables.values,
                    sections=sections,
                    published=_day(chance, year),
                    style=chance.choice(STYLES),
                    markup=chance.choice(MARKUPS),
                    covers=covers,
                )
            )
    known = {report.agency for report in country.reports}
    country.changes = [
        each for each in changes() if {each[0] or each[1], each[1] or each[0]} <= known
    ]
    return country


@dataclass(frozen=True)
class Body:
    """A body with the first and the last year of its reports, and its name before, if any."""

    name: str
    first: int
    last: int
    before: str = ""


def bodies() -> Iterator[Body]:
    """Yield every body of the country."""
    for city in CITIES:
        yield from (Body(city + office, *SPAN) for office in (*OFFICES, "人民政府"))
    for district, (first, last) in DISTRICTS.items():
        for office in (*OFFICES, "人民政府", *towns(district)):
            yield Body(district + office, first, last)
        old, new = RENAMED
        if first == 2020:
            yield Body(district + old, 2020, 2020)
        if last == 2022:
            yield Body(district + new, 2021, 2022, district + old if first == 2020 else "")
        parts, whole = MERGED
        for part in parts:
            yield Body(district + part, first, 2020 if district in JOINING else last)
        if district in JOINING:
            yield Body(district + whole, 2021, 2022)
    for old, new in MOVED_TOWNS:
        for town in towns(old):
            yield Body(new + town, 2021, 2022, old + town)
    yield Body("平罗县气象局", 2020, 2021)  # of a line of the State: missing for 2022, or elsewhere
    yield Body(STATED[0], 2020, 2020)
    yield Body(STATED[1], 2021, 2022, STATED[0])


def towns(district: str) -> tuple[str, str]:
    """Return the governments of the towns of a district; no two districts have one of a name."""
    return f"{district[:2]}河镇人民政府", f"{district[:2]}桥镇人民政府"


def changes() -> Iterator[tuple[str, str, str]]:
    """Yield (old name, new name, kind of change), "" for no body: what happened in this country."""
    old, new = RENAMED
    whole = [district for district, span in DISTRICTS.items() if span == SPAN]
    yield from ((district + old, district + new, "renamed") for district in whole)
    yield from (
        (district + part, district + MERGED[1], "merged")
        for district in JOINING
        for part in MERGED[0]
    )
    yield (*STATED, "renamed")
    offices = (*OFFICES, "人民政府", *MERGED[0])
    for office in (*offices, old):
        yield f"下城区{office}", f"拱墅区{office}", "merged"
        yield f"江干区{office}", f"上城区{office}", "split"
    yield from ((f"江干区{office}", f"钱塘区{office}", "split") for office in offices)
    yield from (
        (gone + town, there + town, "renamed")
        for gone, there in MOVED_TOWNS
        for town in towns(gone)
    )
    # offices of medical insurance are of 2018 and 2019; 钱塘区 is younger than that
    yield from (
        ("", f"{district}医疗保障局", "new") for district in DISTRICTS if district != "钱塘区"
    )


def _own_text(
    chance: random.Random,
    country: MadeCountry,
    texts: dict[tuple[str, int], str],
    name: str,
    year: int,
) -> str:
    """Return the text of a report: short, long, or a copy of another one of an earlier year."""
    if name == STATED[1]:
        return "2021年6月，原县工业信息化局更名为县工业商务局。"
    own = texts.pop((name, year - 1), "")
    if own and chance.random() < 0.4:
        country.copies.append(((name, year), (name, year - 1)))
        return own
    others = [key for key in texts if key[1] < year and key[0] != name]
    if others and chance.random() < 0.02:
        key = chance.choice(others)
        country.copies.append(((name, year), key))
        return texts.pop(key)
    if chance.random() > 0.15:
        return ""
    texts[name, year] = long_text(chance)
    return texts[name, year]


def _day(chance: random.Random, year: int) -> str:
    """Return the day of publishing, "" for a page without one; some reports are late."""
    latest = chance.choices((26, 31, 58, 89, 130, 800), (60, 15, 5, 10, 7, 3))[0]
    day = date(year + 1, 1, 1) + timedelta(days=latest - chance.randint(0, 20))
    return "" if chance.random() < 0.03 else day.isoformat()
