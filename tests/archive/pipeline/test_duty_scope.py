"""Duties and links of the divisions that were touched: what computing all of them would give."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.archive.lineage.duty_scope import EVERYTHING, DutyScope, scope_of
from gongkai.archive.pipeline import duties
from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.store.database import writer
from gongkai.crawler.sites.registry import Site
from tests.archive.folder import Folder, dump, read_here, report_page
from tests.archive.pipeline.test_duties import CITY, COUNTY, name_units

OTHER = Site("hangzhou", "杭州市人民政府", "330100", "http://www.hangzhou.gov.cn/")
PORTALS = (COUNTY, CITY, OTHER)
DEPARTMENT = Site("szsgt", "平罗县水利局", "640221", "http://slj.pingluo.gov.cn/", parent="pingluo")
MOVED = replace(OTHER, region_code="330105")
TODAY = "2026-04-03"

AGENCIES = (
    *("平罗县教育局", "平罗县教育体育局", "平罗县城关镇人民政府", "平罗县大数据局", "平罗县数据局"),
    *("惠农区教育局", "惠农区城关镇人民政府", "石嘴山市教育局"),
    *("杭州市下城区教育局", "杭州市拱墅区教育局", "杭州市江干区城管局"),
)
TOLD = ("", "原平罗县教育局更名为惠农区教育局。", "平罗县教育局更名为平罗县教育体育局。")
UNITS = ("教体局", "县教育局", "城关镇", "惠农区城关镇", "市教育局", "拱墅区教育局")

STEPS = st.one_of(
    st.tuples(
        st.just("report"),
        st.sampled_from(AGENCIES),
        st.sampled_from((2020, 2021, 2024)),
        st.sampled_from(TOLD),
    ),
    st.tuples(
        st.just("tree"), st.sampled_from(PORTALS), st.sampled_from(UNITS), st.sampled_from(UNITS)
    ),
    st.tuples(st.just("gone"), st.sampled_from(AGENCIES), st.sampled_from((2020, 2021, 2024))),
)
ENTERED = st.sets(st.sampled_from((*PORTALS, DEPARTMENT, MOVED)), min_size=2)
"""Portals that the registry has in a night."""


def keep(folder: Folder, step: tuple[object, ...], number: int) -> None:
    """Keep what a night brought."""
    kind, *what = step
    at = f"2026-01-{number // 60 + 1:02}T02:{number % 60:02}:00Z"
    if kind == "tree":
        portal, *names = what
        assert isinstance(portal, Site)
        name_units(folder, at, *map(str, names), site=portal.id)
        return
    agency, year, *told = what
    address = f"/{agency}/{year}.html"
    if kind == "gone":  # another page than a report, at the address of one
        folder.fetch(at, address, report_page("平罗县审计局", 2023, template=str(number)))
        return
    body = report_page(str(agency), int(str(year)), template=str(number))
    text = f"一、总体情况</p><p>{told[0]}</p>".encode()
    folder.fetch(at, address, body.replace("一、总体情况</p>".encode(), text))


def all_anew(db: Path, portals: Sequence[Site]) -> Path:
    """Return a copy of an archive in which the duties of all were computed."""
    copy = db.with_name("copy.db")
    shutil.copy(db, copy)
    with writer(copy) as conn:
        duties.write_duties(conn, portals, TODAY)
    return copy


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    nights=st.lists(
        st.tuples(st.lists(STEPS, max_size=3), st.just(set(PORTALS)) | ENTERED),
        min_size=2,
        max_size=4,
    )
)
def test_what_was_touched_is_computed_as_all_would_be(
    tmp_path_factory: pytest.TempPathFactory,
    nights: list[tuple[list[tuple[object, ...]], set[Site]]],
) -> None:
    with Folder(Path(tmp_path_factory.mktemp("nights"))) as folder:
        number = 0
        for night, entered in nights:
            for step in night:
                number += 1
                keep(folder, step, number)
            portals = list({site.id: site for site in sorted(entered, key=repr)}.values())
            build(folder.db, BuildJob(folder.snapshots, portals, read=read_here, today=TODAY))
            found, wanted = dump(folder.db), dump(all_anew(folder.db, portals))
            for table in ("duties", "agencies", "agency_links", "forwards"):
                assert found[table] == wanted[table]


def test_a_night_reads_the_agencies_of_the_divisions_that_it_touched(folder: Folder) -> None:
    """Not those of 杭州, whatever a county of 宁夏 reports."""
    for number, agency in enumerate(AGENCIES):
        keep(folder, ("report", agency, 2021, ""), number)
    build(folder.db, BuildJob(folder.snapshots, PORTALS, read=read_here, today=TODAY))
    with closing(sqlite3.connect(folder.db)) as conn:
        one = scope_of(conn, ["640221-jiaoyuju-1234"], [], lambda _: ())
        former = scope_of(conn, ["330103-jiaoyuju-1234"], [], lambda _: ())
        assert one.codes == frozenset(["640221"])
        assert "330105" in (former.codes or ())  # 下城区 went into 拱墅区
        held = one.agencies(conn)
    assert held
    assert {key[:6] for key in held} == {"640221"}


def test_a_portal_that_comes_concerns_its_division_and_those_below(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, agency in enumerate(AGENCIES):
        keep(folder, ("report", agency, 2021, ""), number)
    build(folder.db, BuildJob(folder.snapshots, (CITY,), read=read_here, today=TODAY))
    scopes: list[DutyScope] = []

    def note(*asked: object) -> object:
        scopes.append(asked[-1] if isinstance(asked[-1], DutyScope) else EVERYTHING)
        return write(*asked)

    write: Callable[..., object] = duties.write_duties
    monkeypatch.setattr(duties, "write_duties", note)
    build(folder.db, BuildJob(folder.snapshots, PORTALS, read=read_here, today=TODAY))
    (scope,) = scopes
    assert {"640221", "330100", "330105"} <= (scope.codes or set())
    assert "640205" not in (scope.codes or {"640205"})  # 惠农区 has no new portal
    owing = "SELECT DISTINCT site FROM duties WHERE why = 'law' AND site IS NOT NULL ORDER BY 1"
    assert [site for (site,) in folder.rows(owing)] == sorted(site.id for site in PORTALS)


def test_agencies_of_no_known_division_are_taken_one_by_one(folder: Folder) -> None:
    folder.build()
    with closing(sqlite3.connect(folder.db)) as conn:
        scope = scope_of(conn, ["000000-lindu-caizhengju-3b1c09aa"], [], lambda _: ())
        assert scope == DutyScope(frozenset(), frozenset(["000000-lindu-caizhengju-3b1c09aa"]))
        assert not scope.holds("000000-lindu-jiaoyuju-12345678")
        assert EVERYTHING.agencies(conn) is None


def test_a_portal_above_that_names_towns_joins_the_divisions_below_it(folder: Folder) -> None:
    """城关镇 of a city's tree is that of the one county that reports, and nobody's where two do."""
    keep(folder, ("report", "平罗县城关镇人民政府", 2021, ""), 1)
    name_units(folder, "2026-01-01T03:00:00Z", "城关镇", site=CITY.id)
    job = BuildJob(folder.snapshots, PORTALS, read=read_here, today=TODAY)
    build(folder.db, job)
    listed = (
        "SELECT a.name FROM duties d JOIN agencies a ON a.id = d.agency_id WHERE d.why = 'tree'"
    )
    assert folder.rows(listed) == [("平罗县城关镇人民政府",)]
    keep(folder, ("report", "惠农区城关镇人民政府", 2021, ""), 2)
    build(folder.db, job)
    assert folder.rows(listed) == []
