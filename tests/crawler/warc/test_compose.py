"""Records as bytes: what goes in comes out, by our reader and by warcio's."""

from __future__ import annotations

import gzip
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from gongkai.crawler.warc.compose import (
    RevisitTarget,
    compose_exchange,
    compose_resource,
    compose_run,
    compose_warcinfo,
    http_head,
    payload_digest,
    status_line,
)
from gongkai.crawler.warc.parse import DamagedRecord, gzip_members, read_record_at, refers_to

ID = "0123456789abcdef0123456789abcdef"
HEADERS = [
    ("Content-Type", "text/html"),
    ("Set-Cookie", "a=1; path=/"),
    ("Set-Cookie", "b=2; path=/"),
    ("Content-Disposition", "attachment; filename=年报.pdf".encode().decode("latin-1")),
]


def test_answer_and_request_keep_their_very_bytes(exchange):
    sent = gzip.compress("政府信息公开年报".encode() * 50)
    records = compose_exchange(exchange(body=sent, headers=HEADERS), ID, None)

    (_, _, answer), (_, _, request) = gzip_members(BytesIO(records))
    block = answer.partition(b"\r\n\r\n")[2]
    assert block == http_head("HTTP/1.1 200 OK", HEADERS) + sent + b"\r\n\r\n"
    assert "filename=年报.pdf".encode() in block
    assert b"GET / HTTP/1.1\r\nHost: www.pingluo.gov.cn\r\n\r\n" in request

    record = read_record_at(BytesIO(records), 0)
    assert (record.kind, record.id, record.status) == ("response", ID, 200)
    assert record.payload == sent
    assert record.field("WARC-Payload-Digest") == payload_digest(sent)
    assert [value for name, value in record.headers if name == "Set-Cookie"] == [
        "a=1; path=/",
        "b=2; path=/",
    ]


@pytest.mark.parametrize(
    ("status", "profile"), [(200, "identical-payload-digest"), (304, "server-not-modified")]
)
def test_a_revisit_points_at_its_original_and_holds_no_payload(exchange, status, profile):
    original = RevisitTarget(
        ID[::-1], "http://x.gov.cn/1", "2026-01-19T02:00:00Z", "sha256:" + "0" * 64
    )
    record = read_record_at(BytesIO(compose_exchange(exchange(status=status), ID, original)), 0)

    assert record.kind == "revisit"
    assert record.payload == b""
    assert refers_to(record) == ID[::-1]
    assert record.field("WARC-Profile").endswith(profile)
    assert record.field("WARC-Refers-To-Target-URI") == "http://x.gov.cn/1"
    assert record.field("WARC-Refers-To-Date") == "2026-01-19T02:00:00Z"
    assert record.field("WARC-Payload-Digest") == "sha256:" + "0" * 64


def test_warcio_verifies_every_kind_of_record(exchange, tmp_path):
    original = RevisitTarget(ID, "http://x.gov.cn/1", "2026-01-19T02:00:00Z", payload_digest(b"x"))
    path = tmp_path / "all.warc.gz"
    path.write_bytes(
        compose_warcinfo("all.warc.gz", "2026-01-20T02:00:00Z", {"software": "gongkai"})
        + compose_exchange(exchange(truncated="disconnect", ip="127.0.0.1"), ID, None)
        + compose_exchange(exchange(body=b""), ID[::-1], None)
        + compose_exchange(exchange(), "f" * 32, original)
        + compose_resource(
            "file:/a.pdf", b"%PDF-", "application/pdf", "e" * 32, "2026-01-20T02:00:00Z"
        )
        + compose_run("d" * 32, "2026-01-20T02:00:00Z", {"outcome": "ok"})
    )
    verdicts = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests=True):
            record.content_stream().read()
            verdicts.append((record.rec_type, record.digest_checker.problems))
    kinds = [
        "warcinfo",
        "response",
        "request",
        "response",
        "request",
        "revisit",
        "request",
        "resource",
        "metadata",
    ]
    assert verdicts == [(kind, []) for kind in kinds]


def test_a_status_without_a_known_reason_has_none():
    assert status_line("HTTP/1.0", 521) == "HTTP/1.0 521"


def test_members_stop_where_the_file_is_torn(exchange):
    whole = compose_exchange(exchange(), ID, None)
    ends = [end for _, end, _ in gzip_members(BytesIO(whole))]
    assert ends[-1] == len(whole)
    for cut in range(len(whole)):
        found = [end for _, end, _ in gzip_members(BytesIO(whole[:cut]))]
        assert found == [end for end in ends if end <= cut]


def test_members_stop_at_bytes_that_are_no_gzip(exchange):
    whole = compose_exchange(exchange(), ID, None)
    assert [end for _, end, _ in gzip_members(BytesIO(whole + bytes(4096)))][-1] == len(whole)


def test_an_offset_without_a_record_is_named(exchange):
    with pytest.raises(DamagedRecord):
        read_record_at(BytesIO(compose_exchange(exchange(), ID, None)), 7)
