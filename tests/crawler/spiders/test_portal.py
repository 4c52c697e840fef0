"""Two nights over the four portals of the replica, through `crawl` as the commands call it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gongkai.crawler.runs.jobs import SiteProgress, crawl
from gongkai.crawler.sites.registry import load_sites
from gongkai.crawler.warc.parse import gzip_members, parse_record
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.content import reports
from gongkai.replica.portal import portals
from gongkai.replica.server import Replica
from tests.crawler.tiny import reason

FAST = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "GONGKAI_CONTACT": "mailto:someone@example.org",
    "GONGKAI_ROTATION_DAYS": "0",  # all is asked for in every night
}
SITES = {
    "www.pingluo.gov.cn": "pingluo",
    "www.wbq.gov.cn": "weibin",
    "www.nxyn.gov.cn": "yongning",
    "www.nxzw.gov.cn": "zhongwei",
}  # fmt: skip
PARTS = (".css", ".png")


@dataclass(frozen=True)
class Night:
    """One crawl of everything: how it went, what was asked, what it told on the way."""

    runs: list[Run]
    asked: list[tuple[str, str, int]]
    told: list[SiteProgress]
    bytes: int


@pytest.fixture(scope="module")
def nights(tmp_path_factory) -> Iterator[tuple[Path, list[Night]]]:
    """The first night, a second without changes, a third with one page changed and one gone."""
    folder = tmp_path_factory.mktemp("snapshots")
    with Replica() as replica:
        done = [night(replica, folder), night(replica, folder)]
        changed, gone = (
            report.url for key, report in reports().items() if key[:4] in ("ping", "weib")
        )
        replica.pages.edit(changed, "112", "113")
        replica.pages.remove(gone)
        done.append(night(replica, folder))
    return folder, done


def night(replica: Replica, folder: Path) -> Night:
    told: list[SiteProgress] = []
    replica.requests.clear()
    before = size(folder)
    runs = crawl(load_sites(), folder, proxy=replica.url, settings=FAST, progress=told.append)
    return Night(runs, list(replica.requests), told, size(folder) - before)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.warc.gz"))


def canonical(url: str) -> str:
    return url.replace("://wbq.", "://www.wbq.")


def test_every_report_is_found_with_its_attachments(nights):
    _, (first, *_) = nights
    asked = {canonical(url) for _, url, status in first.asked if status == 200}
    expected = {
        address
        for portal in portals()
        for key in reports()
        for address in portal.addresses_of(key)
        if not address.endswith("_wap.html")  # nothing links to the twin
    }
    assert len(expected) >= 9
    assert expected <= asked


def test_every_site_is_well_and_its_counts_add_up(nights):
    _, (first, *_) = nights
    assert [(run.site, run.outcome) for run in first.runs] == [
        (site.id, "ok") for site in load_sites()
    ]
    remarks = {run.site: reason(run) for run in first.runs if reason(run)}
    # columns of agencies that have published nothing yet
    assert remarks.keys() == {"yongning", "zhongwei"}
    assert remarks["yongning"].startswith("2 columns of agencies have no rows: ")
    assert remarks["zhongwei"].startswith("1 column of an agency has no rows: ")
    for run in first.runs:
        asked = [status for _, url, status in first.asked if site_of(url) == run.site]
        assert run.counts["requests"] == len(asked)
        assert run.counts["new"] + run.counts["parts"] == asked.count(200)
        parts = [
            url for _, url, _ in first.asked if site_of(url) == run.site and url.endswith(PARTS)
        ]
        assert run.counts["parts"] == len(parts)
        # a portal with two names may show some articles by the one and some by the other
        assert len(set(map(canonical, parts))) == (3 if run.site == "pingluo" else 2)
        assert run.counts.get("dead", 0) == asked.count(404)
        assert run.counts["reports"] == 2
        assert run.counts["errors"] == run.counts["blocked"] == run.counts["gone"] == 0


def site_of(url: str) -> str:
    return SITES[urlsplit(canonical(url)).netloc]


def test_nothing_is_asked_twice_or_that_may_not_be_asked(nights):
    _, (first, *_) = nights
    urls = [url for _, url, _ in first.asked]
    assert {method for method, _, _ in first.asked} == {"GET"}
    assert {urlsplit(url).hostname for url in urls} <= {*SITES, "wbq.gov.cn"}
    forbidden = ("/yulan/", "/search", "/admin/", "/was5/")
    assert not [url for url in urls if any(part in url for part in forbidden)]
    assert len(urls) == len(set(urls))
    for host in SITES:
        first_of_host = next(url for url in urls if site_of(url) == SITES[host])
        assert first_of_host == f"http://{host}/robots.txt"


def test_the_rest_of_the_portals_is_left_alone(nights):
    _, (first, *_) = nights
    assert not [url for _, url, _ in first.asked if "/xwzx/" in url or "/xwdt/" in url]


def test_everything_that_was_answered_is_kept(nights):
    folder, (first, second, third) = nights
    with Snapshots(folder) as snapshots:
        kept = [(snapshot.url, snapshot.status) for snapshot in snapshots.all()]
    answered = [(url, status) for _, url, status in first.asked + second.asked + third.asked]
    assert sorted(kept) == sorted(answered)


def test_redirects_say_where_they_led(nights):
    folder, _ = nights
    with Snapshots(folder) as snapshots:
        found = snapshots.latest("http://www.pingluo.gov.cn/xxgk/nb.html")
    assert found.final_url == "http://www.pingluo.gov.cn/xxgk/zfxxgknb/index.html"


def test_requests_are_kept_as_they_were_sent(nights):
    folder, _ = nights
    path = next(folder.glob("pingluo-*.warc.gz"))
    with path.open("rb") as file:
        contents = [content for _, _, content in gzip_members(file)]
    info = contents[0].decode()
    assert "operator: mailto:someone@example.org" in info
    assert "robots: obey" in info
    requests = [content.decode() for content in contents if parse_record(content).kind == "request"]
    for request in requests:
        head = request.partition("\r\n\r\n")[2]
        assert head.startswith("GET /")
        assert "\r\nHost: www.pingluo.gov.cn\r\n" in head
        assert "compatible; gongkai/" in head
        assert "+mailto:someone@example.org" in head
        assert "Accept-Encoding: gzip, deflate\r\n" in head


def test_the_files_verify_and_the_index_is_theirs(nights, dump, warcio_check):
    folder, _ = nights
    warcio_check(folder)
    before = dump(folder)
    with Snapshots(folder) as snapshots:
        snapshots.reindex()
    assert dump(folder) == before


def test_a_night_without_changes_downloads_next_to_nothing(nights):
    _, (first, second, _) = nights
    asked = [url for _, url, _ in first.asked if not url.endswith((".css", ".png"))]
    assert sorted(url for _, url, _ in second.asked) == sorted(asked)
    again = {status for _, _, status in second.asked}
    assert again == {304, 301, 404}
    for before, after in zip(first.runs, second.runs, strict=True):
        assert (after.outcome, after.counts["unchanged"]) == ("ok", before.counts["new"])
        assert after.counts["new"] == after.counts["changed"] == 0
        assert after.counts["reports"] == before.counts["reports"]
    assert second.bytes < first.bytes / 4


def test_changes_and_removals_are_counted(nights):
    _, (*_, third) = nights
    counts = {run.site: run.counts for run in third.runs}
    assert [counts[site]["changed"] for site in sorted(counts)] == [1, 0, 0, 0]
    assert [counts[site]["gone"] for site in sorted(counts)] == [0, 1, 0, 0]


def test_not_modified_reads_as_the_document_that_stands(nights):
    folder, _ = nights
    with Snapshots(folder) as snapshots:
        assert [each for each in snapshots.rows() if each.status == 304] == []
        found = [each for each in snapshots.all() if each.status == 304]
        assert len(found) > 50
        for snapshot in found:
            assert len(snapshots.body(snapshot)) == snapshot.bytes > 0


def test_progress_is_told(nights):
    _, (first, *_) = nights
    for run in first.runs:
        told = [report for report in first.told if report.site == run.site]
        assert [report.done for report in told] == [False] * (len(told) - 1) + [True]
        assert [report.pages for report in told] == sorted(report.pages for report in told)
        assert told[-1].pages == run.counts["requests"]
        assert max(report.queued for report in told) > 0


def test_the_runs_are_in_the_index(nights):
    """Portals are crawled side by side: within a night the order is the one they ended in."""
    folder, all_nights = nights
    expected = [run for done in all_nights for run in done.runs]
    with Snapshots(folder) as snapshots:
        assert sorted(snapshots.runs(), key=str) == sorted(expected, key=str)
