"""What scripts would write, open and ask for: read from them, never run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.crawler.discovery.cms import FAMILIES, recognise_family
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.sites.registry import Site
from gongkai.replica.transport import Transport
from tests.crawler.tiny import FAST, REPORT, answers, crawl_one, served

HERE = "http://www.x.gov.cn/nb/list.php?cat=7"
GO = """function goPage(n){ if(n==1){ window.location.href="/nb/"; } else location.href = "/nb/index_"+n+".html"; }
var openIt = function(id, y){ var u = '/show.jsp?id=' + id; window.open(u + '&y=' + encodeURIComponent(y)) };"""


def page(html: str) -> WebPage:
    return WebPage(HERE, html.encode())


def links(html: str) -> list[tuple[str, str]]:
    return [(link.url.removeprefix("http://www.x.gov.cn"), link.text) for link in page(html).links]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f'<script>{GO}</script><a href="javascript:goPage(2)">下一页</a>', ("/nb/index_2.html", "下一页")),
        (
            f"<script>{GO}</script><li onclick=\"openIt('31', '2024')\">县财政局</li>",
            ("/show.jsp?id=31&y=2024", "县财政局"),
        ),
        (
            """<input type="button" value="下一页" onclick="location='?cat=7&page=2'">""",
            ("/nb/list.php?cat=7&page=2", "下一页"),
        ),
        (
            """<select onchange="location='?u='+this.value"><option value="12">县财政局</option></select>""",
            ("/nb/list.php?u=12", "县财政局"),
        ),
        (
            """<script>function to(s){ if(s.value) location.href='/bm/'+s.value+'/'; }</script>"""
            """<select onchange="to(this)"><option value="czj">县财政局</option></select>""",
            ("/bm/czj/", "县财政局"),
        ),
        (
            """<select id="area"><option value="1137">县财政局</option></select>"""
            """<script>$("#area").change(function(){ location.href="a.jsp?area="+$(this).val(); });</script>""",
            ("/nb/a.jsp?area=1137", "县财政局"),
        ),
        (
            r"""<script>document.write('<li><a href="/xxgk/">' + '政府信息公开<\/a></li>')</script>""",
            ("/xxgk/", "政府信息公开"),
        ),
        (r"""<script>document.write("<iframe src=\"/rows.html\"></iframe>")</script>""", ("/rows.html", "")),
        (
            r"""<script>window.__STATE__={"menu":[{"title":"\u5e74\u62a5","more":{"a":1},"url":"\/nb\/"}]}</script>""",
            ("/nb/", "年报"),
        ),
        ('<tr><td>县财政局2024年年度报告</td><td><a href="/a">查看</a></td></tr>', ("/a", "县财政局2024年年度报告")),
        ('<h3>政府信息公开年报 <a href="/nb/">更多&gt;&gt;</a></h3>', ("/nb/", "政府信息公开年报")),
        ('<li data-url="/a.html">县财政局2024年年度报告</li>', ("/a.html", "县财政局2024年年度报告")),
        ('<a rel="next" href="?page=2"><i></i></a>', ("/nb/list.php?page=2", "下一页")),
    ],
)  # fmt: skip
def test_what_a_script_leads_to(html: str, expected: tuple[str, str]) -> None:
    # in a table, as rows are: a bare <tr> is no HTML
    assert expected in links(f"<table>{html}</table>" if html.startswith("<tr") else html)


@pytest.mark.parametrize(
    "html",
    [
        "<script>function f(n){ location.href = base + n; }</script><a href='javascript:f(2)'>2</a>",
        "<script>function f(n){ alert(n); }</script><a href='javascript:f(2)'>2</a>",
        "<select onchange='count(this.value)'><option value='3'>三</option></select>",
        "<script>rows.push(\"<a href='\" + url + \"'>\" + name + '</a>')</script>",
    ],
)
def test_what_is_not_known_leads_nowhere(html: str) -> None:
    assert links(html) == []


def test_data_that_a_script_asks_for() -> None:
    html = """<script>$.getJSON("/api/list?cid=3", fill); $.ajax({type:"GET", url: '/b.json'});
        fetch("/c/" + id); $.get("/js/d.js");</script>"""
    assert [link.url.removeprefix("http://www.x.gov.cn") for link in page(html).data_requests] == [
        "/api/list?cid=3",
        "/b.json",
    ]


def test_a_short_page_in_gb18030_without_a_word_of_it_is_no_korean() -> None:
    body = "<script>document.write('<a href=\"/nb/\">年度报告</a>')</script>".encode("gb18030")
    assert WebPage(HERE, body).links[0].text == "年度报告"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="index_5.html">尾页</a>', [f"/nb/index_{n}.html" for n in (2, 3, 4, 5)]),
        ('<a href="?page=2">下一页</a><a href="?page=9">尾页</a>', ["/nb/list.php?page=2"]),
        ('<a href="?page=3&cat=82">尾页</a>', [f"/nb/list.php?page={n}&cat=82" for n in (2, 3)]),
        ('<a href="?cat=82">尾页</a>', []),
        # on the last page of all: nothing is beyond it
        ('<a href="?cat=7">下一页</a><a href="?page=9&cat=7">尾页</a>', ["/nb/list.php?cat=7"]),
        ('<a href="1.htm">尾页</a>', []),  # counts down, from a page it names elsewhere
        ('<a href="page/2/">Next »</a>', ["/nb/page/2/"]),
        (
            '<select onchange="location=this.value"><option value="list_2.html">第2页</option></select>',
            ["/nb/list_2.html"],
        ),
    ],
)
def test_pages_of_a_list(html: str, expected: list[str]) -> None:
    found = FAMILIES["generic"].list_pages(page(html))
    assert [url.removeprefix("http://www.x.gov.cn") for url in found] == expected


UNITS = ("财政局", "教育局", "城关镇")
SITE = Site("scripted", "某县", "640221", "http://www.tiny.gov.cn/")


def scripted() -> dict[str, str]:
    """A portal of frames, scripts and lists of choice; every report's address says nothing."""
    titles = {
        f"/d/{unit}/{year}": f"某县{name}{year}年政府信息公开工作年度报告"
        for unit, name in enumerate(UNITS)
        for year in (2016, 2017)
    }
    data = ",".join(f'{{"title":"{t}","url":"{a}"}}' for a, t in titles.items() if "/d/2/" in a)
    chosen = "".join(f'<option value="{n}">某县{name}</option>' for n, name in enumerate(UNITS[:1]))
    return {address: REPORT.format(title=title) for address, title in titles.items()} | {
        "/": '<frameset><frame src="/top.htm"><frame src="/main.htm"></frameset>',
        "/top.htm": "<script>document.write('<a href=\"/nb.htm\">年度报告</a>')</script>",
        "/main.htm": "<p>欢迎</p>",
        "/nb.htm": f"""<title>年度报告</title><select onchange="go(this.value)">{chosen}</select>
            <script>function go(u){{ location.href = "/u?id=" + u; }}</script>
            <a href="/table.htm">教育局</a><a href="/api.htm">城关镇</a>""",
        "/u?id=0": """<title>政府信息公开年报</title><p><a href="/d/0/2016">2016年</a></p>
            <a href="javascript:turn(2)">下一页</a><script>function turn(n){location="/u?id=0&p="+n}</script>""",
        "/u?id=0&p=2": '<title>政府信息公开年报</title><p><a href="/d/0/2017">2017年</a></p>',
        "/table.htm": '<title>年度报告</title><a href="/own.htm">政府信息公开年报</a>',
        "/own.htm": '<title>政府信息公开年报</title><table><tr><td>二〇一六年</td><td><a href="/d/1/2016">[查看]</a>'
        '</td></tr><tr><td>二〇一七年</td><td><a href="/d/1/2017">[查看]</a></td></tr></table>',
        "/api.htm": '<title>政府信息公开年报</title><ul></ul><script>$.get("/rows.json", fill)</script>',
        "/rows.json": f'{{"rows":[{data}]}}',
    }


@pytest.fixture
def portal() -> Iterator[tuple[Transport, list[str]]]:
    pages, asked = scripted(), []

    def answer(request):
        asked.append(request.url)
        return answers(pages, request)

    with served(answer) as transport:
        yield transport, asked


def test_a_portal_made_by_scripts_is_crawled_whole(portal, tmp_path: Path) -> None:
    transport, asked = portal
    run = crawl_one(Job(SITE, tmp_path, f"http://127.0.0.1:{transport.server_port}", FAST))
    missed = {path for path in scripted() if f"http://www.tiny.gov.cn{path}" not in asked}
    assert (run.outcome, run.counts["reports"], run.counts["blocked"], missed) == (
        "ok",
        6,
        0,
        set(),
    )


@pytest.mark.parametrize(
    ("start", "title"),
    [("/zwgk/", "某县政府"), ("/a/", "政府信息公开"), ("/", "某县政府信息公开网")],
)
def test_a_site_entered_by_its_disclosure_page(start: str, title: str, tmp_path: Path) -> None:
    pages = {
        start: f'<title>{title}</title><a href="/n/">年度报告</a><a href="/u/">县财政局</a>',
        "/n/": '<title>年度报告</title><li><a href="/1">某县2016年年报</a>2017-01-02</li>',
        "/u/": '<title>县财政局</title><a href="/v/">年报</a>',
        "/v/": '<title>年报</title><li><a href="/2">2016年年报</a>2017-01-02</li>',
        "/1": REPORT.format(title="某县2016年政府信息公开工作年度报告"),
        "/2": REPORT.format(title="某县财政局2016年政府信息公开工作年度报告"),
    }
    with served(lambda request: answers(pages, request)) as transport:
        site = Site("tree", "某县", "640221", f"http://www.tiny.gov.cn{start}")
        proxy = f"http://127.0.0.1:{transport.server_port}"
        run = crawl_one(Job(site, tmp_path, proxy, FAST))
    assert (run.outcome, run.counts["reports"]) == ("ok", 2)


@pytest.mark.parametrize("given", ["a" * 5_000, "a," * 5_000, "'a" * 5_000, "1 " * 5_000])
def test_what_is_no_call_is_given_up_at_once(given: str) -> None:
    """Tried in every division of its letters, the first of these would take for ever."""
    assert links(f'<script>{GO}</script><a href="javascript:goPage({given}!">2</a>') == []


@pytest.mark.parametrize(
    ("html", "family"),
    [
        ('<a href="list.jsp?urltype=tree.TreeTempUrl&amp;wbtreeid=1050">年报</a>', "vsb"),
        ('<A HREF="\n  ./202101/t20210120_6000060.html\n">年报</A>', "trs"),
    ],
)
def test_a_family_is_known_by_its_links(html: str, family: str) -> None:
    assert recognise_family(page(html)).name == family
