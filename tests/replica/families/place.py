"""A made-up county and what its agencies published: the same for every family, from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from hashlib import md5

COUNTIES = ("青石县", "临江县", "安和县", "永丰区", "东岭县", "西泉市", "云台县", "长宁区")
DEPARTMENTS = (
    ("jyj", "教育局"), ("mzj", "民政局"), ("czj", "财政局"), ("sfj", "司法局"),
    ("rsj", "人力资源和社会保障局"), ("slj", "水利局"), ("wjw", "卫生健康委员会"), ("tjj", "统计局"),
)  # fmt: skip
TOWNS = (
    ("hsz", "河上镇"), ("dqx", "大桥乡"), ("cnjd", "城南街道"), ("bgz", "北关镇"),
    ("lhx", "柳河乡"), ("szz", "石嘴镇"),
)  # fmt: skip


PARTS = (
    "",
    "城东",
    "城西",
    "高新",
    "滨河",
    "东山",
    "西湖",
    "南岭",
    "北苑",
    "新城",
    "老城",
    "临港",
    "空港",
)


@dataclass(frozen=True, slots=True)
class Unit:
    """An agency; `level` as in the archive: county, department or town."""

    slug: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something published. `kind`: report, empty-form (a circular), near (a report of another
    kind) or news. `shape`: page, pdf (the row leads to the file), attached (the page has only the
    file) or script (the file is named in a script)."""

    number: int
    title: str
    day: str
    kind: str
    unit: Unit
    year: int = 0
    shape: str = "page"

    @property
    def hex(self) -> str:
        """32 hex digits that are its own."""
        return md5(f"{self.number}{self.title}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the portal with its rows and the columns below it."""

    number: int
    slug: str
    name: str
    items: tuple[Item, ...] = ()
    below: tuple[Column, ...] = ()
    group: bool = False  # a list of units


@dataclass(frozen=True)
class Place:
    """A portal before it is anybody's pages."""

    host: str
    name: str
    code: str
    root: Column  # 政府信息公开
    news: Column
    items: tuple[Item, ...] = field(default=())

    def columns(self) -> list[Column]:
        """Every column, outermost first."""
        found, waiting = [], [self.root, self.news]
        while waiting:
            column = waiting.pop(0)
            found.append(column)
            waiting += column.below
        return found

    def reports(self) -> list[Item]:
        """What a crawl has to find."""
        return [item for item in self.items if item.kind == "report"]


def place(host: str, seed: int, departments: int = 4, towns: int = 4, years: int = 2) -> Place:
    """Make a county: `years` reports of each unit, and what looks like them."""
    return _Maker(host, seed).place(departments, towns, years)


def small_place(host: str, seed: int, county: str, code: str) -> Place:
    """Make a portal of a real place with three agencies and a report of each."""
    return _Maker(host, seed, county, code).place(1, 1, 1)


class _Maker:
    def __init__(self, host: str, seed: int, county: str = "", code: str = "640221") -> None:
        self.dice = random.Random(seed)
        self.host = host
        self.code = code
        made_up = self.dice.choice(COUNTIES)
        self.county = county or made_up
        self.number = 10_000 + 500 * seed
        self.items: list[Item] = []

    def place(self, departments: int, towns: int, years: int) -> Place:
        government = Unit("xzf", f"{self.county}人民政府", "county")
        local = [
            Unit(slug, f"{self.county}{name}", "town") for slug, name in self.pick(TOWNS, towns)
        ]
        central = [
            report for unit in (government, *local) for report in self.reports(unit, years)
        ] + self.near(government)
        central.sort(key=lambda item: item.day, reverse=True)
        offices = [
            self.office(slug, f"{self.county}{name}", years)
            for slug, name in self.pick(DEPARTMENTS, departments)
        ]
        root = self.column(
            "zfxxgk",
            "政府信息公开",
            below=(
                self.column("zfxxgkzn", "政府信息公开指南"),
                self.column("zfxxgkzd", "政府信息公开制度", [self.rules(government)]),
                self.column("zfxxgknb", "政府信息公开年报", central),
                self.column("bmxxgk", "部门信息公开目录", below=offices, group=True),
            ),
        )
        news = self.column("xwzx", "新闻中心", [self.item(government, "news") for _ in range(3)])
        return Place(self.host, f"{self.county}人民政府", self.code, root, news, tuple(self.items))

    def pick(self, pool: tuple[tuple[str, str], ...], count: int) -> list[tuple[str, str]]:
        """So many of the pool; beyond its size each part of the county has its own."""
        return [
            (f"{slug}{turn or ''}", f"{part}{name}")
            for turn, part in enumerate(PARTS)
            for slug, name in pool
        ][:count]

    def office(self, slug: str, name: str, years: int) -> Column:
        unit = Unit(slug, name, "department")
        items = self.reports(unit, years)
        short = name.removeprefix(self.county)
        return self.column(
            slug,
            short,
            below=(
                self.column(f"{slug}jgzn", "机构职能"),
                self.column(f"{slug}nb", "政府信息公开工作年度报告", items),
            ),
        )

    def reports(self, unit: Unit, years: int) -> list[Item]:
        return [self.item(unit, "report", year) for year in range(2024, 2024 - years, -1)]

    def near(self, unit: Unit) -> list[Item]:
        return [self.item(unit, "empty-form", 2024), self.item(unit, "near", 2024)]

    def rules(self, unit: Unit) -> Item:
        return self.item(unit, "near", 2019)

    def item(self, unit: Unit, kind: str, year: int = 2024) -> Item:
        self.number += self.dice.randint(1, 9)
        titles = {
            "report": f"{unit.name}{year}年政府信息公开工作年度报告",
            "empty-form": f"关于做好{year}年度政府信息公开工作年度报告编制和公布工作的通知",
            "near": f"{unit.name}{year}年法治政府建设年度报告",
            "news": f"{self.county}召开第{self.number}次常务会议",
        }
        day = f"{year + 1}-01-{self.dice.randint(10, 28)}"
        shapes = {0: "pdf", 1: "attached", 2: "script"}
        shape = shapes.get(len(self.items) % 7, "page") if kind == "report" else "page"
        made = Item(self.number, titles[kind], day, kind, unit, year, shape)
        self.items.append(made)
        return made

    def column(
        self,
        slug: str,
        name: str,
        items: list[Item] | None = None,
        below: tuple[Column, ...] | list[Column] = (),
        group: bool = False,
    ) -> Column:
        self.number += 1
        return Column(self.number, slug, name, tuple(items or ()), tuple(below), group)
