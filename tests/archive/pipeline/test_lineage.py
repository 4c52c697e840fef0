"""Agencies that were renamed: their duties, their line, and the checks that go on across the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.archive.errors import ArchiveError
from gongkai.archive.lineage.corrections import read_corrections
from gongkai.archive.pipeline.builder import BuildJob, BuildResult, build
from gongkai.crawler.sites.registry import Site
from tests.archive.folder import Folder, read_here, report_page

COUNTY = Site("pingluo", "平罗县人民政府", "640221", "http://www.pingluo.gov.cn/")
OLD, NEW = "平罗县大数据局", "平罗县数据局"


def keep(
    folder: Folder, agency: str, year: int, *, text: str = "", source: str = "", **changes: str
) -> None:
    """Keep a report that was published in January after its year; `source` is stated by its page."""
    body = report_page(agency, year, **changes).replace(b"2025-01-20", b"%d-01-20" % (year + 1))
    if source:
        meta = f"<meta name='ContentSource' content='{source}'></head>"
        body = body.replace(b"</head>", meta.encode())
    if text:
        body = body.replace("一、总体情况</p>".encode(), f"一、总体情况</p><p>{text}</p>".encode())
        assert text.encode() in body
    folder.fetch(f"{year + 1}-01-21T02:00:00Z", f"/{agency}/{year}.html", body)


def built(folder: Folder, corrections: Path | None = None) -> BuildResult:
    job = BuildJob(
        folder.snapshots,
        (COUNTY,),
        read=read_here,
        today="2026-04-03",
        corrections=read_corrections(corrections) if corrections else (),
    )
    return build(folder.db, job)


def links(folder: Folder) -> list[tuple[object, ...]]:
    return folder.rows(
        "SELECT f.name, t.name, l.year, l.kind, l.why FROM agency_links l"
        " LEFT JOIN agencies f ON f.id = l.from_id LEFT JOIN agencies t ON t.id = l.to_id"
        " ORDER BY l.year, f.name"
    )


def due_years(folder: Folder, agency: str) -> list[int]:
    return [
        year
        for (year,) in folder.rows(
            "SELECT year FROM coverage WHERE agency = ? ORDER BY year", agency
        )
    ]


def test_the_duty_goes_over_to_the_new_name(folder: Folder) -> None:
    """Nobody is missing for ever, and no year is owed twice."""
    keep(folder, OLD, 2022)
    keep(folder, NEW, 2024)
    built(folder)
    assert links(folder) == [(OLD, NEW, 2024, "renamed", "rule")]
    assert due_years(folder, OLD) == [2022, 2023]
    assert due_years(folder, NEW) == [2024, 2025]
    assert folder.rows(
        "SELECT a.name, l.name FROM agencies a JOIN agencies l ON l.id = a.lineage_id"
        " WHERE a.name <> '平罗县人民政府' ORDER BY a.name"
    ) == [(OLD, NEW), (NEW, NEW)]


def test_checks_over_the_years_go_on_across_the_name(folder: Folder) -> None:
    keep(folder, OLD, 2023, carried_out__total="3", new__total="3")
    keep(folder, NEW, 2024, carried_in__total="5", new__total="5")
    built(folder)
    assert folder.rows(
        "SELECT report_id, left_value, right_value FROM checks"
        " WHERE rule = 'carry_over' AND scope = 'total'"
    ) == [(folder.rows("SELECT id FROM reports WHERE year = 2024")[0][0], "3", "5")]


def test_what_a_report_tells_is_a_link(folder: Folder) -> None:
    keep(folder, "平罗县甲乙局", 2020)
    keep(folder, "平罗县丙丁局", 2022, text="2021年6月，原县甲乙局更名为县丙丁局。")
    built(folder)
    assert links(folder) == [("平罗县甲乙局", "平罗县丙丁局", 2021, "renamed", "stated")]
    assert due_years(folder, "平罗县甲乙局") == [2020]
    assert due_years(folder, "平罗县丙丁局") == [2021, 2022, 2023, 2024, 2025]


def test_a_title_beside_another_source_is_a_link(folder: Folder) -> None:
    """A portal of today has the new body as the source of an old report; offices publish for all."""
    keep(folder, "平罗县招商服务局", 2017, source="县投资合作局")
    keep(folder, "平罗县投资合作局", 2019, source="平罗县人民政府办公室")
    keep(folder, "平罗县统计局", 2017, source="平罗县投资合作局")
    keep(folder, "平罗县统计局", 2020, source="平罗县统计局")
    built(folder)
    assert links(folder) == [
        ("平罗县招商服务局", "平罗县投资合作局", 2019, "renamed", "stated"),
    ]
    assert due_years(folder, "平罗县招商服务局") == [2017, 2018]
    before = folder.dump()
    folder.db.unlink()
    built(folder)
    assert folder.dump() == before


def test_an_operators_file_wins_and_can_be_taken_back(folder: Folder, tmp_path: Path) -> None:
    keep(folder, OLD, 2022)
    keep(folder, NEW, 2024)
    keep(folder, "平罗县戊己局", 2024)
    file = tmp_path / "lineage.csv"
    file.write_text(f"from,to,year,kind\n{OLD},平罗县戊己局,2023,merged\n平罗县庚局,,2020,ended\n")
    for _ in range(2):  # said as long as the file has the line, also where nothing else is new
        assert [each.line for each in built(folder, file).unknown_corrections] == [3]
    assert links(folder) == [(OLD, "平罗县戊己局", 2023, "merged", "operator")]
    file.write_text(f"from,to,year,kind,note\n{OLD},{NEW},,none,two bodies\n")
    built(folder, file)
    assert links(folder) == []
    built(folder)
    assert links(folder) == [(OLD, NEW, 2024, "renamed", "rule")]


def test_a_body_of_a_former_division_has_its_region_and_its_successor(folder: Folder) -> None:
    """国函〔2014〕142号: 九台市 became 九台区 of 长春市."""
    keep(folder, "九台市教育局", 2012)
    keep(folder, "九台区教育局", 2014)
    built(folder)
    assert links(folder) == [("九台市教育局", "九台区教育局", 2014, "renamed", "rule")]
    assert due_years(folder, "九台市教育局") == [2012, 2013]
    assert folder.rows(
        "SELECT g.name, g.valid_from, g.valid_to, g.successors, g.parent_code FROM agencies a"
        " JOIN regions g ON g.code = a.region_code WHERE a.name LIKE '九台%' ORDER BY g.code"
    ) == [("九台区", 2014, None, None, "220100"), ("九台市", None, 2014, "220113", "220100")]


def test_bodies_of_a_divided_district_owe_nothing_after_its_end(folder: Folder) -> None:
    """浙政发〔2021〕7号: 江干区 was divided in 2021. Its bodies are not missing for ever."""
    keep(folder, "江干区教育局", 2019)
    keep(folder, "江干区统计局", 2021)  # printed when the district was gone
    keep(folder, "上城区教育局", 2021)
    built(folder)
    assert links(folder) == [("江干区教育局", "上城区教育局", 2021, "split", "rule")]
    assert due_years(folder, "江干区教育局") == [2019, 2020]
    assert due_years(folder, "江干区统计局") == [2021]
    assert due_years(folder, "上城区教育局") == [2021, 2022, 2023, 2024, 2025]


@pytest.mark.parametrize(
    "line",
    [
        *("a,b,2020,moved", "a,,2020,renamed", "a,b,2020,new", ",b,2020,ended", "a,b,last,merged"),
        *("a,b,99999,merged", "a,b,２０２０,merged", ",,,none", "a", f"a,b,{'9' * 5000},merged"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "lineage.csv"
    file.write_text(f"from,to,year,kind\n{line}\n", encoding="utf-8")
    with pytest.raises(ArchiveError) as refused:
        read_corrections(file)
    assert refused.value.message.params["line"] == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "lineage.csv"
    if content:
        file.write_bytes(content)
    with pytest.raises(ArchiveError):
        read_corrections(file)


def test_many_builds_give_the_links_of_one(folder: Folder, tmp_path: Path) -> None:
    """Also where the report that told the change, or one of the bodies, is no more."""
    keep(folder, NEW, 2024)
    built(folder)
    keep(folder, OLD, 2022)
    built(folder)
    keep(folder, "平罗县丙丁局", 2022, text="2021年6月，原县甲乙局更名为县丙丁局。")
    keep(folder, "平罗县甲乙局", 2020)
    built(folder)
    before = folder.dump()
    with Folder(tmp_path / "other") as other:
        keep(other, "平罗县丙丁局", 2022, text="2021年6月，原县甲乙局更名为县丙丁局。")
        keep(other, "平罗县甲乙局", 2020)
        keep(other, OLD, 2022)
        keep(other, NEW, 2024)
        built(other)
        assert links(other) == links(folder)
        assert due_years(other, NEW) == due_years(folder, NEW)
    assert not built(folder).has_changes
    assert folder.dump() == before
