"""WACZ, ARC, HAR, MHTML, and pages as web archives replay them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai.crawler.evidence.wacz_signature import load_signer, sign_digest
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.imports.conftest import Imported, Importer
from tests.crawler.imports.foreign_files import HOST, HTML, answer, packed, page, record, report

DAY = "2025-03-01T00:00:01Z"


def remarks(taken: Imported) -> set[str]:
    with Snapshots(taken.folder) as snapshots:
        return {word for note in snapshots.imports() for word in note.remarks.split()}


Signed = Callable[[bytes], dict[str, object] | None]
"""Makes of datapackage.json what stands beside it, None for no file."""


def package(
    warc: bytes, digest: str = "", signed: Signed = lambda _: None, **described: str
) -> bytes:
    out = io.BytesIO()
    resource = {"path": "archive/data.warc.gz", "hash": digest or f"sha256:{sha256(warc)}"}
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.warc.gz", warc)
        archive.writestr("pages/pages.jsonl", "{}")
        described_as = json.dumps({"resources": [resource], "software": "s", **described})
        archive.writestr("datapackage.json", described_as)
        beside = signed(described_as.encode())
        if beside is not None:
            archive.writestr("datapackage-digest.json", json.dumps(beside))
    return out.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    "described", [{"profile": "data-package", "wacz_version": "1.1.1"}, {"profile": "wacz"}]
)
def test_a_package_is_read_in_both_versions(take: Importer, described: dict[str, str]) -> None:
    warc = packed([page("/nb/1.html", report(2019))])
    taken = take(a__wacz=package(warc, **described))
    assert taken.bodies == [report(2019)]
    with Snapshots(taken.folder) as snapshots:
        (note,) = snapshots.imports()
    assert (note.source, note.crawler) == ("a.wacz/archive/data.warc.gz", "s")
    assert note.source_digest == f"sha256:{sha256(warc)}"


def test_a_package_that_was_changed_is_not_read(take: Importer) -> None:
    warc = packed([page("/nb/1.html", report(2019))])
    taken = take(a__wacz=package(warc, digest="sha256:" + "0" * 64))
    assert taken.kept == []
    assert taken.results["a.wacz/archive/data.warc.gz"].is_damaged


def test_the_same_record_in_a_package_and_beside_it_is_kept_once(take: Importer) -> None:
    warc = packed([page("/nb/1.html", report(2019))])
    assert len(take(a__wacz=package(warc), b__warc__gz=warc).kept) == 1


def hashed(described: bytes, **more: object) -> dict[str, object]:
    return {"path": "datapackage.json", "hash": f"sha256:{sha256(described)}", **more}


def signing(tmp_path: Path, **changed: str) -> Signed:
    """Return a signature as export makes it, with some of its fields changed."""

    def sign(described: bytes) -> dict[str, object]:
        signer = load_signer(tmp_path / "key.pem")
        day = "2025-03-01T00:00:00Z"
        signed, _ = sign_digest(signer, f"sha256:{sha256(described)}", day, "test")
        return hashed(described, signedData={**signed, **changed})

    return sign


def imported_package(take: Importer, signed: Signed) -> tuple[str, set[str], bool]:
    """Import a package; return what is said of its signature, the remarks, and whether it is damaged."""
    warc = packed([page("/nb/1.html", report(2019))])
    taken = take(a__wacz=package(warc, signed=signed))
    result = taken.results["a.wacz/archive/data.warc.gz"]
    assert taken.bodies == [report(2019)]  # what it holds is foreign in any case
    return result.signature, remarks(taken), result.is_damaged


def test_a_right_signature_of_a_package_is_no_remark(take: Importer, tmp_path: Path) -> None:
    assert imported_package(take, signing(tmp_path)) == ("right", set(), False)


@pytest.mark.parametrize(
    "signed", [lambda _: None, hashed, lambda described: hashed(described, signedData=None)]
)
def test_a_package_without_a_signature_is_told(take: Importer, signed: Signed) -> None:
    assert imported_package(take, signed) == ("unsigned", {"unsigned"}, False)


@pytest.mark.parametrize(
    "changed",
    [
        {"hash": "sha256:0"},
        {"signature": "AAAA"},
        {"signature": "签"},
        {"publicKey": "AAAA"},
        {"domain": "a.example", "domainCert": "no certificate"},
        {"domain": "a.example", "domainCert": "证书"},
        {"timeSignature": "AAAA"},
    ],
)
def test_a_wrong_signature_is_told(take: Importer, tmp_path: Path, changed: dict[str, str]) -> None:
    told = imported_package(take, signing(tmp_path, **changed))
    assert told == ("wrong", {"signature_wrong"}, True)


@pytest.mark.parametrize("beside", [{"hash": "sha256:0"}, {"signedData": {}}, {"hash": 5}])
def test_a_description_that_was_changed_is_told(take: Importer, beside: dict[str, object]) -> None:
    assert imported_package(take, lambda _: beside)[0] == "wrong"


@pytest.mark.parametrize("signed", ["text", 5, [], {}, {"signature": {}}, True])
def test_a_signature_of_another_shape_is_wrong(take: Importer, signed: object) -> None:
    told = imported_package(take, lambda described: hashed(described, signedData=signed))
    assert told[0] == "wrong"


@pytest.mark.parametrize("members", [True, False])
def test_arc_is_read(take: Importer, members: bool) -> None:
    version = b"1 0 test\nURL IP-address Archive-date Content-type Archive-length\n"
    head = b"filedesc://a.arc 0.0.0.0 20070101000000 text/plain %d\n" % len(version)
    block = answer(report(2006))
    line = f"{HOST}/nb/1.html 127.0.0.1 20070101000001 text/html {len(block)}\n".encode()
    parts = [head + version + b"\n", line + block + b"\n"]
    file = b"".join(map(gzip.compress, parts)) if members else gzip.compress(b"".join(parts))
    taken = take(a__arc__gz=file)
    assert taken.seen == [("/nb/1.html", "2007-01-01T00:00:01Z")]
    assert taken.bodies == [report(2006)]
    assert remarks(taken) == {"from_arc"}


def entry(path: str, text: str, mime: str, encoding: str = "", **request: str) -> dict[str, object]:
    content = {"mimeType": mime, **({"text": text} if text else {})}
    return {
        "startedDateTime": "2025-03-01T08:00:01.123+08:00",
        "request": {"method": "GET", "url": HOST + path, **request},
        "response": {
            "status": 200,
            "headers": [
                {"name": "content-type", "value": mime},
                {"name": "content-encoding", "value": "gzip"},
                {"name": "Set-Cookie", "value": "secret=1"},
                {"name": "X-Two\r\nLines", "value": "a\r\nSet-Cookie: secret=2"},
            ],
            "content": content | ({"encoding": encoding} if encoding else {}),
        },
    }


def test_a_har_file_is_text_coded_anew_without_cookies(take: Importer) -> None:
    gbk = report(2018).decode().replace("<head>", '<head><meta charset="gb2312">')
    pdf = base64.b64encode(b"%PDF-1.4 whatever").decode()
    entries = [
        entry("/nb/1.html", report(2024).decode(), "text/html; charset=utf-8"),
        entry("/nb/gbk.html", gbk, "text/html; charset=gbk"),
        entry("/a.pdf", pdf, "application/pdf", "base64"),
        entry("/nb/none.html", "", "text/html"),
        entry("/nb/post.html", gbk, "text/html", method="POST"),
    ]
    taken = take(a__har=json.dumps({"log": {"entries": entries}}).encode())
    assert taken.seen == [("/nb/1.html", DAY), ("/nb/gbk.html", DAY), ("/a.pdf", DAY)]
    assert taken.bodies == [report(2024), gbk.encode(), b"%PDF-1.4 whatever"]
    assert remarks(taken) == {"recoded", "from_har"}
    assert dict(taken.results["a.har"].passed) == {"no_body": 1, "method": 1}
    with Snapshots(taken.folder) as snapshots:
        stated = [dict(snapshots.headers(each)) for each in taken.kept]
    assert [each["Content-Type"] for each in stated] == [
        "text/html; charset=utf-8",
        "text/html; charset=utf-8",
        "application/pdf",
    ]
    assert not [name for each in stated for name in each if "cookie" in name.lower()]


def test_a_saved_page_has_its_address_and_date(take: Importer) -> None:
    encoded = base64.encodebytes(report(2024)).decode()
    saved = (
        "From: <Saved by Blink>\nDate: Sat, 1 Mar 2025 00:00:01 -0000\n"
        f"Snapshot-Content-Location: {HOST}/nb/1.html\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related;\n\ttype="text/html";\n\tboundary="b"\n\n'
        f"--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n{encoded}\n"
        f"--b\nContent-Type: image/png\nContent-Location: {HOST}/a.png\n\nx\n--b--\n"
    )
    taken = take(a__mhtml=saved.encode())
    assert taken.seen == [("/nb/1.html", DAY)]
    assert taken.bodies == [report(2024)]
    assert remarks(taken) == {"saved_page"}
    assert dict(taken.results["a.mhtml"].passed) == {"beside_page": 1}


REPLAY = "https://web.archive.org/web/20200301020304id_/http://www.qingshitest.gov.cn:80/nb/1.html"
ORIGINAL = (
    "X-Archive-Orig-Content-Type: text/html; charset=utf-8",
    "X-Archive-Orig-Content-Encoding: gzip",
    "X-Archive-Orig-Transfer-Encoding: chunked",
    "Memento-Datetime: Sun, 01 Mar 2020 02:03:05 GMT",
)


def test_a_replayed_page_is_the_page_that_it_was(take: Importer) -> None:
    block = answer(report(2019), "Content-Type: text/html", *ORIGINAL)
    taken = take(
        a__warc__gz=packed([record("response", REPLAY, block, date="2026-11-01T00:00:00Z")])
    )
    assert taken.seen == [("/nb/1.html", "2020-03-01T02:03:05Z")]
    assert taken.bodies == [report(2019)]
    with Snapshots(taken.folder) as snapshots:
        (note,) = snapshots.imports()
        assert dict(snapshots.headers(taken.kept[0]))["Content-Type"] == "text/html; charset=utf-8"
    assert note.collection == "Wayback Machine"


def test_what_a_replay_adds_is_removed(take: Importer) -> None:
    added = (
        b'<head><script src="//archive.org/includes/athena.js"></script>'
        b"<!-- End Wayback Rewrite JS Include -->"
    )
    bar = b"<body><!-- BEGIN WAYBACK TOOLBAR INSERT --><table><tr><td>9</td></tr></table><!-- END WAYBACK TOOLBAR INSERT -->"
    original = report(2019).replace(b"</body>", b'<a href="http://www.x.gov.cn/a">a</a></body>')
    replayed = (
        original.replace(b"<head>", added)
        .replace(b"<body>", bar)
        .replace(b'"http://', b'"/web/20200301020304/http://')
    )
    footer = b"\n<!--\n     FILE ARCHIVED ON 02:03:04 Mar 01, 2020 AND RETRIEVED\n-->"
    block = answer(gzip.compress(replayed + footer), HTML, "Content-Encoding: gzip", ORIGINAL[-1])
    taken = take(a__warc__gz=packed([record("response", REPLAY.replace("id_", ""), block)]))
    assert taken.bodies == [original]
    assert remarks(taken) == {"replayed", "rewritten"}


def test_an_answer_of_the_web_archive_itself_is_no_page(take: Importer) -> None:
    moved = answer(b"", "Location: /web/20210101000000id_/http://x", status="302 Found")
    taken = take(a__warc__gz=packed([record("response", REPLAY, moved)]))
    assert dict(taken.results["a.warc.gz"].passed) == {"no_memento": 1}


def test_a_kept_redirect_is_told_from_a_jump(take: Importer) -> None:
    target = "https://web.archive.org/web/20200301020304/http://www.qingshitest.gov.cn/nb/2.html"
    moved = answer(b"", f"Location: {target}", ORIGINAL[-1], status="301 Moved")
    taken = take(
        a__warc__gz=packed([record("response", REPLAY, moved), page("/nb/2.html", report(2019))])
    )
    assert [each.final_url for each in taken.kept if each.status == 301] == [f"{HOST}/nb/2.html"]


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"{", b'{"log": 1}', b"PK\x03\x04 broken", b"\x1f\x8b\x08", b"WARC/1.0\r\n"],
)
def test_what_is_no_file_of_a_web_archive_is_named(take: Importer, content: bytes) -> None:
    (result,) = take(a__warc=content).results.values()
    assert result.unread or result.is_damaged
