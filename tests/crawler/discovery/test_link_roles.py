"""Which links lead to reports, by their words, from pages in each role."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest

from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.link_roles import Role, role_of
from gongkai.crawler.discovery.page import Link
from gongkai.crawler.discovery.words.link_words import is_column_title

SITE = "http://www.x.gov.cn"
COLUMN_PAGE = SITE + "/xxgk/zfxxgknb/index.html"

HOME, DISCLOSURE, COLUMN = Role.HOME, Role.DISCLOSURE, Role.COLUMN
ARTICLE, DOCUMENT = Role.ARTICLE, Role.DOCUMENT


def role(
    text: str, path: str = "/a/b/", page: Role = HOME, cms: str = "trs", **link: bool
) -> Role | None:
    return role_of(Link(SITE + path, text, **link), page, COLUMN_PAGE, FAMILIES[cms])


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开年报",
        "政府信息公开工作年报",
        "政府信息公开年度报告",
        "政府信息公开工作年度报告",
        "信息公开年报",
        "政务公开年报",
        "部门政府信息公开年报",
        "乡镇政府信息公开年报",
        "2024年政府信息公开年报",
        "政府信息公开年报专栏",
    ],
)
def test_columns_of_reports_are_known_from_every_page(text):
    assert {role(text, page=page) for page in (HOME, DISCLOSURE, COLUMN, ARTICLE)} == {COLUMN}
    assert is_column_title(text)


@pytest.mark.parametrize(
    "text",
    [
        "平罗县工业和信息化局2024年政府信息公开工作年度报告",
        "2023年度平罗县政府信息公开年报",
        "关于印发《2024年度政府信息公开工作年度报告》的通知",
        "某局政府信息公开工作告年度报",
        "某镇2018年政府信息公开工作报告",
        "关于2024年度报告和信息公开情况的说明",
    ],
)
def test_titles_of_reports_are_articles_from_every_page(text):
    assert {role(text, page=page) for page in (HOME, DISCLOSURE, COLUMN, ARTICLE)} == {ARTICLE}
    assert not is_column_title(text)


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开",
        "信息公开",
        "政务公开",
        "法定主动公开内容",
        "政府信息公开目录",
        "部门信息公开目录",
        "平罗县政府信息公开专栏",
        "公开部门",
        "各部门",
        "县政府部门",
        "乡镇街道",
        "乡镇（街道）",
        "基层政务公开",
    ],
)
def test_the_tree_of_disclosure_is_followed(text):
    assert role(text) is role(text, page=DISCLOSURE) is DISCLOSURE
    assert role(text, page=ARTICLE) is None


@pytest.mark.parametrize(
    "text",
    [
        "县工业和信息化局",
        "工业信息化和科学技术局",
        "杨和镇",
        "望远街道办事处",
        "县委办公室",
        "县市场监督管理局",
    ],
)
def test_units_are_followed_inside_the_tree_only(text):
    assert role(text, page=DISCLOSURE) is DISCLOSURE
    assert role(text) is role(text, page=ARTICLE) is None


@pytest.mark.parametrize(
    "text",
    [
        "首页", "新闻中心", "政务服务中心", "融媒体中心", "依申请公开", "政府信息公开指南", "政府信息公开制度",
        "政府信息公开条例", "县长信箱", "网站工作年度报表", "法治政府建设年度报告", "更多>>", "下载", "",
    ],
)  # fmt: skip
def test_the_rest_of_a_portal_is_left_alone(text):
    assert {role(text, page=page) for page in (HOME, DISCLOSURE, ARTICLE)} == {None}


def test_rows_of_a_column_are_followed_whatever_their_title():
    article = "/xxgk/zfxxgknb/202501/t20250120_4831742.html"
    assert role("打印错误的标题", article, COLUMN) is ARTICLE
    assert role("打印错误的标题", article, DISCLOSURE) is None
    assert role("打印错误的标题", "/xxgk/zfxxgknb/other/", COLUMN) is None


def test_frames_are_parts_of_their_page():
    found = [
        role("", "/frame.html", page, embedded=True) for page in (HOME, DISCLOSURE, COLUMN, ARTICLE)
    ]
    assert found == [DISCLOSURE, DISCLOSURE, COLUMN, ARTICLE]
    assert role("", "/frame.pdf", ARTICLE, embedded=True) is DOCUMENT


def test_years_and_units_below_a_column_are_columns_and_beside_it_navigation():
    for text in ("2024年", "2024", "2023年度", "县教育局", "各乡镇"):
        assert role(text, "/xxgk/zfxxgknb/2024/", COLUMN) is COLUMN
        assert role(text, "/bm/jyj/", COLUMN) is DISCLOSURE


def test_rows_of_a_column_are_known_by_their_date_or_their_words():
    assert role("打印错误的标题", "/x/zz", COLUMN, dated=True) is ARTICLE
    assert role("某局2024年政府信息…", "/x/zz", COLUMN) is ARTICLE
    assert role("某局政府信息公开年度报…", "/x/zz", COLUMN) is ARTICLE
    assert role("打印错误的标题", "/x/zz", DISCLOSURE, dated=True) is None
    assert role("2024年", "/xxgk/zfxxgknb/2024/", COLUMN) is COLUMN


def test_inside_the_tree_a_column_may_have_a_short_name():
    for text in ("年报", "年度报告", "工作年报"):
        assert role(text, page=DISCLOSURE) is COLUMN
        assert role(text) is None


@pytest.mark.parametrize(
    ("cms", "path"),
    [
        ("vsb", "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2"),
        (
            "jpaas",
            "/api-gateway/jpaas-web-server/front/document/file-download?fileUrl=ab&fileName=x",
        ),
        ("jcms", "/module/download/down.jsp?i_ID=13"),
        ("lonsun", "/file/download/12"),
    ],
)
def test_documents_behind_a_servlet_are_known_by_their_family(cms, path):
    assert role("附件", path, ARTICLE, cms) is DOCUMENT
    assert role("附件", path, ARTICLE, "generic") is None
    assert role("附件：年度报告.docx", path, ARTICLE, "generic") is DOCUMENT


def test_documents_are_taken_where_they_can_be_reports():
    pdf = "/up/P020250120.pdf"
    assert role("附件", pdf, COLUMN) is role("附件", pdf, ARTICLE) is DOCUMENT
    assert role("附件", pdf, DISCLOSURE) is role("附件", pdf, HOME) is None
    assert role("某局2024年政府信息公开工作年度报告", pdf, HOME) is DOCUMENT


@pytest.mark.parametrize(
    ("family", "url", "expected"),
    [
        ("trs", "/xxgk/zfxxgknb/202501/t20250120_4831742.html", True),
        ("trs", "/xxgk/zfxxgknb/202501/t20250120_4831742_wap.shtml", True),
        ("trs", "/xxgk/zfxxgknb/index_1.html", False),
        ("htmls", "/zwgk/zfxxgknb/1283046.html", True),
        ("htmls", "/htmls/00030006_zfxxgknb/list-1.html", False),
        ("generic", "/zfxxgknb/202501/t20250120_4831742.html", True),
        ("generic", "/art/2026/art_4a25005ad4da4e0bbca9a04b98caea18.html", True),
        ("generic", "/info/14423/1395492.htm", True),
        ("generic", "/hc1554/202101/157a95c3e64f41039bb3beb14dbc7638.shtml", True),
        ("generic", "/xxgknb/2015678676080836610.html", True),
        ("generic", "/c23794/20220219/i1827905.html", True),
        ("generic", "/hnx/c102088/202601/c04_283273.shtml", True),
        ("generic", "/xxgk-show-82918.html", True),
        ("generic", "/xxgk/zfxxgknb/index.html", False),
        ("generic", "/xxgk/zfxxgknb/", False),
    ],
)
def test_articles_are_known_by_their_address(family, url, expected):
    assert FAMILIES[family].is_article(SITE + url) is expected


def test_families_are_recognised(html_page):
    trs = html_page('<div class="TRS_Editor"></div>')
    htmls = html_page('<a href="/htmls/0003_zfxxgk/list-1.html">x</a>')
    elsewhere = html_page('<a href="http://www.nx.gov.cn/202501/t20250120_5.html">x</a>')
    pages = (trs, htmls, elsewhere, html_page("<p>"))
    assert [recognise_family(page).name for page in pages] == ["trs", "htmls", "generic", "generic"]
    assert [recognise_family(page, "vsb").name for page in pages] == ["trs", "htmls", "vsb", "vsb"]


@pytest.mark.parametrize(
    ("family", "html", "expected"),
    [
        ("trs", 'createPageHTML(3, 0, "index", "html");', ["index_1.html", "index_2.html"]),
        ("trs", "createPageHTML(2,1,'index','shtml')", ["index_1.shtml"]),
        ("trs", "createPageHTML(2, 0, 'list', 'html')", ["list_1.html", "list_2.html"]),
        ("trs", "createPageHTML(1, 0, 'index', 'html')", []),
        ("trs", "createPageHTML(0, 0, 'index', 'html')", []),
        ("trs", "var countPage = 3//共多少页", ["index_1.html", "index_2.html"]),
        ("htmls", '<a href="list-1.html">首页</a><a href="list-3.html">尾页</a>', ["list-1.html", "list-2.html", "list-3.html"]),
        ("htmls", '<a href="/htmls/other/list-9.html">别的栏目</a>', []),
        ("ucap", "createPageHTML('page_div',3, 1,'index','shtml',41);", ["index_2.shtml", "index_3.shtml"]),
        ("henan", "共<b>3</b>页", []),
        ("henan", '<a href="list3.html">尾页</a>', ["list1.html", "list2.html", "list3.html"]),
        ("vsb", '<a href="index/2.htm">下页</a>', ["index/2.htm"]),
        ("lonsun", '<a href="page_2.html">下一页</a> pageCount: 9', ["page_2.html"]),
        ("jcms", "<nextgroup><![CDATA[<a href=\"/p.jsp?page=1&amp;a=2\"></a>]]></nextgroup>", ["../p.jsp?page=1&a=2"]),
        ("jcms", "{columnid:5,unitid:'9',path:'/'} totalRecord:4, perPage:1", [
            f"../module/web/jpage/dataproxy.jsp?page={n}&startrecord={a}&endrecord={b}&perpage=1&path=%2F&columnid=5&unitid=9"
            for n, a, b in ((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4))
        ]),
        ("jcms", "{columnid:5,unitid:'9'} totalRecord:3, perPage:1", [
            "../module/web/jpage/dataproxy.jsp?page=1&startrecord=1&endrecord=3&perpage=1&columnid=5&unitid=9"
        ]),
        ("jcms", "totalRecord:4, perPage:0", []),
        ("generic", '<a href="index/7.htm">2</a>', ["index/7.htm"]),
        ("generic", '<a href="p2.html">下一页</a>', ["p2.html"]),
        ("generic", '<a href="p2.html">下页></a>', ["p2.html"]),
        ("generic", '<a href="?page=2">2</a><a href="?page=3">3</a>', ["index.html?page=2", "index.html?page=3"]),
        ("generic", '<a href="/elsewhere/8.html">8</a>', []),
        ("generic", '<a href="p2.html">下一篇</a>', []),
    ],
)  # fmt: skip
def test_lists_go_on(html_page, family, html, expected):
    pages = FAMILIES[family].list_pages(html_page(html))
    assert list(dict.fromkeys(pages)) == [urljoin(SITE + "/list/", name) for name in expected]
