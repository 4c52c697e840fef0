"""Files that others wrote, placed among ours: named, not believed, and no command stops at them."""

from __future__ import annotations

import gzip
import json
import resource
from pathlib import Path

import pytest

from gongkai.catalogue import text
from gongkai.crawler.warc.cdxj import write_missing
from gongkai.crawler.warc.compose import RUN_TYPE, compose_run
from gongkai.crawler.warc.parse import MAX_MEMBER_BYTES, gzip_members
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.trust import is_own_file, other_files
from gongkai.crawler.warc.verify import verify_snapshots

OWN = "own-20260120T020000000Z-1.warc.gz"
PAGE = b"<html>page</html>"


def warc_record(kind: str, url: str, block: bytes, content_type: str, **fields: str) -> bytes:
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Record-ID: <urn:uuid:11111111-2222-3333-4444-555555555555>",
        "WARC-Date: 2026-01-20T02:00:00Z",
        f"WARC-Target-URI: {url}",
        f"Content-Type: {content_type}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()),
        f"Content-Length: {len(block)}",
    ]
    return gzip.compress("\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n")


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
RESPONSE = warc_record(
    "response", "http://www.pingluo.gov.cn/", ANSWER, "application/http; msgtype=response"
)
RUN_OF_ANOTHER = warc_record("metadata", "urn:x", json.dumps({"zz": 1}).encode(), RUN_TYPE)


def warcinfo(site: str) -> bytes:
    block = f"software: x\r\nisPartOf: {site}\r\n".encode()
    return warc_record("warcinfo", "", block, "application/warc-fields", WARC_Filename=OWN)


PLANTED = {
    "planted.warc.gz": RUN_OF_ANOTHER + RESPONSE,
    "pingluo-20260120T020000000Z-1.warc.gz": warcinfo("pingluo") + RESPONSE,
    "stray.warc.gz": RESPONSE,
    "bare-20260120T020000000Z-1.warc.gz": RESPONSE,
    "plain.warc": gzip.decompress(RESPONSE),
    "site.wacz": b"PK",
}


@pytest.fixture
def folder(tmp_path: Path, exchange) -> Path:
    with Snapshots(tmp_path) as snapshots:
        writer = snapshots.writer("own")
        writer.write_exchange(exchange(body=PAGE))
        writer.close()
    for name, content in PLANTED.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_planted_file_is_named_and_changes_nothing(folder: Path, dump) -> None:
    with Snapshots(folder) as snapshots:
        assert [kept.site for kept in snapshots.all()] == ["own"]
        assert snapshots.runs() == []
        checked = verify_snapshots(snapshots)
        snapshots.reindex()
        assert [kept.site for kept in snapshots.all()] == ["own"]
    assert other_files(folder) == sorted(PLANTED)
    named = [text("en", why).partition(":")[0] for why in checked.wrong]
    assert named == sorted(PLANTED)
    assert checked.copies == 1
    assert [path.name.partition("-")[0] for path in write_missing(folder)] == ["own"]


def test_a_copy_of_our_file_under_another_name_is_ours(folder: Path) -> None:
    (own,) = (path for path in folder.glob("own-*") if is_own_file(path))
    copied = own.with_name("kept.warc.gz")
    copied.write_bytes(own.read_bytes())
    assert is_own_file(copied)


@pytest.mark.parametrize(
    "content",
    [{"zz": 1}, [], {"id": 1, "site": "a", "started": "", "finished": "", "outcome": "ok"}],
)
def test_a_malformed_run_in_our_own_file_stops_nothing(folder: Path, content: object) -> None:
    (own,) = (path for path in folder.glob("own-*") if is_own_file(path))
    block = json.dumps(content).encode()
    with own.open("ab") as file:
        file.write(warc_record("metadata", "urn:x", block, RUN_TYPE))
    with Snapshots(folder) as snapshots:
        snapshots.reindex()
        assert snapshots.runs() == []
        assert len([*snapshots.all()]) == 1


def test_a_run_of_a_later_version_is_read_as_far_as_it_is_known(folder: Path) -> None:
    run = {"id": "a" * 32, "site": "own", "started": "1", "finished": "2", "outcome": "ok"}
    (own,) = (path for path in folder.glob("own-*") if is_own_file(path))
    with own.open("ab") as file:
        file.write(compose_run("a" * 32, "2026-01-20T02:00:00Z", run | {"weather": "fine"}))
    with Snapshots(folder) as snapshots:
        snapshots.reindex()
        assert [found.outcome for found in snapshots.runs()] == ["ok"]


def test_a_member_that_unpacks_to_gigabytes_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "own-20260120T020000000Z-2.warc.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(MAX_MEMBER_BYTES // (16 << 20) * 2):
            file.write(bytes(16 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("rb") as source:
        assert [*gzip_members(source)] == []
    assert is_own_file(path)  # by its name: what is behind the damage may be ours
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < MAX_MEMBER_BYTES * 2 // 1024
