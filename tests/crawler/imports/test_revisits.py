"""Repeats: which earlier answer each of them means, in the ways in which programs say so."""

from __future__ import annotations

import pytest

from tests.crawler.imports.conftest import Importer
from tests.crawler.imports.foreign_files import HOST, answer, packed, page, record, report, sha1

FIRST, LATER = "2020-03-01T02:03:04Z", "2020-04-01T02:03:04Z"
ORIGINAL = "0123456789abcdef0123456789abcdef"
NAMED = "WARC-Refers-To: <urn:uuid:01234567-89ab-cdef-0123-456789abcdef>"
PLACED = (f"WARC-Refers-To-Target-URI: {HOST}/nb/1.html", f"WARC-Refers-To-Date: {FIRST}")
SAME = f"WARC-Payload-Digest: {sha1(report(2019))}"
NOT_MODIFIED = "WARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def original(digest: str = SAME) -> bytes:
    return record("response", "/nb/1.html", answer(report(2019)), digest, name=ORIGINAL)


@pytest.mark.parametrize(
    "fields",
    [
        (NAMED,),
        PLACED,
        (SAME,),
        (NAMED, SAME, "WARC-Truncated: length"),
        (PLACED[0].replace("http:", "HTTP:").replace("cn/", "cn:80/"), f"{PLACED[1][:-1]}.5Z"),
    ],
)
def test_a_repeat_gives_the_document_it_means(take: Importer, fields: tuple[str, ...]) -> None:
    repeat = record("revisit", "/copy.html", answer(b""), *fields, date=LATER)
    taken = take(a__warc__gz=packed([repeat, original()]))
    assert taken.seen == [("/nb/1.html", FIRST), ("/copy.html", LATER)]
    assert taken.bodies == [report(2019)] * 2
    assert taken.results["a.warc.gz"].taken == {"report": 1, "revisit": 1}


def test_the_original_may_stand_in_another_import(take: Importer) -> None:
    take(a__warc__gz=packed([original()]))
    repeat = record("revisit", "/nb/1.html", answer(b""), NAMED, date=LATER)
    assert take(b__warc__gz=packed([repeat])).bodies == [report(2019)] * 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ((), "200 OK"),
        ((NOT_MODIFIED,), "304 Not Modified"),
        ((NAMED, f"WARC-Payload-Digest: {sha1(b'other')}"), "200 OK"),
        (("WARC-Refers-To-Date: 2019-01-01T00:00:00Z",), "200 OK"),
    ],
)
def test_a_repeat_of_nothing_that_can_be_named_confirms_nothing(
    take: Importer, fields: tuple[str, ...], status: str
) -> None:
    repeat = record("revisit", "/other.html", answer(b"", status=status), *fields, date=LATER)
    taken = take(a__warc__gz=packed([original(), repeat]))
    assert taken.results["a.warc.gz"].passed == {"revisit_unresolved": 1}


def test_not_modified_is_of_the_same_address(take: Importer) -> None:
    fields = (NOT_MODIFIED, f"WARC-Refers-To-Date: {FIRST}")
    repeat = record(
        "revisit", "/nb/1.html", answer(b"", status="304 Not Modified"), *fields, date=LATER
    )
    taken = take(a__warc__gz=packed([original(), repeat]))
    assert [each.status for each in taken.kept] == [200, 304]
    assert taken.bodies == [report(2019)] * 2


def test_an_id_that_was_given_twice_is_told_apart_by_the_payload(take: Importer) -> None:
    other = record("response", "/nb/2.html", answer(report(2020)), name=ORIGINAL)
    digest = f"WARC-Payload-Digest: {sha1(report(2020))}"
    twice = other.replace(b"WARC-Date", f"{digest}\r\nWARC-Date".encode(), 1)
    repeat = record("revisit", "/copy.html", answer(b""), NAMED, digest, date=LATER)
    taken = take(a__warc__gz=packed([original(), twice, repeat]))
    assert taken.bodies[-1] == report(2020)


def test_half_a_page_is_told_from_a_whole_one(take: Importer) -> None:
    half = report(2019)[:-60]
    long = report(2020) + b" " * ((1 << 20) - len(report(2020)))
    taken = take(
        a__warc__gz=packed(
            [
                page("/nb/1.html", half, "WARC-Truncated: length"),
                page("/nb/2.html", long),
                page("/nb/3.html", long + b" "),
            ]
        )
    )
    assert taken.results["a.warc.gz"].taken == {"cut": 2, "report": 1}
