"""Who owes reports, since when and why, and what a year without a report means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.pipeline.tree_units import may_be_same
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.tables.page_notes import NamedUnits
from tests.archive.folder import Folder, read_here, report_page

COUNTY = Site("pingluo", "平罗县人民政府", "640221", "http://www.pingluo.gov.cn/")
CITY = Site("szs", "石嘴山市人民政府", "640200", "http://www.szs.gov.cn/")
TREE = "<html><title>政府信息公开目录</title><body>部门信息公开目录</body></html>".encode()


def name_units(folder: Folder, at: str, *names: str, site: str = "pingluo") -> str:
    """Keep a page of the tree that names units; return the id of its snapshot."""
    kept = folder.fetch(at, f"/{site}/tree.html", TREE + at.encode(), site=site)
    writer = folder.snapshots.writer(site)
    writer.write_units(NamedUnits(kept.id, kept.url, site, names), at)
    writer.close()
    return kept.id


def crawled(folder: Folder, day: str, outcome: str = "ok", site: str = "pingluo") -> None:
    """Keep the result of a crawl."""
    key = uuid4().hex
    writer = folder.snapshots.writer(site, key)
    times = (f"{day}T01:00:00Z", f"{day}T02:00:00Z")
    writer.write_run(Run(key, site, *times, outcome, {"requests": 9, "reports": 1}))
    writer.close()


def built(folder: Folder, *sites: Site, today: str | None = None) -> None:
    build(folder.db, BuildJob(folder.snapshots, sites or (COUNTY,), read=read_here, today=today))


def duties(folder: Folder) -> list[tuple[object, ...]]:
    return folder.rows(
        "SELECT a.name, d.since, d.why, d.ground, d.site FROM duties d"
        " JOIN agencies a ON a.id = d.agency_id ORDER BY a.region_code, a.name, d.why"
    )


def years(folder: Folder, agency: str) -> dict[int, str]:
    return dict(
        folder.rows("SELECT year, status FROM coverage WHERE agency = ? ORDER BY year", agency)
    )


def test_the_government_of_a_portal_owes_since_2008(folder: Folder) -> None:
    """And those below it, whose portals are not crawled: these years were not looked for."""
    crawled(folder, "2026-04-02", site="szs")
    built(folder, CITY, today="2026-04-03")
    assert duties(folder) == [
        ("石嘴山市人民政府", 2008, "law", "government", "szs"),
        ("大武口区人民政府", 2008, "law", "government", None),
        ("惠农区人民政府", 2008, "law", "government", None),
        ("平罗县人民政府", 2008, "law", "government", None),
    ]
    assert years(folder, "石嘴山市人民政府") == dict.fromkeys(range(2008, 2026), "missing")
    assert set(years(folder, "平罗县人民政府").values()) == {"not_looked"}
    assert folder.rows("SELECT DISTINCT level, kind FROM agencies WHERE name LIKE '平罗县%'") == [
        ("county", "government")
    ]


def test_a_government_owes_since_its_division_bears_its_name(folder: Folder) -> None:
    """龙港市 was a town until 2019; a zone is known from the table of 2023."""
    site = Site("wenzhou", "温州市人民政府", "330300", "http://www.wenzhou.gov.cn/")
    zone = Site("sip", "苏州工业园区", "320576", "http://www.sipac.gov.cn/")
    built(folder, site, zone, today="2026-04-03")
    since = {name: (year, ground) for name, year, _, ground, _ in duties(folder)}
    assert since["龙港市人民政府"] == (2019, "government")
    assert since["瑞安市人民政府"] == (2008, "government")
    assert since["苏州工业园区人民政府"] == (2023, "zone")


def test_a_unit_of_the_tree_owes_since_it_was_first_named(folder: Folder) -> None:
    first = name_units(folder, "2024-05-02T02:00:00Z", "县水务局", "城关镇")
    name_units(folder, "2025-05-02T02:00:00Z", "县民政局")
    crawled(folder, "2026-04-02")
    built(folder, today="2026-04-03")
    assert duties(folder) == [
        ("平罗县人民政府", 2008, "law", "government", "pingluo"),
        ("平罗县城关镇人民政府", 2024, "tree", "town", "pingluo"),
        ("平罗县民政局", 2025, "tree", "department", "pingluo"),
        ("平罗县水务局", 2024, "tree", "department", "pingluo"),
    ]
    assert years(folder, "平罗县水务局") == {2024: "missing", 2025: "missing"}
    assert folder.rows(
        "SELECT DISTINCT why, ground, source FROM coverage WHERE agency = '平罗县水务局'"
    ) == [("tree", "department", first)]


def test_the_last_day_of_the_year_is_that_of_china(folder: Folder) -> None:
    name_units(folder, "2024-12-31T17:00:00Z", "县水务局")
    built(folder)
    assert ("平罗县水务局", 2025, "tree", "department", "pingluo") in duties(folder)


@pytest.mark.parametrize(
    "name",
    [
        *("县委宣传部", "县人大", "县法院", "总工会", "第一中学", "人民医院", "城投集团", "档案馆"),
        *("各乡镇", "部门", "办公室", "市教育局", "自治区财政厅", "石嘴山市民政局", "便民服务中心"),
    ],
)
def test_what_owes_no_report_or_is_of_another_place_is_left_out(folder: Folder, name: str) -> None:
    name_units(folder, "2024-05-02T02:00:00Z", name)
    built(folder)
    assert [row[0] for row in duties(folder)] == ["平罗县人民政府"]


def test_a_short_name_is_that_of_the_agency_that_reports(folder: Folder) -> None:
    folder.fetch("2025-01-21T02:00:00Z", "/1.html", report_page("平罗县教育体育局"))
    name_units(folder, "2025-05-02T02:00:00Z", "教体局", "卫健委", "卫生健康委员会", "县政府")
    built(folder)
    assert duties(folder) == [
        ("平罗县人民政府", 2008, "law", "government", "pingluo"),
        ("平罗县人民政府", 2025, "tree", "government", "pingluo"),
        ("平罗县卫生健康委员会", 2025, "tree", "department", "pingluo"),
        ("平罗县教育体育局", 2024, "own_reports", "department", "pingluo"),
        ("平罗县教育体育局", 2025, "tree", "department", "pingluo"),
    ]


def test_a_short_name_of_two_agencies_is_nobodys(folder: Folder) -> None:
    for number, name in enumerate(("文化旅游局", "文化和旅游广电局")):
        folder.fetch(
            f"2025-01-21T02:0{number}:00Z", f"/{number}.html", report_page(f"平罗县{name}")
        )
    name_units(folder, "2025-05-02T02:00:00Z", "文旅局")
    built(folder)
    assert {row[2] for row in duties(folder)} == {"law", "own_reports"}


def test_the_tree_of_a_department_names_its_offices(folder: Folder) -> None:
    office = Site("pljyj", "平罗县教育局", "640221", "http://jyj.pingluo.gov.cn/", parent="pingluo")
    name_units(folder, "2024-05-02T02:00:00Z", "教师发展办公室", site="pljyj")
    built(folder, COUNTY, office)
    assert duties(folder) == [("平罗县人民政府", 2008, "law", "government", "pingluo")]


def test_only_a_complete_crawl_after_the_deadline_tells_that_a_report_is_missing(
    folder: Folder,
) -> None:
    name_units(folder, "2023-05-02T02:00:00Z", "县水务局")
    crawled(folder, "2025-01-31")
    crawled(folder, "2025-02-02", "partial")
    built(folder, today="2025-02-03")
    assert years(folder, "平罗县水务局") == {2023: "missing", 2024: "not_looked"}
    crawled(folder, "2025-02-04")
    built(folder, today="2025-02-05")
    assert years(folder, "平罗县水务局") == {2023: "missing", 2024: "missing"}


def test_a_year_becomes_due_by_the_calendar(folder: Folder) -> None:
    """Nobody has reported for it, and nothing new was fetched."""
    name_units(folder, "2024-05-02T02:00:00Z", "县水务局")
    built(folder, today="2025-01-31")
    assert years(folder, "平罗县水务局") == {}
    built(folder, today="2025-02-01")
    assert years(folder, "平罗县水务局") == {2024: "not_looked"}
    assert 2024 not in years(folder, "平罗县人民政府")
    built(folder, today="2025-04-01")
    assert years(folder, "平罗县人民政府")[2024] == "not_looked"


def test_what_may_stand_elsewhere_is_unclear(folder: Folder) -> None:
    """Vertical lines have portals of their own, branches report with their parent."""
    name_units(folder, "2023-05-02T02:00:00Z", "县税务局", "公安局城关分局", "县水务局")
    crawled(folder, "2025-02-04")
    built(folder, today="2025-02-05")
    assert years(folder, "平罗县税务局")[2024] == "unclear"
    assert years(folder, "平罗县公安局城关分局")[2024] == "unclear"
    assert years(folder, "平罗县水务局")[2024] == "missing"


def test_a_government_and_its_office_may_have_reported_for_each_other(folder: Folder) -> None:
    body = report_page("平罗县人民政府办公室", 2023).replace(b"2025-01-20", b"2024-01-20")
    folder.fetch("2024-01-21T02:00:00Z", "/1.html", body)
    folder.fetch("2025-01-21T02:00:00Z", "/2.html", report_page("平罗县人民政府"))
    crawled(folder, "2026-04-02")
    built(folder, today="2026-04-03")
    found = years(folder, "平罗县人民政府")
    assert (found[2022], found[2023], found[2024]) == ("missing", "unclear", "found")
    assert years(folder, "平罗县人民政府办公室") == {
        2023: "found",
        2024: "unclear",
        2025: "missing",
    }


def test_a_body_that_owes_nothing_is_found_and_never_missing(folder: Folder) -> None:
    body = report_page("平罗县人民医院", 2022).replace(b"2025-01-20", b"2023-09-20")
    folder.fetch("2025-01-21T02:00:00Z", "/1.html", body)
    crawled(folder, "2025-04-02")
    built(folder, today="2025-04-03")
    assert years(folder, "平罗县人民医院") == {2022: "found"}


def test_many_builds_give_the_same_as_one_rebuild(folder: Folder) -> None:
    """Agencies come and go with the names of the tree and the reports that are read."""
    nights: Sequence[tuple[str, ...]] = (("教体局",), ("县水务局", "文旅局"), ("卫健委",))
    for number, names in enumerate(nights):
        name_units(folder, f"202{number + 2}-05-02T02:00:00Z", *names)
        folder.fetch(
            f"202{number + 3}-01-21T02:00:00Z",
            f"/{number}.html",
            report_page("平罗县教育体育局", 2022 + number),
        )
        crawled(folder, f"202{number + 3}-04-02")
        folder.build()
    kept = folder.dump()
    folder.rebuild()
    assert folder.dump() == kept
    assert folder.build().has_changes is False


def test_a_portal_that_is_taken_out_takes_its_duties_along(folder: Folder) -> None:
    name_units(folder, "2024-05-02T02:00:00Z", "县水务局")
    built(folder, COUNTY, CITY)
    assert len(duties(folder)) == 5
    built(folder, replace(CITY, region_code="640300"))
    assert [row[0] for row in duties(folder)] == [
        "吴忠市人民政府",
        *sorted(
            [
                "利通区人民政府",
                "红寺堡区人民政府",
                "盐池县人民政府",
                "同心县人民政府",
                "青铜峡市人民政府",
            ],
            key=[
                "利通区人民政府",
                "红寺堡区人民政府",
                "盐池县人民政府",
                "同心县人民政府",
                "青铜峡市人民政府",
            ].index,
        ),
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("教体局", "教育体育局", True),
        ("城管局", "城市管理局", True),
        ("卫健委", "卫生健康委员会", True),
        ("住房城乡建设局", "住房和城乡建设局", True),
        ("人防办", "人民防空办公室", True),
        ("工业和信息化局", "工业信息化和科学技术局", True),
        ("教育体育局", "教育体育局（科学技术局）", True),
        ("城管委", "城市管理委员会", True),
        ("税务局", "国家税务总局平罗县税务局", True),
        ("高新区管理委员会", "宁夏石嘴山高新技术产业开发区管理委员会", True),
        ("开发区", "平罗工业园区管理委员会", False),
        ("经开区", "高新技术产业开发区", False),
        ("教育局", "体育局", False),
        ("农业局", "林业局", False),
        ("民政局", "民政厅", False),
    ],
)
def test_short_forms(one: str, other: str, same: bool) -> None:
    assert may_be_same(one, other) is may_be_same(other, one) is same
