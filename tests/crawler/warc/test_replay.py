"""WARC files read by other programs: pywb replays them with our CDXJ index, warcio checks them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.sites.registry import load_sites
from gongkai.crawler.warc.cdxj import cdxj_lines, surt, write_missing
from gongkai.crawler.warc.parse import gzip_members, parse_record
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.content import reports
from gongkai.replica.server import Replica
from tests.crawler.replaying import replay
from tests.crawler.tiny import FAST, crawl_one

REPORT = next(report.url for key, report in reports().items() if key.startswith("ping"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Two nights of a portal, the second without changes, with their index."""
    folder = tmp_path_factory.mktemp("snapshots")
    with Replica() as replica:
        job = Job({site.id: site for site in load_sites()}["pingluo"], folder, replica.url, FAST)
        crawl_one(job)
        time.sleep(1)  # replay tells two copies apart by the second
        crawl_one(job)
    assert len(write_missing(folder)) == 2
    assert write_missing(folder) == []
    return folder


@pytest.fixture(scope="module")
def replayed(folder, tmp_path_factory) -> Iterator[Callable[[str, str], bytes]]:
    """Asks pywb for an address at a time."""
    work = tmp_path_factory.mktemp("pywb")
    with replay(folder, folder / "cdxj", work) as asked:
        yield asked


def test_every_document_of_both_nights_is_replayed(folder, replayed):
    seen = set()
    with Snapshots(folder) as snapshots:
        for snapshot in snapshots.all():
            if snapshot.status in (200, 304):
                stamp = re.sub(r"\D", "", snapshot.fetched_at)
                assert replayed(snapshot.url, stamp) == snapshots.body(snapshot), snapshot.url
                seen.add((snapshot.url, snapshot.status))
    assert {(REPORT, 200), (REPORT, 304)} <= seen


def test_the_index_names_every_copy_and_its_place(folder):
    found = 0
    for warc in sorted(folder.glob("*.warc.gz")):
        text = (folder / "cdxj" / warc.name.replace(".warc.gz", ".cdxj")).read_text("utf-8")
        assert text == "".join(sorted(cdxj_lines(warc)))
        with warc.open("rb") as file:
            records = {
                start: (end, parse_record(content)) for start, end, content in gzip_members(file)
            }
        for line in text.splitlines():
            key, stamp, rest = line.split(" ", 2)
            fields = json.loads(rest)
            end, record = records[int(fields["offset"])]
            assert (key, fields["url"]) == (surt(record.url), record.url)
            assert int(fields["length"]) == end - int(fields["offset"])
            assert stamp == re.sub(r"\D", "", record.date)
            assert (fields["mime"] == "warc/revisit") == (record.kind == "revisit")
            found += 1
    with Snapshots(folder) as snapshots:
        assert found == sum(snapshot.status != 304 for snapshot in snapshots.all())


def test_the_files_verify(folder, warcio_check):
    warcio_check(folder)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.pingluo.gov.cn/", "cn,gov,pingluo)/"),
        ("HTTPS://Pingluo.gov.cn:443/Xxgk/", "cn,gov,pingluo)/xxgk"),
        ("http://x.gov.cn:8080/a.jsp;jsessionid=0AF?b=2&a=1", "cn,gov,x:8080)/a.jsp?a=1&b=2"),
        ("urn:uuid:1", "urn:uuid:1"),
    ],
)
def test_addresses_as_replay_tools_sort_them(url, expected):
    assert surt(url) == expected
