"""WARC files of other programs: what each of them does differently, and what is taken of it."""

from __future__ import annotations

import gzip
import hashlib
import json

import brotli
import pytest

from gongkai.catalogue import text
from gongkai.crawler.imports import packed_stream
from gongkai.crawler.imports.packed_stream import zstd
from gongkai.crawler.warc.cdxj import write_missing
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.verify import verify_snapshots
from tests.crawler.imports.conftest import Importer
from tests.crawler.imports.foreign_files import (
    HOST,
    HTML,
    answer,
    chunked,
    listing,
    packed,
    page,
    record,
    report,
    sha1,
)

FRAMED = "Transfer-Encoding: chunked"
DAY = "2020-03-01T02:03:04Z"


def digest(data: bytes) -> str:
    return f"WARC-Payload-Digest: {sha1(data)}"


@pytest.mark.parametrize("compression", ["members", "one member", "none"])
def test_any_compression_is_read(take: Importer, compression) -> None:
    taken = take(a__warc=packed([page("/nb/1.html", report(2019))], compression))
    assert taken.seen == [("/nb/1.html", DAY)]
    assert taken.bodies == [report(2019)]


def test_zstandard_is_read(take: Importer) -> None:
    frames = [zstd.compress(page(f"/nb/{year}.html", report(year))) for year in (2019, 2020)]
    taken = take(a__warc__zst=b"".join(frames))
    assert taken.bodies == [report(2019), report(2020)]


def test_zstandard_with_a_dictionary_is_read(take: Importer) -> None:
    samples = [page(f"/nb/{n}.html", report(2000 + n)) * 3 for n in range(60)]
    dictionary = zstd.train_dict(samples, 4096)
    frame = zstd.compress(page("/nb/1.html", report(2019)), zstd_dict=dictionary)
    content = dictionary.dict_content
    head = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little")
    assert take(a__warc__zst=head + content + frame).bodies == [report(2019)]


@pytest.mark.parametrize("of", ["framed", "joined"])
def test_framing_is_undone_whatever_the_digest_was_taken_of(take: Importer, of: str) -> None:
    framed = chunked(report(2019))
    stated = framed if of == "framed" else report(2019)
    block = answer(framed, HTML, FRAMED)
    taken = take(a__warc__gz=packed([record("response", "/nb/1.html", block, digest(stated))]))
    assert taken.bodies == [report(2019)]


def test_the_size_of_a_chunk_is_no_number_of_a_report(take: Importer) -> None:
    """A chunk of 0x1000 bytes begins where a cell is blank."""
    body = report(2019, received="<b></b>")
    place = body.index(b"<b>") + 3
    framed = b"%x\r\n%s\r\n%s" % (place, body[:place], chunked(body[place:], 0x1000))
    block = answer(framed, HTML, FRAMED)
    taken = take(a__warc__gz=packed([record("response", "/nb/1.html", block, digest(framed))]))
    assert taken.bodies == [body]


def test_a_body_that_is_joined_already_stays_as_it_is(take: Importer) -> None:
    block = answer(report(2019), HTML, FRAMED)
    taken = take(a__warc__gz=packed([record("response", "/nb/1.html", block)]))
    assert taken.bodies == [report(2019)]


def test_torn_framing_counts_as_cut(take: Importer) -> None:
    framed = chunked(report(2019))[:-40]
    block = answer(framed, HTML, FRAMED)
    taken = take(a__warc__gz=packed([record("response", "/nb/1.html", block)]))
    (kept,) = taken.kept
    assert report(2019).startswith(taken.bodies[0])
    with Snapshots(taken.folder) as snapshots:
        assert [*snapshots.remarks()] == [(kept.id, kept.url, "cut")]


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)]
)
def test_codings_are_undone_inside_the_framing(take: Importer, coding: str, pack) -> None:
    block = answer(chunked(pack(report(2019))), HTML, FRAMED, f"Content-Encoding: {coding}")
    taken = take(a__warc__gz=packed([record("response", "/nb/1.html", block)]))
    assert taken.bodies == [report(2019)]


@pytest.mark.parametrize(
    "header",
    ["X-Crawler-Content-Encoding", "x-orig-content-encoding", "Content-Encoding"],
)
def test_a_decoded_body_stays_as_it_is(take: Importer, header: str) -> None:
    block = answer(report(2019), HTML, f"{header}: br", FRAMED)
    taken = take(a__warc__gz=packed([record("response", "/nb/1.html", block)]))
    assert taken.bodies == [report(2019)]


@pytest.mark.parametrize(
    "stated",
    [
        "sha256:" + hashlib.sha256(report(2019)).hexdigest(),
        "SHA-1:" + sha1(report(2019)).removeprefix("sha1:").lower(),
        sha1(report(2019)).removeprefix("sha1:"),
        "md5:" + hashlib.md5(report(2019)).hexdigest(),
        "sha384:" + hashlib.sha384(report(2019)).hexdigest(),
        "blake3:00",
    ],
)
def test_digests_of_any_kind_are_compared(take: Importer, stated: str) -> None:
    taken = take(a__warc=page("/nb/1.html", report(2019), f"WARC-Payload-Digest: {stated}"))
    assert len(taken.kept) == 1
    with Snapshots(taken.folder) as snapshots:
        assert verify_snapshots(snapshots).wrong == []


@pytest.mark.parametrize(
    "stated",
    [
        digest(report(2020)),
        "WARC-Payload-Digest: sha384:" + hashlib.sha384(report(2020)).hexdigest(),
        "WARC-Payload-Digest: SHA-224:" + hashlib.sha224(report(2020)).hexdigest(),
        "WARC-Block-Digest: " + sha1(answer(report(2020), HTML)),
        "WARC-Payload-Digest: blake3:00\r\nWARC-Block-Digest: " + sha1(answer(report(2020), HTML)),
    ],
)
def test_a_record_that_differs_from_its_digest_is_not_taken(take: Importer, stated: str) -> None:
    taken = take(a__warc=page("/nb/1.html", report(2019), stated))
    assert taken.kept == []
    assert taken.results["a.warc"].passed == {"digest": 1}


def test_the_digest_of_the_block_counts_where_none_of_the_payload_can_be_compared(
    take: Importer,
) -> None:
    block = answer(report(2019), HTML)
    right = f"WARC-Block-Digest: {sha1(block)}"
    both = (digest(report(2019)), f"WARC-Block-Digest: {sha1(b'as it was before chunks')}")
    alone = record("response", "/nb/1.html", block, right)
    taken = take(a__warc=alone + record("response", "/nb/2.html", block, *both))
    assert len(taken.kept) == 2


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-03-01T00:00:01.123Z", "2025-03-01T00:00:01Z"),
        ("2025-03-01T08:00:01+08:00", "2025-03-01T00:00:01Z"),
        ("2025-03", "2025-03-01T00:00:00Z"),
    ],
)
def test_dates_are_read_in_all_their_forms(take: Importer, written: str, day: str) -> None:
    taken = take(a__warc=page("/nb/1.html", report(2024), date=written))
    assert taken.seen == [("/nb/1.html", day)]


@pytest.mark.parametrize("date", ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "yesterday"])
def test_an_impossible_date_is_no_evidence(take: Importer, date: str) -> None:
    taken = take(a__warc=page("/nb/1.html", report(2024), date=date))
    assert (taken.kept, dict(taken.results["a.warc"].passed)) == ([], {"date": 1})


def test_addresses_stay_what_they_are(take: Importer) -> None:
    """Between angle brackets, with bytes of GBK, or with the default port."""
    gbk = "/年报/1.html".encode("gb18030")
    wrapped = page("<http://www.qingshitest.gov.cn:80/nb/1.html>", report(2019))
    raw = page("/GBK", report(2020)).replace(b"/GBK", gbk)
    taken = take(a__warc=wrapped + raw)
    assert sorted(each.url for each in taken.kept) == [
        f"{HOST}/%C4%EA%B1%A8/1.html",
        f"{HOST}/nb/1.html",
    ]


def test_only_what_belongs_to_the_archive_is_taken(take: Importer) -> None:
    records = [
        record("warcinfo", "", b"software: Wget/1.21.3\r\n"),
        record("request", "/nb/1.html", b"GET / HTTP/1.1\r\n\r\n"),
        page("/nb/", listing("/nb/2019.html", "/nb/2020.html", "/files/a.pdf")),
        page("/nb/2019.html", report(2019)),
        page("/news.html", b"<html><title>x</title><p>news</p></html>"),
        page("http://elsewhere.gov.example/nb.html", report(2019)),
        record("response", "/a.png", answer(b"\x89PNG\r\n\x1a\n", "Content-Type: image/png")),
        record("response", "/files/a.pdf", answer(b"%PDF-1.4 a", "Content-Type: application/pdf")),
        record(
            "response", "/b.pdf", answer(b"%PDF-1.4 no report", "Content-Type: application/pdf")
        ),
        record("response", "/c.pdf", answer(b"%PDF-1.4 c", "Content-Type: application/pdf")),
        record("response", "/old.html", answer(b"", "Location: /nb/2019.html", status="301 Moved")),
        record("response", "/away.html", answer(b"", "Location: /login", status="302 Found")),
        record("response", "/nb/2019.html", answer(b"", status="404 Not Found"), date="2021-01-01"),
        record("response", "/nothing.html", answer(b"", status="404 Not Found")),
        record("response", "dns:www.qingshitest.gov.cn", b"20200301 A 127.0.0.1"),
        record("resource", "metadata://gnu.org/software/wget/warc/wget.log", b"log"),
        record("resource", "urn:text:http://www.qingshitest.gov.cn/", report(2019)),
        record("resource", "/nb/2018.html", report(2018)),
    ]
    taken = take(a__warc__gz=packed(records)).results["a.warc.gz"]
    assert taken.taken == {"list": 1, "report": 1, "document": 2, "redirect": 1, "gone": 1}
    assert taken.passed == {
        "kind": 2,
        "resource": 1,
        "no_report": 2,
        "other_host": 1,
        "media_type": 1,
        "leads_elsewhere": 1,
        "never_there": 1,
        "address": 3,
    }


def test_an_import_is_read_back_after_the_index_is_lost(take: Importer, dump) -> None:
    records = [page("/nb/1.html", report(2019)), page("/nb/", listing("/nb/1.html", "/nb/2.html"))]
    taken = take(a__warc__gz=packed(records))
    before = dump(taken.folder)
    with Snapshots(taken.folder) as snapshots:
        snapshots.reindex()
        assert [*snapshots.all()] == taken.kept
        assert [note.source for note in snapshots.imports()] == ["a.warc.gz"] * 2
        assert snapshots.latest(taken.kept[0].url) is None  # a crawl goes on from its own fetches
    assert dump(taken.folder) == before


def test_replay_tools_find_what_was_imported(take: Importer) -> None:
    taken = take(
        a__warc__gz=packed([page("<HTTP://www.qingshitest.gov.cn:80/nb/1.html>", report(2019))])
    )
    (path,) = write_missing(taken.folder)
    (line,) = path.read_text(encoding="utf-8").splitlines()
    key, stamp, fields = line.split(" ", 2)
    (kept,) = taken.kept
    assert (key, stamp) == ("cn,gov,qingshitest)/nb/1.html", "20200301020304")
    assert json.loads(fields)["filename"] == kept.warc
    assert json.loads(fields)["offset"] == str(kept.offset)


def test_nothing_is_taken_twice(take: Importer) -> None:
    file = packed([page("/nb/1.html", report(2019)), page("/nb/1.html", report(2019))])
    assert len(take(a__warc__gz=file, b__warc__gz=file).kept) == 1
    again = take(c__warc__gz=file)
    assert len(again.kept) == 1
    assert again.results["c.warc.gz"].passed == {"kept_already": 2}


def test_what_is_torn_or_damaged_is_passed_over_aloud(take: Importer) -> None:
    records = [page(f"/nb/{year}.html", report(year)) for year in (2018, 2019, 2020)]
    first, second, third = (gzip.compress(each) for each in records)
    damaged = bytearray(second)
    damaged[len(second) // 2] ^= 255
    taken = take(a__warc__gz=first + bytes(damaged) + third, b__warc__gz=first + second[:-30])
    assert [path for path, _ in taken.seen] == ["/nb/2018.html", "/nb/2020.html"]
    assert all(each.is_damaged for each in taken.results.values())


@pytest.mark.parametrize("size", [65 << 20, 150 << 20])
def test_a_huge_record_is_passed_over(take: Importer, size: int) -> None:
    bomb = record("response", "/nb/1.html", answer(bytes(size)))
    taken = take(a__warc__gz=packed([bomb, page("/nb/2.html", report(2020))]))
    assert taken.results["a.warc.gz"].passed == {"too_large": 1}
    assert [path for path, _ in taken.seen] == ["/nb/2.html"]


def test_a_body_that_unpacks_to_too_much_is_passed_over(take: Importer) -> None:
    body = gzip.compress(b"<p>" + bytes(70 << 20), 1)
    bomb = record("response", "/nb/1.html", answer(body, HTML, "Content-Encoding: gzip"))
    assert take(a__warc__gz=packed([bomb])).results["a.warc.gz"].passed == {"too_large": 1}


def test_a_file_that_unpacks_to_too_much_is_not_read_to_its_end(
    take: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_stream, "FREE_BYTES", 1 << 20)
    zeros = record("metadata", "urn:x", bytes(4 << 20))
    taken = take(a__warc__gz=packed([zeros, page("/nb/1.html", report(2019))]))
    assert taken.results["a.warc.gz"].unread == "unpacks_to_too_much"


def test_what_a_file_claims_of_us_is_not_believed(take: Importer) -> None:
    records = [
        record("warcinfo", "", b"isPartOf: qingshi\r\nrun: 0123\r\nsequence: 1\r\n"),
        record("metadata", "urn:x", b'{"zz": 1}', "Content-Type: application/vnd.gongkai.run+json"),
        page("/nb/1.html", report(2019), "Gongkai-Address: http://www.pingluo.gov.cn/nb.html"),
    ]
    taken = take(a__warc__gz=packed(records))
    (kept,) = taken.kept
    assert (kept.site, kept.url) == ("qingshitest.gov.cn", f"{HOST}/nb/1.html")
    with Snapshots(taken.folder) as snapshots:
        assert snapshots.runs() == []
        (note,) = snapshots.imports()
    assert note.collection == ""


def test_an_imported_file_without_our_notes_is_named(take: Importer) -> None:
    taken = take(a__warc__gz=packed([page("/nb/1.html", report(2019))]))
    planted = taken.folder / "imports" / "planted.warc.gz"
    planted.write_bytes(packed([page("/nb/2.html", report(2020))]))
    with Snapshots(taken.folder) as snapshots:
        assert len([*snapshots.all()]) == 1
        (wrong,) = verify_snapshots(snapshots).wrong
    assert text("en", wrong).startswith("imports/planted.warc.gz: not written by a crawl of ours")
