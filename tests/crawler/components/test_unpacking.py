"""Answers are unpacked within bounds: a bomb costs the memory of one page."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
import zlib
from functools import partial
from pathlib import Path

import pytest

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.content_coding import decode_content, decode_within, measure_content
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer
from tests.crawler.tiny import FAST, HOST, HTML, PAGES, SITE, answers, crawl_one, reason, served

MIB = 1 << 20
PAGE = b"<html><body>" + b"<p>a" * 14_500_000
GZIP = [("Content-Encoding", "gzip")]
CODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "x-gzip": gzip.compress,
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data)),
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
        ("gzip", gzip.compress(b"text" * 100_000)[:200]),
        ("br", b"text"),
        ("gzip", gzip.compress(bytes(65 * MIB))),
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


def test_a_document_may_unpack_to_more_than_a_page() -> None:
    assert decode_within(GZIP, gzip.compress(PAGE), 4 * MIB, lambda beginning: False) == (
        PAGE,
        False,
    )


def test_what_unpacks_without_an_end_is_cut_in_any_case() -> None:
    packed = gzip.compress(bytes(65 * MIB))
    body, is_cut = decode_within(GZIP, packed, 4 * MIB, lambda beginning: False)
    assert (len(body), is_cut) == (4 * MIB, True)


@pytest.mark.parametrize("coding", ["gzip", ""])
def test_a_bomb_is_kept_as_it_was_sent_and_named(coding: str, tmp_path: Path) -> None:
    long = b"<html>" + b"<p>a" * 1_500_000
    body = gzip.compress(long) if coding else long
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
