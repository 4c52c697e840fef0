"""Families whose lists a script requests: what they ask for, and what they make of the answers."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.list_request import ListRequest, get_request
from gongkai.crawler.discovery.page import Link, WebPage

HOST = "http://www.x.gov.cn"


def page_of(html: str, address: str = "/zwgk/nb/index.html") -> WebPage:
    return WebPage(HOST + address, f"<html><body>{html}</body></html>".encode())


def answer_to(request: ListRequest, body: str, base: WebPage) -> WebPage:
    return WebPage(request.address, body.encode(), base_url=base.base_url, request=request)


def rows(page: WebPage, family: str) -> list[tuple[str, str]]:
    return [(each.url.removeprefix(HOST), each.text) for each in FAMILIES[family].links(page)]


# Hanweb's module of disclosure

SEARCH = """<script>$.ajax({type:"post",url:"/module/xxgk/search.jsp?texttype=&currpage=&vc_title=",
data:{infotypeId:"%s",jdid:"1",area:"1133MB",divid:"d1"},success:draw})</script>"""


@pytest.mark.parametrize(
    ("html", "address"),
    [
        (SEARCH % "D07", "/col/col9/index.html"),
        (SEARCH % "", "/col/col9/index.html?number=D07"),
        (
            "<iframe src='/module/xxgk/tree.jsp?area=1133MB&amp;divid=d1'></iframe>",
            "/col/col9/index.html?number=D07",
        ),
        (
            "<script>loadDynamic('/module/xxgk/search.jsp?infotypeId=D07&area=1133MB&divid=d1')</script>",
            "/col/col9/index.html",
        ),
    ],
)
def test_hanweb_posts_organ_category_and_page(html: str, address: str) -> None:
    page = page_of(html, address)
    family = recognise_family(page)
    (request,) = family.list_requests(page)
    answer = answer_to(request, "<table><tr><td>第1页 共3页</td></tr></table>", page)
    later = [*family.list_requests(answer)]
    assert family.name == "hanweb-xxgk"
    for number, each in enumerate([request, *later], 1):
        fields = parse_qs(each.body, keep_blank_values=True)
        assert (each.method, each.url.partition("?")[0]) == (
            "POST",
            f"{HOST}/module/xxgk/search.jsp",
        )
        assert (fields["infotypeId"], fields["area"]) == (["D07"], ["1133MB"])
        assert fields["currpage"] == parse_qs(urlsplit(each.url).query)["currpage"] == [str(number)]
    assert len(later) == 2


def test_hanweb_without_an_organ_is_not_asked() -> None:
    page = page_of("<script>var u = '/module/xxgk/search.jsp'</script>", "/col/col9/index.html")
    assert list(recognise_family(page).list_requests(page)) == []


def test_rows_of_other_columns_are_left_out_where_the_answer_has_them() -> None:
    page = page_of(SEARCH % "D07", "/col/col9/index.html")
    (request,) = FAMILIES["hanweb-xxgk"].list_requests(page)
    body = "".join(
        f"<tr><td><a href='/art/2031/1/9/art_{column}_{column}1.html'>{title}</a></td></tr>"
        for column, title in ((9, "某局2030年年报"), (5, "某局招聘公告一则"), (6, "某镇政府信息公开年报"))
    )  # fmt: skip
    found = rows(answer_to(request, f"<table>{body}</table>", page), "hanweb-xxgk")
    assert [title for _, title in found] == ["某局2030年年报", "某镇政府信息公开年报"]


# jcms

RECORDS = "<record><![CDATA[<a href='/art/2031/1/9/art_9_1.html'>某局2030年年报</a>]]></record>"


def test_jcms_names_all_groups_where_the_page_counts_its_records() -> None:
    group = '<nextgroup><![CDATA[<a href="/p.jsp?page=1&amp;columnid=x7"></a>]]></nextgroup>'
    page = page_of(f"<script>totalRecord:7</script><datastore>{group}{RECORDS * 2}</datastore>")
    found = [url.removeprefix(HOST) for url in FAMILIES["jcms"].list_pages(page)]
    assert found == [f"/p.jsp?page={number}&columnid=x7" for number in (1, 2, 3)]


def test_jcms_asks_for_the_rest_of_a_shortened_group() -> None:
    """A server that knows only pages answers a group of three with one of them."""
    base = f"{HOST}/module/web/jpage/dataproxy.jsp?columnid=9&unitid=4"
    asked = f"{base}&page=1&startrecord=1&endrecord=6&perpage=2"
    answer = WebPage(asked, f"<datastore>{RECORDS * 2}</datastore>".encode())
    queries = [parse_qs(urlsplit(url).query) for url in FAMILIES["jcms"].list_pages(answer)]
    assert [(q["page"], q["startrecord"], q["endrecord"]) for q in queries] == [
        (["2"], ["3"], ["4"]),
        (["3"], ["5"], ["6"]),
    ]
    whole = WebPage(asked, f"<datastore>{RECORDS * 6}</datastore>".encode())
    assert list(FAMILIES["jcms"].list_pages(whole)) == []


@pytest.mark.parametrize(
    "proxy", ["/module/web/jpage/morecolumndataproxy.jsp", "/web/jpage/dataproxy.jsp"]
)
def test_jcms_uses_the_proxy_that_the_page_names(proxy: str) -> None:
    page = page_of(
        f"<script>{{columnid:9,unitid:'4'}} jpage({{totalRecord:2,perPage:15,proxyUrl:'{proxy}'}})</script>"
    )
    (url,) = FAMILIES["jcms"].list_pages(page)
    assert url.startswith(f"{HOST}{proxy}?page=1&startrecord=1&endrecord=2&")


# truecms

TRUECMS = """<div id="initData"><ul><li><a href="/x/content/1.html">某局2030年年报</a></li></ul></div>
<script>$("#l").jpage({totalRecord:5,perPage:1,groupSize:3,proxyUrl:'/truecms/messageController/getMessage.do',
ajaxParam:{columnId:'00000000-0000-4000-8000-00000000000a'}})</script>"""


def test_truecms_asks_for_the_records_behind_the_first_rows() -> None:
    page = page_of(TRUECMS)
    assert recognise_family(page).name == "truecms"
    queries = [parse_qs(urlsplit(r.url).query) for r in recognise_family(page).list_requests(page)]
    assert [(q["startrecord"], q["endrecord"]) for q in queries] == [(["2"], ["4"]), (["5"], ["5"])]
    assert {q["columnId"][0] for q in queries} == {"00000000-0000-4000-8000-00000000000a"}


def test_truecms_reads_the_records_alone_and_asks_for_what_was_left_out() -> None:
    page = page_of(TRUECMS)
    request = next(recognise_family(page).list_requests(page))
    body = (
        r'cb({"result":"<datastore><record><![CDATA[<li><a href=\"/x/content/2.html\" '
        r'title=\"某局2029年年报\">某局…</a></li>]]></record></datastore>"})'
    )
    answer = answer_to(request, body, page)
    assert rows(answer, "truecms") == [("/x/content/2.html", "某局2029年年报")]
    (rest,) = FAMILIES["truecms"].list_requests(answer)
    assert parse_qs(urlsplit(rest.url).query)["startrecord"] == ["3"]


# Epoint

EPOINT_ID = "00000000-0000-4000-8000-000000000004"


def test_epoint_posts_json_for_the_column_in_the_address() -> None:
    page = page_of(
        '<script>var siteInfo={"projectName":"EWB","siteGuid":"g-1"}</script><a href="/js/webBuilderCommon.js"></a>',
        "/dynamic/zwgk/govInfoPub.html?categorynum=014003&deptcode=014",
    )
    family = recognise_family(page)
    (request,) = family.list_requests(page)
    assert request.url == f"{HOST}/EWB/rest/lightfrontaction/getgovinfolist"
    assert request.body == (
        '{"deptcode":"014","categorynum":"014003","pageIndex":0,"pageSize":20,"siteGuid":"g-1"}'
    )
    answer = answer_to(request, '{"custom":{"total":41,"data":[]}}', page)
    later = [json.loads(each.body)["pageIndex"] for each in family.list_requests(answer)]
    assert later == [1, 2]


def test_epoint_reads_the_column_that_the_script_of_a_page_inside_another_names() -> None:
    page = page_of(
        '<script>var deptcode="015", categorynum="015003"; var siteInfo={projectName:"/EWB",siteGuid:"g-2"};'
        "function load(p){$.ajax({url:'/EWB/rest/lightfrontaction/getgovinfolist',type:'post',"
        "contentType:'application/json',data:JSON.stringify({deptcode:deptcode,categorynum:categorynum,"
        "pageIndex:p,pageSize:20,siteGuid:siteInfo.siteGuid})})}load(0);</script>",
        "/govxxgk/015/govlist.html",
    )
    (request,) = FAMILIES["epoint"].list_requests(page)
    assert request.body == (
        '{"deptcode":"015","categorynum":"015003","pageIndex":0,"pageSize":20,"siteGuid":"g-2"}'
    )


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("<td>2031-01-19</td>", f"/govxxgk/014/2031-01-19/{EPOINT_ID}.html"),
        ("", f"/govxxgk/014/nb/openDetailDynamic.html?infoid={EPOINT_ID}&categorynum=014003"),
    ],
)
def test_rows_of_epoint_open_an_article(date: str, expected: str) -> None:
    row = f"""<table><tr><td><a href="javascript:void(0)" onclick="linkToNew('{EPOINT_ID}','014003')"
        title="某局2030年年报">某局…</a></td>{date}</tr></table>"""
    page = page_of(row, "/govxxgk/014/nb/list.html")
    assert rows(page, "epoint") == [(expected, "某局2030年年报")]
    assert FAMILIES["epoint"].is_article(HOST + expected)


# LonSun and Meetfine


def test_lonsun_columns_are_known_by_the_type_in_their_address() -> None:
    page = page_of(
        '<a href="/public/column/9?type=3&action=list"><img src="a.png"></a>'
        '<a href="/public/column/9?type=4&action=rel">更多</a>'
        '<a href="/public/column/9?type=2">指南</a>'
    )
    family = recognise_family(page)
    assert (family.name, [text for _, text in rows(page, family.name)]) == (
        "lonsun",
        ["政府信息公开年报", "部门信息公开目录", "指南"],
    )


def test_lonsun_asks_for_the_pages_that_its_pager_counts() -> None:
    page = page_of(
        """<script>Ls.pagination("#p",function(i){Ls.ajax({url:"/site/label/8888",data:{labelName:"l",pageIndex:i,
        organId:"9",catId:"91"}})},{currentPage:1,pageCount:3,total:41})</script>"""
    )
    requests = [*recognise_family(page).list_requests(page)]
    assert [parse_qs(urlsplit(each.url).query)["pageIndex"] for each in requests] == [
        ["1"],
        ["2"],
        ["3"],
    ]
    last = answer_to(requests[2], "<li><a href='/public/9/1.html'>某局2030年年报</a></li>", page)
    assert list(FAMILIES["lonsun"].list_requests(last)) == []


def test_the_module_of_reports_of_meetfine_is_known_by_its_address() -> None:
    html = '<a href="/opennessAnnualReport/?branch_id=0123456789abcdef01234567">某局</a>'
    page = page_of(html + '<a href="/OpennessContent/show/91.html">某局2030年年报</a>')
    assert recognise_family(page).name == "meetfine"
    assert rows(page, "meetfine")[0][1] == "政府信息公开年报"
    assert FAMILIES["meetfine"].is_article(f"{HOST}/OpennessContent/show/91.html")


# jpaas


def test_jpaas_reads_the_values_of_its_parts_from_any_script() -> None:
    html = """<a href="/api-gateway/jpaas-publish-server/x"></a><script>var webId='aa',pageId='bb',tplSetId='cc';
        var one={tagId:'分页列表'}, two={tagId:'右侧内容'};</script>"""
    page = page_of(html)
    parts = [link for link in recognise_family(page).links(page) if link.embedded]
    queries = [parse_qs(urlsplit(link.url).query) for link in parts]
    assert [query["tagId"] for query in queries] == [["分页列表"], ["右侧内容"]]
    assert {(q["webId"][0], q["pageId"][0], q["tplSetId"][0]) for q in queries} == {
        ("aa", "bb", "cc")
    }


@pytest.mark.parametrize(
    "path",
    [
        "/n810/c5000001/content.html", "/zwgk/1926600000/index.html", "/x/shownews.asp?id=7&class=3",
        "/article_view.php?classid=4&aid=9", "/zwgk/pnidpv90001.html", "/2031-01/19/Item.html",
        "/col/9039_900001/art/19266000/1926600000000AbCdEfGh.html", "/20310119/0123456789abcdef0123456789abcdef/c.html",
    ],
)  # fmt: skip
def test_addresses_of_articles_with_a_name_for_all(path: str) -> None:
    assert FAMILIES["generic"].is_article(HOST + path)


@pytest.mark.parametrize(
    "path",
    [
        "/zwgk/202401/index.html", "/newslist.asp?id=7", "/showclass.asp?id=7", "/c1/content.html",
        "/zwgk/list.php?catid=3", "/view.html?page=2",
    ],
)  # fmt: skip
def test_addresses_of_lists_are_not_those_of_articles(path: str) -> None:
    assert not FAMILIES["generic"].is_article(HOST + path)


@pytest.mark.parametrize(
    "path",
    [
        "/EWB/rest/getAttach?attachGuid=1-2", "/x/fileDownload.do?id=9", "/comp/downFile?fileId=9",
        "/down/downloadFile?name=a", "/cms/filedownload.jspx?cid=1", "/fileDownload?fileId=3",
    ],
)  # fmt: skip
def test_attached_documents_are_known_by_the_servlet_that_sends_them(path: str) -> None:
    assert FAMILIES["generic"].is_document(Link(HOST + path, "附件"))
    assert not FAMILIES["generic"].is_document(Link(f"{HOST}/download/index.html", "下载中心"))


def test_an_answer_is_read_in_the_family_of_its_list() -> None:
    request = get_request(f"{HOST}/api", {"page": 1, "pageSize": 1})
    answer = answer_to(
        request, '{"total": 2, "rows": [{"title": "年报", "url": "/a.html"}]}', page_of("")
    )
    assert [each.page for each in FAMILIES["epoint"].list_requests(answer)] == [2]


# gtapp, 金融监管总局, channels of Vue


def test_gtapp_posts_the_number_of_a_page_to_the_address_of_the_column() -> None:
    html = "<table><tr><td><a href='/gk/202501/t20250120_7.html'>某厅2024年报告</a></td><td>2025-01-20</td></tr></table>第1页 共3页"
    page = WebPage(f"{HOST}/gtapp/nrglIndex.action?classID=8a85", html.encode())
    assert recognise_family(page).name == "gtapp"
    asked = [*FAMILIES["gtapp"].list_requests(page)]
    assert [(each.url, each.body) for each in asked] == [
        (page.address, "cpage=2"),
        (page.address, "cpage=3"),
    ]


def test_rows_without_an_address_lead_to_the_page_that_shows_their_number() -> None:
    address = f"{HOST}/cn/view/pages/ItemList.html?itemPId=900&itemId=905"
    page = WebPage(address, b"<html><body><ul></ul></body></html>")
    family = recognise_family(page)
    (request,) = family.list_requests(page)
    assert request.url.startswith(f"{HOST}/cbircweb/DocInfo/SelectDocByItemIdAndChild?itemId=905&")
    row = {"docId": 77, "docTitle": "某局2030年年报", "publishDate": "2031-01-19 10:00:00"}
    other = {"docId": "../x", "docTitle": "某局2029年年报"}
    body = json.dumps({"data": {"total": 3, "rows": [row, other]}})
    answer = answer_to(request, body, page)
    shown = "/cn/view/pages/ItemDetail.html?docId=77&itemId=905&generaltype=0"
    assert rows(answer, "nfra") == [(shown, "某局2030年年报")]
    assert family.is_article(HOST + shown)
    assert not family.is_article(address)


def test_a_channel_is_no_document() -> None:
    page = page_of('<a href="/gongkai/channel_0123456789abcdef01234567/">年报</a>')
    family = recognise_family(page)
    assert family.name == "channel"
    assert family.is_article(f"{HOST}/gongkai/channel_0123456789abcdef01234567/doc_89ab0123.html")
    assert not family.is_article(f"{HOST}/gongkai/channel_0123456789abcdef01234567")
