"""Which encoding a page is decoded in, whatever its header and its meta tag state."""

from __future__ import annotations

import codecs

import pytest

from gongkai.extract.chinese.charset import decode_document, decode_text

TITLE = "云溪县水务局2023年政府信息公开工作年度报告"


def page(charset: str, encoding: str, title: str = TITLE) -> bytes:
    """Return a page whose meta tag names a charset, in an encoding."""
    return f'<html><meta charset="{charset}"><title>{title}</title>'.encode(encoding)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "text/html; charset=ISO-8859-1",
        "text/html; charset=windows-1252",
        "text/html; charset=latin1",
        "text/html; charset=EUC-KR",
        "text/html; charset=unicode_escape",
        "text/html; charset=utf-7",
        "text/html; charset=none",
        "text/html; charset=utf-16",
        "text/html; charset=UTF-8",
    ],
)
@pytest.mark.parametrize("meta", ["gb2312", "iso-8859-1", "utf-8", "nonsense"])
def test_a_page_in_gbk_is_chinese_whatever_is_declared(header: str, meta: str) -> None:
    found = decode_document(page(meta, "gbk"), header)
    assert TITLE in found.text
    assert found.encoding == "gb18030"


def test_a_damaged_page_in_gbk_keeps_its_chinese_text_under_a_header_of_latin1() -> None:
    body = page("gb2312", "gbk").replace(b"<title>", b"<title>\xff")
    assert TITLE in decode_text(body, "text/html; charset=iso-8859-1")


def test_a_page_in_big5_needs_its_declaration() -> None:
    title = "雲溪縣水務局2023年政府信息公開工作年度報告"
    assert title in decode_text(page("big5", "big5", title))
    assert title in decode_text(page("x", "big5", title), "text/html; charset=Big5")


def test_a_page_in_gbk_that_is_declared_as_big5_is_read_as_gbk() -> None:
    assert TITLE in decode_text(page("gb2312", "gbk"), "text/html; charset=big5")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
def test_a_mark_or_the_first_bytes_come_before_what_is_declared(mark: bytes, encoding: str) -> None:
    body = mark + page("gb2312", encoding)
    assert TITLE in decode_text(body, "text/html; charset=gbk")
