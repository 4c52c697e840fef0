"""Answers are unpacked within bounds: a bomb costs the memory of one page."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
import zlib
from functools import partial
from pathlib import Path

import brotli
import pytest

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.content_coding import decode_content, decode_within, measure_content, zstd
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer
from tests.crawler.tiny import (
    FAST,
    HOST,
    HTML,
    PAGES,
    REPORT,
    REPORT_PATH,
    SITE,
    TITLE,
    answers,
    crawl_one,
    reason,
    served,
)


def gzipped(body: bytes) -> bytes:
    """Return a body packed without the time of day, which would be in the names of tests."""
    return gzip.compress(body, mtime=0)


MIB = 1 << 20
PAGE = b"<html><body>" + b"<p>a" * 14_500_000
GZIP = [("Content-Encoding", "gzip")]
CODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "x-gzip": gzip.compress,
    "gzip, gzip": lambda data: gzipped(gzipped(data)),
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": zstd.compress,
    "deflate, br": lambda data: brotli.compress(zlib.compress(data), quality=5),
    "identity, gzip": gzip.compress,
}


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("body", [b"", b"text", b"<p>a" * 300_000])
def test_a_measure_is_that_of_the_document(coding: str, body: bytes) -> None:
    headers, packed = [("Content-Encoding", coding)], CODINGS[coding](body)
    assert decode_content(headers, packed) == body
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    assert measure_content(headers, packed) == (len(body), digest)


@pytest.mark.parametrize(
    ("coding", "payload"),
    [
        ("gzip", b"not packed"),
        ("deflate", bare(b"text" * 1_000)),
        ("gzip", gzipped(b"text" * 100_000)[:200]),
        ("br", b"text"),
        ("gzip", gzipped(bytes(65 * MIB))),
    ],
)
def test_odd_payloads_have_the_measure_of_what_is_read_from_them(
    coding: str, payload: bytes
) -> None:
    headers = [("Content-Encoding", coding)]
    body = decode_content(headers, payload)
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    assert measure_content(headers, payload) == (len(body), digest)


@pytest.mark.parametrize("coding", CODINGS)
def test_unpacking_takes_the_memory_of_a_page(coding: str) -> None:
    headers, packed = [("Content-Encoding", coding)], CODINGS[coding](PAGE)
    assert len(packed) < 100_000
    tracemalloc.start()
    body, is_cut = decode_within(headers, packed, 4 * MIB, lambda beginning: True)
    measured = measure_content(headers, packed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(body), is_cut, measured[0]) == (4 * MIB, True, len(PAGE))
    assert peak < 20 * MIB


@pytest.mark.parametrize(
    ("stated", "payload"),
    [
        ("gzip", zlib.compress(b"<p>text")),  # a wrong header
        ("deflate", gzipped(b"<p>text")),
        ("br", zstd.compress(b"<p>text")),
        ("br", gzipped(b"<p>text")),
        ("deflate", bare(b"<p>text")),
        ("", gzipped(b"<p>text")),  # a lost header
        ("", zstd.compress(b"<p>text")),
        ("utf-8", gzipped(b"<p>text")),
        ("gzip", gzipped(b"<p>te") + gzipped(b"xt")),  # in two members
        ("gzip", gzipped(b"<p>text") + b"\0\0"),
        ("gzip", b"<p>text"),  # not packed at all
        ("none", b"<p>text"),
    ],
)
def test_a_page_is_unpacked_whatever_its_header_says(stated: str, payload: bytes) -> None:
    headers = [("Content-Type", "text/html; charset=gbk"), ("Content-Encoding", stated)]
    assert decode_content(headers, payload) == b"<p>text"


def test_a_file_that_is_itself_packed_stays_so() -> None:
    packed = gzipped(b"<p>text")
    assert decode_content([("Content-Type", "application/gzip")], packed) == packed


@pytest.mark.parametrize("stated", ["br", "zstd", "deflate, br", ""])
def test_a_report_counts_in_the_crawl_and_is_read_by_the_build(stated: str, tmp_path: Path) -> None:
    """A coding that nobody asked for, and one whose header was lost."""
    report = REPORT.format(title=TITLE).encode()
    pack = CODINGS.get(stated, gzipped)
    packed = Answer(200, HTML | ({"Content-Encoding": stated} if stated else {}), pack(report))
    with served(partial(answers, {**PAGES, REPORT_PATH: packed})) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        run = crawl_one(Job(SITE, tmp_path, proxy, FAST))
    assert (run.outcome, run.counts["reports"]) == ("ok", 1)
    with Snapshots(tmp_path) as kept:
        snapshot = kept.latest(HOST + REPORT_PATH)
        assert snapshot is not None
        assert kept.body(snapshot) == report


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (HTML, gzipped(PAGES["/nb/"].encode())),
        ({"Content-Type": "application/octet-stream"}, bytes(range(255, -1, -1)) * 30),
        ({"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n" + bytes(200)),
        (HTML, b""),
        (HTML, b"ok"),
        ({"Content-Type": "text/plain"}, b"busy"),
        (HTML, bytes(range(1, 256)).replace(b"<", b"") * 30),
    ],
)
def test_a_list_that_is_no_page_is_an_error_and_no_report(
    headers: dict[str, str], body: bytes, tmp_path: Path
) -> None:
    with served(partial(answers, {**PAGES, "/nb/": Answer(200, headers, body)})) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        run = crawl_one(Job(SITE, tmp_path, proxy, FAST))
    assert (run.outcome, run.counts["reports"], run.counts["errors"]) == ("failed", 0, 1)
    assert reason(run) == "No report was found; 1 page could not be fetched or read"


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        (b"\0\1\2" * 900, "errors"),
        (b"OK", "errors"),
        (b"Rar!\x1a\x07\x01\0" + bytes(90), "document"),
    ],
)
def test_a_file_that_nobody_reads_is_no_report(body: bytes, counts: str, tmp_path: Path) -> None:
    answer = Answer(200, {"Content-Type": "application/octet-stream"}, body)
    with served(partial(answers, {**PAGES, REPORT_PATH: answer})) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        run = crawl_one(Job(SITE, tmp_path, proxy, FAST))
    assert (run.outcome, run.counts["reports"], run.counts[counts]) == ("failed", 0, 1)


def test_a_document_may_unpack_to_more_than_a_page() -> None:
    assert decode_within(GZIP, gzipped(PAGE), 4 * MIB, lambda beginning: False) == (
        PAGE,
        False,
    )


def test_what_unpacks_without_an_end_is_cut_in_any_case() -> None:
    packed = gzipped(bytes(65 * MIB))
    body, is_cut = decode_within(GZIP, packed, 4 * MIB, lambda beginning: False)
    assert (len(body), is_cut) == (4 * MIB, True)


@pytest.mark.parametrize("coding", ["gzip", ""])
def test_a_bomb_is_kept_as_it_was_sent_and_named(coding: str, tmp_path: Path) -> None:
    long = b"<html>" + b"<p>a" * 1_500_000
    body = gzipped(long) if coding else long
    bomb = Answer(200, {**HTML, **({"Content-Encoding": coding} if coding else {})}, body)
    home = PAGES["/"] + '<a href="/bomb/">政府信息公开目录</a>'
    with served(partial(answers, {**PAGES, "/": home, "/bomb/": bomb})) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        run = crawl_one(Job(SITE, tmp_path, proxy, FAST))
    assert (run.counts["reports"], run.counts["hostile"]) == (1, 1)
    assert reason(run) == "1 hostile page: 1 exceeded the size of a page"
    with Snapshots(tmp_path) as kept:
        snapshot = kept.latest(f"{HOST}/bomb/")
        assert snapshot is not None
        assert snapshot.bytes == len(long)
        assert kept.payload_record(snapshot).payload == body
        assert kept.body(snapshot) == long


def test_a_robots_txt_without_an_end_is_read_to_its_bound(tmp_path: Path) -> None:
    rules = "User-agent: *\nDisallow: /nb/\n" + "Disallow: /x*y*z\n" * 400_000
    robots = Answer(200, {"Content-Type": "text/plain"}, rules.encode())
    with served(partial(answers, {**PAGES, "/robots.txt": robots})) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        run = crawl_one(Job(SITE, tmp_path, proxy, FAST))
    assert run.counts["robots"] == 1
