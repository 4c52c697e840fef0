"""A page as the crawl sees it: links of every kind, in whatever bytes they come."""

from __future__ import annotations

import time

import pytest

from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.urls import absolute_url, canonical_url_key, is_document_url

HERE = "http://www.x.gov.cn/xxgk/nb/index.html"


def page(html: str | bytes, content_type: str = "text/html") -> WebPage:
    body = html.encode() if isinstance(html, str) else html
    return WebPage(HERE, body, content_type)


def links(html: str) -> list[tuple[str, str]]:
    return [(link.url.removeprefix("http://www.x.gov.cn"), link.text) for link in page(html).links]


def test_control_characters_in_the_name_of_an_attribute() -> None:
    assert links('<a href="/a" \x01b="1" c\ufffed="2" \x0be>年报</a>') == [("/a", "年报")]


def test_names_of_attributes_that_lxml_refuses() -> None:
    html = '<a {{paths[3]}}{{x}} {{p:q}}=3 <b= "1" href="/a">年报</a>'
    assert links(html) == [("/a", "年报")]
    fields = '<meta {{x}}y name="ColumnId" content="9"><input {{x}}y id="n" value="7">'
    context = page(fields + html).script_context
    assert (context.fields["n"], context.metas["columnid"]) == ("7", "9")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="./202501/t1.html">年报</a>', ("/xxgk/nb/202501/t1.html", "年报")),
        ('<a href="../../a.pdf">附 件\u3000１</a>', ("/a.pdf", "附件１")),
        ('<a href="//www.x.gov.cn/a">甲</a>', ("/a", "甲")),
        ('<a href=" ./a\r\n.html ">甲</a>', ("/xxgk/nb/a.html", "甲")),
        ('<a href="/a#top">甲</a>', ("/a", "甲")),
        (
            '<a href="/a" title="某局2024年政府信息公开工作年度报告">某局2024...</a>',
            ("/a", "某局2024年政府信息公开工作年度报告"),
        ),
        ('<a href="/a"><img alt="政府信息公开年报"></a>', ("/a", "政府信息公开年报")),
        ('<a href="/a"><span>政府</span> <b>信息公开</b></a>', ("/a", "政府信息公开")),
        ("<a href=\"javascript:window.open('/a.doc')\">下载</a>", ("/a.doc", "下载")),
        (
            "<a href=\"javascript:void(window.open('./b.html','_blank'))\">看</a>",
            ("/xxgk/nb/b.html", "看"),
        ),
        ("<a href='javascript:;' onclick=\"location.href='/c.html'\">看</a>", ("/c.html", "看")),
        ("<td onclick=\"openFile('P02025.pdf', 1)\">报告</td>", ("/xxgk/nb/P02025.pdf", "报告")),
        ('<area href="/d">', ("/d", "")),
        ('<iframe src="/e.pdf"></iframe>', ("/e.pdf", "")),
        (r"<script>var f = '\/up\/25.pdf?v=2';</script>", ("/up/25.pdf?v=2", "")),
        ('<embed src="e.wps">', ("/xxgk/nb/e.wps", "")),
        ('<object data="/e.ofd"></object>', ("/e.ofd", "")),
        ('<iframe src="/pdfjs/viewer.html?file=%2Fup%2Ff.pdf"></iframe>', ("/up/f.pdf", "")),
        ("<script>window.location.href = '/shell.html';</script>", ("/shell.html", "")),
        ("<script>location.replace('/shell.html')</script>", ("/shell.html", "")),
        ('<a href="\\xxgk\\h.html">甲</a>', ("/xxgk/h.html", "甲")),
        ('<a data-href="/i.html">甲</a>', ("/i.html", "甲")),
        ('<select><option value="/bm/jyj/">县教育局</option></select>', ("/bm/jyj/", "县教育局")),
        ("<script>showVsbpdfIframe('/__local/j.pdf','100%')</script>", ("/__local/j.pdf", "")),
        (
            "<script>var nodes = [{id:1, pId:0, name:'县教育局', url:'/bm/jyj/'}];</script>",
            ("/bm/jyj/", "县教育局"),
        ),
        (
            '<script>t.add({"url":"/bm/czj/","name":"县财政局"})</script>',
            ("/bm/czj/", "县财政局"),
        ),
        (
            "<script type='text/xml'><record><![CDATA[<a href='/art/k.html' title='年报'>年…</a>]]></record></script>",
            ("/art/k.html", "年报"),
        ),
        ('<base href="/other/"><a href="g.html">甲</a>', ("/other/g.html", "甲")),
    ],
)
def test_links_of_every_kind(html, expected):
    assert links(f"<html><body>{html}</body></html>") == [expected]


@pytest.mark.parametrize(
    "href",
    [
        "",
        "#",
        "#top",
        "javascript:;",
        "javascript:doZoom(18)",
        "mailto:a@x.gov.cn",
        "tel:123",
        "data:text/html,x",
        "ftp://x/a",
        "http://[",
        "file:///etc/hosts",
    ],
)
def test_what_leads_nowhere_is_no_link(href):
    assert links(f'<a href="{href}">甲</a><a href="/b">乙</a>') == [("/b", "乙")]


def test_scripts_are_no_links_where_there_are_real_ones():
    assert links("<a href='/a'>甲</a><script>function f(){location.href='/login'}</script>") == [
        ("/a", "甲")
    ]


DATA = [
    ('{"articles":[{"title":"<em>年报</em>","url":"a.html"}]}', ("/xxgk/nb/a.html", "年报")),
    (
        'cb({"data":{"html":"<li><a href=\\"a.html\\">年报</a></li>"}});',
        ("/xxgk/nb/a.html", "年报"),
    ),
    (
        "<?xml version='1.0'?><datastore><record><![CDATA[<a href='a.html'>年报</a>]]></record></datastore>",
        ("/xxgk/nb/a.html", "年报"),
    ),
]


@pytest.mark.parametrize(("body", "expected"), DATA)
def test_answers_in_data_are_lists_whose_links_start_from_their_page(body, expected):
    read = WebPage("http://www.x.gov.cn/api/list", body.encode(), base_url=HERE)
    assert read.is_data
    assert [(x.url.removeprefix("http://www.x.gov.cn"), x.text) for x in read.links] == [expected]


@pytest.mark.parametrize("body", ["{", "[" * 50_000, "{}", "[1, null]", "<?xml", "<datastore>"])
def test_data_that_is_none_has_no_links(body):
    assert page(body).links == ()


def test_pages_are_no_data():
    assert not page('<?xml version="1.0"?><html><a href="/a">甲</a></html>').is_data
    assert not page("<!DOCTYPE html><p>{</p>").is_data


def test_a_shell_sends_on_although_it_has_a_link():
    shell = "<a href='/wait'>请稍候</a><script>location.href='/real.html'</script>"
    assert links(shell) == [("/wait", "请稍候"), ("/real.html", "")]


@pytest.mark.parametrize(
    "row",
    [
        '<li><a href="/a">关于某事的情况</a><span>2025-01-20</span></li>',
        '<li>[01-20]<a href="/a">关于某事的情况</a></li>',
        '<tr><td><a href="/a">关于某事的情况</a></td><td>2025年1月20日</td></tr>',
        '<div><a href="/a">关于某事的情况</a><span>2025/1/20</span></div>',
    ],
)
def test_rows_with_a_date_are_marked(row):
    (link,) = page(f"<table>{row}</table>" if row.startswith("<tr") else row).links
    assert link.dated
    assert not page(row.replace("20", "").replace("年", "").replace("01-", "")).links[0].dated


def test_frames_are_marked():
    assert page('<iframe src="/e.html"></iframe>').links == (
        Link("http://www.x.gov.cn/e.html", "", embedded=True),
    )


CHINESE = (
    '<html><head><meta charset="gb2312"><title>年报-某县</title></head><a href="/a">朱镕基</a>'
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (CHINESE.encode("gb18030"), "text/html"),
        (CHINESE.encode("gb18030"), "text/html; charset=UTF-8"),
        (CHINESE.encode("gb18030"), "text/html; charset=no-such-charset"),
        (CHINESE.encode("utf-8"), "text/html; charset=gb2312"),
        (CHINESE.encode("utf-8-sig"), "text/html"),
        (CHINESE.replace("gb2312", "").encode("gb18030"), "text/html"),
    ],
)
def test_declarations_lie_and_the_text_is_right(body, content_type):
    read = page(body, content_type)
    assert read.links[0].text == "朱镕基"
    assert read.title == "年报"


def test_a_bad_byte_costs_one_character():
    read = page(CHINESE.encode("gb18030")[:-4] + b"\xff</a>", "text/html")
    assert read.links[0].text.startswith("朱镕")


def test_meta_names_are_read_in_any_case():
    assert (
        page('<meta name="columnname" content=" 政府信息公开年报 ">').meta("ColumnName")
        == "政府信息公开年报"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.x.gov.cn/a/", "https://x.gov.cn:443/a/index.html"),
        ("http://www.x.gov.cn/t20250120_48.html", "http://www.x.gov.cn/t20250120_48_wap.html"),
        ("http://x.gov.cn/a.jsp;jsessionid=0A1B?b=2&a=1", "http://x.gov.cn/a.jsp?a=1&b=2"),
        ("http://x.gov.cn/a?id=1&_t=99", "http://x.gov.cn/a?id=1"),
        ("http://x.gov.cn", "http://x.gov.cn/default.htm"),
        ("http://x.gov.cn:80/a", "https://www.x.gov.cn/a#top"),
        ("http://x.gov.cn/(S(lit3py55t21z5v55vlm25s55))/a.aspx?b=1", "http://x.gov.cn/a.aspx?b=1"),
        ("http://x.gov.cn/%e6%8a%a5.html", "http://x.gov.cn/报.html"),
        ("http://x.gov.cn/a.asp?b=%bd%cc", "http://x.gov.cn/a.asp?b=%BD%CC"),
    ],
)
def test_twins_have_one_key(one, other):
    assert canonical_url_key(one) == canonical_url_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://x.gov.cn/a?area=1&fbtime=2024", "http://x.gov.cn/a?area=1&fbtime=2025"),
        ("http://x.gov.cn/index_1.html", "http://x.gov.cn/index_2.html"),
        ("http://x.gov.cn:9311/a", "http://x.gov.cn/a"),
        ("http://a.x.gov.cn/", "http://x.gov.cn/"),
        ("http://x.gov.cn/api/all/1?sid=2", "http://x.gov.cn/api/all/1?sid=3"),
        (  # 水务局, 林业局 in GBK
            "http://x.gov.cn/a.asp?b=%CB%AE%CE%F1%BE%D6",
            "http://x.gov.cn/a.asp?b=%C1%D6%D2%B5%BE%D6",
        ),
        (
            "http://x.gov.cn/a.jsp?sid=5f0c2d3e4b5a69788796aabbccdd0001",
            "http://x.gov.cn/a.jsp?sid=5f0c2d3e4b5a69788796aabbccdd0002",
        ),
    ],
)
def test_different_pages_have_different_keys(one, other):
    assert canonical_url_key(one) != canonical_url_key(other)


def test_documents_are_known_by_their_path():
    assert is_document_url("http://x.gov.cn/P02025.PDF?download=1")
    assert is_document_url("http://x.gov.cn/module/download/downfile.jsp?classid=0&filename=25.doc")
    assert not is_document_url("http://x.gov.cn/view.jsp?file=P02025.html")
    assert absolute_url(HERE, "/show?file=a.html") == "http://www.x.gov.cn/show?file=a.html"


@pytest.mark.parametrize(
    "piece",
    [
        "href=",
        "<![CDATA[",
        "<div ",
        "<nextgroup></nextgroup>",
        "name:'a',",
        "<option ",
        "<li><a href='/a'>关于某事的</a>",
        "{",
    ],
)
def test_a_page_that_repeats_itself_takes_no_longer_than_its_size(piece):
    long = page("<html>" + piece * (300_000 // len(piece)))
    started = time.process_time()
    for family in FAMILIES.values():
        family.recognises(long)
    list(recognise_family(long).links(long))
    list(recognise_family(long).list_pages(long))
    assert time.process_time() - started < 5


ROW = (
    r'{"id":"19","title":"某局2031年年报","pubDate":"2032-01-19","urls":"{\"pc\":\"/nb/pc/content_19.html\"}",'
    r'"articleFiles":[{"fileName":"全文.pdf","filePath":"/upload/9/a.pdf","domainName":"http://f.x.gov.cn"}]}'
)


def test_rows_in_a_script_have_their_address_in_a_text_of_json():
    """The files of a row belong to its article; the name of a file is no address."""
    script = (
        f'<div id="app"></div><script>window.pageData={{"total":1,"articleList":[{ROW}]}}</script>'
    )
    (link,) = page(f"<html><body>{script}</body></html>").links
    assert (link.url, link.text, link.dated) == (
        "http://www.x.gov.cn/nb/pc/content_19.html",
        "某局2031年年报",
        True,
    )


def test_the_files_of_an_article_in_a_script_are_its_own():
    body = f"<html><body><script>var article={ROW};</script></body></html>".encode()
    read = WebPage("http://www.x.gov.cn/nb/pc/content_19.html", body)
    assert "http://f.x.gov.cn/upload/9/a.pdf" in [link.url for link in read.links]


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ('{"docTitle":"甲","DOCPUBURL":"/a.html"}', "/a.html"),
        ('{"title":"甲","link":"","domain":"http://www.x.gov.cn/","path":"/a.html"}', "/a.html"),
        ('{"title":"甲","infourl":"/a.html"}', "/a.html"),
        ('{"title":"甲","urls":{"common":"/a.html"}}', "/a.html"),
        ('{"title":"甲","urls":"none"}', ""),
    ],
)
def test_names_under_which_rows_have_their_address(row: str, address: str):
    read = WebPage("http://www.x.gov.cn/api", f'{{"list":[{row}]}}'.encode(), base_url=HERE)
    assert [x.url.removeprefix("http://www.x.gov.cn") for x in read.links] == [address][
        : len(address)
    ]


def test_trs_is_known_by_whole_addresses_of_its_own_place() -> None:
    link = '<a href="http://{}/jyj/202303/t20230316_13520.html">某通知</a>'
    pages = {
        (own, other): WebPage(f"http://{own}/", link.format(other).encode())
        for own, other in [
            ("xxgk.shicheng.gov.cn", "xxgk.shicheng.gov.cn"),
            ("www.shicheng.gov.cn", "xxgk.shicheng.gov.cn"),
            ("www.shicheng.gov.cn", "www.elsewhere.gov.cn"),
        ]
    }
    assert [recognise_family(page).name for page in pages.values()] == ["trs", "trs", "generic"]


def test_an_address_in_an_attribute_of_any_name_is_where_a_link_leads() -> None:
    """The pager of eportal has its addresses in `tagname`; pictures and links with an address do not count."""
    found = page(
        '<a href="javascript:void(0)" onclick="query(this)" tagname="/eportal/ui?pageId=9&amp;currentPage=2">下一页</a>'
        '<a href="#" style="/x/" data-src="/a.png" data-n="/3/ 4">图</a>'
        '<a href="/b.html" tagname="/c.html">年报</a>'
    )
    assert [link.url.partition("gov.cn")[2] for link in found.links] == [
        "/eportal/ui?pageId=9&currentPage=2",
        "/b.html",
    ]


def test_the_nodes_of_a_tree_that_a_script_adds_are_links() -> None:
    found = page(
        "<script>d = new dTree('d'); d.add(0, -1, '目录'); d.add(1, 0, '县教育局', '/col/col12/index.html');"
        'd.add("A2","1","县财政局","/col/col13/index.html","","right");</script>'
    )
    assert [(link.url.partition("gov.cn")[2], link.text) for link in found.links] == [
        ("/col/col12/index.html", "县教育局"),
        ("/col/col13/index.html", "县财政局"),
    ]
