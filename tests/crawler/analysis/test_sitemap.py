"""Sitemaps: XML, text, packed, indexes, and what is none."""

from __future__ import annotations

import gzip

import pytest

from gongkai.crawler.analysis.sitemap import MAX_BYTES, SitemapLink, read_sitemap

HOST = "http://www.yunxi.gov.cn"
REPORT = f"{HOST}/zwgk/swj/zfxxgknb/202301/t20230116_81.html"
NAMED = f"{HOST}/show.jsp?a=1&id=7"
TITLE = "云溪县水务局2022年政府信息公开工作年度报告"
XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{HOST}/</loc></url>
<url><loc> {REPORT} </loc><lastmod>2023-01-16</lastmod></url><url><loc>{HOST}/zwgk/zfxxgkzn/</loc></url>
<url><loc>{NAMED.replace("&", "&amp;")}</loc><news:title>{TITLE}</news:title></url>
<url><loc>{REPORT}</loc></url></urlset>"""
PAGES = (SitemapLink(REPORT), SitemapLink(NAMED, TITLE))


@pytest.mark.parametrize(
    "body", [XML.encode(), gzip.compress(XML.encode()), XML.replace("UTF-8", "gbk").encode("gbk")]
)
def test_entries_that_read_like_reports_are_followed(body: bytes) -> None:
    found = read_sitemap(f"{HOST}/sitemap.xml", body)
    assert found is not None
    assert (found.pages, found.further) == (PAGES, ())


def test_a_text_has_an_address_a_line() -> None:
    text = f"{HOST}/\r\n{REPORT}\n\n{HOST}/zwgk/%E6%94%BF%E5%BA%9C%E4%BF%A1%E6%81%AF%E5%85%AC%E5%BC%80%E5%B9%B4%E6%8A%A5/\n"
    found = read_sitemap(f"{HOST}/sitemap.txt", text.encode())
    assert found is not None
    assert [link.url for link in found.pages] == [REPORT, text.split()[-1]]


def test_an_index_leads_to_further_sitemaps() -> None:
    index = f"<sitemapindex><sitemap><loc>{HOST}/s1.xml.gz</loc></sitemap></sitemapindex>"
    found = read_sitemap(f"{HOST}/sitemap.xml", index.encode())
    assert found is not None
    assert found.further == (f"{HOST}/s1.xml.gz",)


@pytest.mark.parametrize("body", [b"<html><body>404", b"", b"\x1f\x8bdamaged", b"busy"])
def test_what_is_no_sitemap_is_none(body: bytes) -> None:
    assert read_sitemap(f"{HOST}/sitemap.xml", body) is None


def test_a_bomb_is_read_to_its_bound() -> None:
    bomb = gzip.compress(XML.encode() + b" " * (3 * MAX_BYTES))
    found = read_sitemap(f"{HOST}/sitemap.xml.gz", bomb)
    assert found is not None
    assert found.pages == PAGES
