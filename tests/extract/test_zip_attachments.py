"""ZIP attachments and old containers: their members, the report that counts, and the reasons."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from gongkai.catalogue import stored_text
from gongkai.extract.errors import Encrypted, ExtractError, TooLarge
from gongkai.extract.formats.html.mhtml import read_mhtml
from gongkai.extract.formats.media_type import (
    DOC,
    DOCX,
    LOCKED,
    MHTML,
    ODT,
    RTF,
    XLS,
    XLSX,
    ZIP,
    sniff,
)
from gongkai.extract.formats.zip_archive import directory_size, open_zip
from gongkai.extract.forms import FORM_2021
from gongkai.extract.report import read
from gongkai.extract.zip_attachments import unpack_documents
from tests.extract.printed_forms import TITLE, balanced, flat, numbers
from tests.printing.excel import Sheet, container, report, xls, xlsx
from tests.printing.matrix import Style, Values
from tests.printing.page import Markup as Page
from tests.printing.page import page
from tests.printing.word import Markup, document, packed

VALUES = balanced(FORM_2021, 4)
ODT_MEMBERS = {"mimetype": ODT, "content.xml": "<x/>", "META-INF/manifest.xml": "<x/>"}


def word(values: Values = VALUES, title: str = TITLE["2021"]) -> bytes:
    return document(title, FORM_2021, values, Style(), Markup())


def book(values: Values = VALUES, title: str = TITLE["2021"]) -> bytes:
    return xlsx([report(title, FORM_2021, values, Style())])


def stored(name: str, body: bytes) -> bytes:
    """A ZIP that holds a file as it is, not deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(name, body)
    return out.getvalue()


def test_one_report_among_other_files() -> None:
    found = read(packed({"说明.txt": "请查收附件", "附件/年报.docx": word(), "Thumbs.db": b"\0\1"}))
    assert (found.outcome, found.media_type, found.title) == ("report", ZIP, TITLE["2021"])
    assert found.report is not None
    assert numbers(found.report) == flat(VALUES)
    assert found.report.findings == ()


def test_copies_that_agree_and_copies_that_do_not() -> None:
    agreeing = read(packed({"a.xlsx": book(), "b.docx": word()}))
    assert agreeing.report is not None
    assert agreeing.report.findings == ()
    other = balanced(FORM_2021, 5)
    differing = read(packed({"a.docx": word(), "b.xlsx": book(other)}))
    assert differing.report is not None
    told = [(finding.rule, finding.scope, finding.verdict) for finding in differing.report.findings]
    assert told == [("readings_disagree", part, "source") for part in differing.report.tables]
    assert all("a.docx" in finding.message_zh for finding in differing.report.findings)
    assert numbers(differing.report) == flat(other)  # as complete, and with more text


def test_the_complete_copy_is_taken() -> None:
    torn = {
        **VALUES,
        "requests": {
            **VALUES["requests"],
            "granted": dict.fromkeys(VALUES["requests"]["granted"], "见附件"),
        },
    }
    found = read(packed({"a.docx": word(torn), "b.xlsx": book()}))
    assert found.report is not None
    assert (found.report.status, numbers(found.report)) == ("complete", flat(VALUES))


def test_reports_of_several_agencies_are_refused() -> None:
    found = read(
        packed(
            {"a.docx": word(), "b.docx": word(title="平罗县财政局2024年政府信息公开工作年度报告")}
        )
    )
    assert found.outcome == "unreadable"
    assert stored_text("zh", found.why).endswith("平罗县教育局 2024、平罗县财政局 2024")


@pytest.mark.parametrize(
    ("members", "outcome", "why"),
    [
        ({"年报.png": b"\x89PNG\r\n\x1a\n"}, "scan", "年报.png: a picture"),
        ({"a.exe": b"MZ"}, "unreadable", "no document in the ZIP, only: a.exe"),
        ({}, "unreadable", "the ZIP is empty"),
        ({"内/一.zip": b"", "年报.txt": "通知"}, "not_report", "年报.txt: "),
        ({"年报.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600}, "unreadable", "LibreOffice"),
        ({"年报.docx": packed({"内.txt": "x"})}, "unreadable", "a ZIP inside a ZIP is not opened"),
        ({f"{n}.txt": "x" for n in range(13)}, "unreadable", "a ZIP of 13 documents"),
        ({f"{n}.bin": "x" for n in range(2001)}, "unreadable", "a ZIP of 2001 files"),
        ({"../../etc/cron.d/x.txt": "x"}, "not_report", "x.txt: "),
        ({"a.txt": b"0" * 9_000_000}, "unreadable", "compression ratio"),
        ({"a.txt": b"0" * 70_000_000}, "unreadable", "70000000"),
        ({"a.txt": b"0" * 70_000_000, "b.txt": b"0" * 70_000_000}, "unreadable", "140000000"),
    ],
)  # fmt: skip
def test_reasons_of_other_packages(members: dict, outcome: str, why: str) -> None:
    found = read(packed(members))
    assert (found.outcome, found.media_type, found.report) == (outcome, ZIP, None)
    told = stored_text("en", found.why)
    assert why in told
    assert "\n" not in told
    assert len(told) < 350


def test_names_in_gbk() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("xxxxxxxx.txt", "x")  # as long as 年度报告 in GBK
    body = out.getvalue().replace(b"xxxxxxxx.txt", "年度报告.txt".encode("gbk"))
    assert [member.name for member in unpack_documents(body)] == ["年度报告.txt"]


def test_passwords_and_damage_are_reported() -> None:
    body = bytearray(packed({"a.txt": "x" * 50}))
    body[body.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Encrypted):
        unpack_documents(bytes(body))
    assert read(bytes(body)).why == "zip_locked"
    torn = packed({"a.txt": bytes(range(256)) * 9})
    flipped = bytearray(torn)
    flipped[60] ^= 0xFF
    assert '{"key": "zip_damaged", ' in read(bytes(flipped)).why
    assert read(torn[: len(torn) // 2]).why.startswith("zip_damaged ")


def test_a_directory_that_claims_too_much() -> None:
    body = packed({"a.txt": "x"})
    end = body.rfind(b"PK\x05\x06")
    claimed = body[: end + 12] + struct.pack("<L", 50_000_000) + body[end + 16 :]
    assert directory_size(claimed) == 50_000_000
    with pytest.raises(TooLarge):
        open_zip(claimed)
    wide = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 60_000_000, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    assert directory_size(body[:end] + wide + locator + body[end:]) == 60_000_000


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (word(), DOCX),
        (book(), XLSX),
        (xls([Sheet("a", {(0, 0): 1})]), XLS),
        (xls([Sheet("a", {(0, 0): 1})], locked=True), LOCKED),
        (container({"EncryptionInfo": b"", "EncryptedPackage": b""}), LOCKED),
        (container({"WordDocument": b"\xec\xa5" + b"\0" * 10}), DOC),
        (container({"WordDocument": b"\xec\xa5" + b"\0" * 8 + b"\0\1"}), LOCKED),
        (container({"WordDocument": b"\xec\xa5" + b"\0" * 10, "Workbook": b"x"}), DOC),
        (container({"CONTENTS": b"an old WPS file"}), DOC),
        (container({"PowerPoint Document": b""}), "application/vnd.ms-powerpoint"),
        (b"{\\rtf1 x}", RTF),
        (packed({"a.txt": "x"}), ZIP),
        (stored("年报.pdf", b"%PDF-1.7\n"), ZIP),
        (packed(ODT_MEMBERS), ODT),
        (packed({"OFD.xml": ""}), "application/vnd.ofd"),
        (b"<?xml version='1.0'?><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'/>", DOC),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n", MHTML),
        ("<p>年报</p>".encode("utf-16"), "text/html"),
        ("年报".encode("utf-16"), "text/plain"),
    ],
)  # fmt: skip
def test_told_by_content(body: bytes, media_type: str) -> None:
    assert sniff(body, "application/pdf") == media_type


@pytest.mark.parametrize(
    "body", [container({"EncryptedPackage": b""}), xls([Sheet("a")], locked=True)]
)
def test_a_locked_file_is_reported(body: bytes) -> None:
    found = read(body)
    assert (found.outcome, found.media_type) == ("unreadable", LOCKED)
    assert found.why == "file_locked"


def mail(parts: str) -> bytes:
    return f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="xx"\r\n\r\n{parts}\r\n--xx--\r\n'.encode("gb18030")  # fmt: skip


def test_a_page_saved_as_one_file() -> None:
    html = (
        page(TITLE["2021"], FORM_2021, VALUES, Style(), Page()).decode().replace("utf-8", "gb2312")
    )
    quoted = html.replace("=", "=3D")
    body = mail(f"--xx\r\nContent-Type: text/html; charset=\"gb2312\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}")  # fmt: skip
    found = read(body)
    assert (found.outcome, found.media_type) == ("report", MHTML)
    assert found.report is not None
    assert numbers(found.report) == flat(VALUES)
    with pytest.raises(ExtractError, match="mhtml_without_page"):
        read_mhtml(mail("--xx\r\nContent-Type: text/plain\r\n\r\nx"))
    with pytest.raises(TooLarge):
        read_mhtml(mail("\r\n--y" * 30_000))
