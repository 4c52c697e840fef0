"""Portals whose registry is not at hand: their facts are kept with the originals."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from gongkai.archive.pipeline.builder import BuildJob, BuildResult, build, rebuild
from gongkai.archive.terminal.night_summary import region_advice
from gongkai.catalogue import LANGUAGES, text
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.sites.site_facts import SITE_FACTS_FIELD, stored_facts
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.trust import IMPORTS
from tests.archive.folder import Folder, read_here, report_page

LINDU = Site("lindu", "平罗县人民政府", "640221", "http://www.lindu.gov.cn/")
HEYUAN = Site("heyuan", "永宁县人民政府", "640121", "http://www.heyuan.gov.cn/")


def fetch(
    folder: Folder, site: Site, at: str, path: str, body: bytes, *, with_facts: bool = True
) -> None:
    """Keep an answer of a portal as a crawl does; one of an earlier version kept no facts."""
    about = {SITE_FACTS_FIELD: stored_facts(site)} if with_facts else {}
    writer = folder.snapshots.writer(site.id, uuid4().hex, about)
    writer.write_exchange(
        Exchange(
            url=site.url + path,
            fetched_at=at,
            status=200,
            request_head=http_head(f"GET /{path} HTTP/1.1", [("Host", site.host)]),
            response_head=http_head(
                status_line("HTTP/1.1", 200), [("Content-Type", "text/html; charset=utf-8")]
            ),
            body=body,
        )
    )
    writer.close()


def job(folder: Folder, registry: Sequence[Site] = ()) -> BuildJob:
    """Return a build with a registry at hand."""
    return BuildJob(folder.snapshots, registry, read=read_here)


def run_build(folder: Folder, *registry: Site) -> BuildResult:
    """Bring the archive up to date."""
    return build(folder.db, job(folder, registry))


def agencies(folder: Folder) -> list[tuple[str, str, str]]:
    """Return agency, region and report of all reports."""
    return folder.rows(
        "SELECT a.name, coalesce(a.region_code, ''), r.id FROM reports r"
        " JOIN agencies a ON a.id = r.agency_id ORDER BY 2, 1, 3"
    )


@pytest.mark.parametrize("again", [False, True])
def test_a_build_without_the_registry_gives_what_one_with_it_gives(
    tmp_path: Path, again: bool
) -> None:
    with Folder(tmp_path) as folder:
        fetch(folder, LINDU, "2025-02-01T02:00:00Z", "a.html", report_page("财政局"))
        fetch(folder, HEYUAN, "2025-02-02T02:00:00Z", "a.html", report_page("财政局"))
        run_build(folder, LINDU, HEYUAN)
        before = folder.dump()
        folder.db.unlink()
        if again:
            folder.snapshots.reindex()
        built = run_build(folder)
        assert folder.dump() == before
    assert built.regionless == ()
    assert [(name, region) for name, region, _ in agencies(folder)] == [
        ("永宁县财政局", "640121"),
        ("平罗县财政局", "640221"),
    ]


def test_the_registry_at_hand_corrects_what_was_kept(tmp_path: Path) -> None:
    right = replace(LINDU, region_code="640122")
    with Folder(tmp_path) as folder:
        fetch(folder, LINDU, "2025-02-01T02:00:00Z", "a.html", report_page("财政局"))
        run_build(folder, right)
        assert [name for name, _, _ in agencies(folder)] == ["贺兰县财政局"]


def test_the_facts_of_the_last_run_count(tmp_path: Path) -> None:
    """By the number of the file, not by its date: the first clock was a year ahead."""
    wrong = replace(LINDU, region_code="640122")
    with Folder(tmp_path) as folder:
        fetch(folder, wrong, "2026-02-01T02:00:00Z", "a.html", report_page("财政局"))
        fetch(folder, LINDU, "2025-02-01T02:00:00Z", "b.html", report_page("教育局"))
        assert folder.snapshots.sites() == [LINDU]
        folder.snapshots.reindex()
        assert folder.snapshots.sites() == [LINDU]
        run_build(folder)
        assert {region for _, region, _ in agencies(folder)} == {"640221"}


def test_bare_names_of_unknown_places_are_never_joined(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        for site in (LINDU, HEYUAN):
            body = report_page("财政局")
            fetch(folder, site, "2025-02-01T02:00:00Z", "a.html", body, with_facts=False)
            body = report_page("财政局", template="copy")
            fetch(folder, site, "2025-02-02T02:00:00Z", "b.html", body, with_facts=False)
        built = run_build(folder)
        assert built.regionless == ("heyuan", "lindu")
        assert run_build(folder).regionless == ("heyuan", "lindu")
        ids = [report for _, _, report in agencies(folder)]
        assert [each.rpartition("-")[0].rpartition("-")[0] for each in ids] == [
            "000000-heyuan-caizhengju",
            "000000-lindu-caizhengju",
        ]
        assert len(folder.rows("SELECT * FROM copies")) == 2
        before = folder.dump()
        rebuild(folder.db, job(folder))
        assert folder.dump() == before


def test_a_full_name_is_the_same_agency_wherever_it_was_met(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        for site in (LINDU, HEYUAN):
            body = report_page("平罗县财政局")
            fetch(folder, site, "2025-02-01T02:00:00Z", "a.html", body, with_facts=False)
        run_build(folder)
        assert [region for _, region, _ in agencies(folder)] == ["640221"]


def test_a_run_that_fetched_nothing_leaves_no_facts(tmp_path: Path) -> None:
    """Its file is removed: an index that is made again could not have them."""
    with Folder(tmp_path) as folder:
        fetch(folder, LINDU, "2025-02-01T02:00:00Z", "a.html", report_page("财政局"))
        about = {SITE_FACTS_FIELD: stored_facts(replace(LINDU, region_code="640122"))}
        writer = folder.snapshots.writer("lindu", "f" * 32, about)
        writer.discard()
        assert folder.snapshots.sites() == [LINDU]


@pytest.mark.parametrize(
    "stated",
    [
        "{",
        "[]",
        "{}",
        '{"name": 1, "region_code": "640221", "url": "http://www.lindu.gov.cn/"}',
        '{"name": "a", "region_code": "64", "url": "http://www.lindu.gov.cn/"}',
        '{"name": "a", "region_code": "640221", "url": "http://lindu.example/"}',
        '{"name": "a", "region_code": "640221", "url": "http://[/"}',
        '{"name": "a", "region_code": "640221", "url": "http://a.gov.cn/", "hosts": 1}',
        "[" * 9000,
        '{"name": "' + "a" * 20000 + '", "region_code": "640221", "url": "http://a.gov.cn/"}',
    ],
)
def test_facts_that_no_registry_may_state_are_left_out(tmp_path: Path, stated: str) -> None:
    with Folder(tmp_path) as folder:
        writer = folder.snapshots.writer("lindu", "", {SITE_FACTS_FIELD: stated})
        writer.close()
        folder.snapshots.reindex()
        assert folder.snapshots.sites() == []


@pytest.mark.parametrize("n", [1, 30])
def test_the_summary_says_what_to_do(n: int) -> None:
    advice = region_advice(BuildResult(regionless=tuple(f"site{i}" for i in range(n))))
    assert advice is not None
    for language in LANGUAGES:
        said = text(language, advice)
        assert str(n) in said
        assert "site0" in said
        assert "--sites" in said
        assert "site25" not in said
    assert region_advice(BuildResult()) is None


def test_what_others_fetched_tells_no_facts(tmp_path: Path) -> None:
    """Not even a file that claims to be ours."""
    with Folder(tmp_path / "own") as own, Folder(tmp_path / "other") as other:
        fetch(own, LINDU, "2025-02-01T02:00:00Z", "a.html", report_page("财政局"))
        wrong = replace(LINDU, region_code="640122")
        for day in (2, 3, 4):
            fetch(other, wrong, f"2025-02-0{day}T02:00:00Z", "a.html", report_page("财政局"))
        imports = own.snapshots.folder / IMPORTS
        imports.mkdir()
        for name in other.snapshots.files():
            shutil.copy(other.snapshots.folder / name, imports)
        own.snapshots.reindex()
        assert own.snapshots.sites() == [LINDU]
