"""A list that is answered by POST alone: asked for by GET once, then as its own script would."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer, Request
from tests.crawler.tiny import FAST, HOST, HTML, REPORT, SITE, answers, crawl_one, served

TITLES = {
    f"/art/2017/1/{day}/art_500_{day}.html": f"某县第{day}局2016年政府信息公开工作年度报告"
    for day in range(1, 8)
}
ROWS = [f"<li><a href='{path}'>{title}</a></li>" for path, title in TITLES.items()]
COLUMN = """<title>政府信息公开年报</title><script>$('#500').jpage({totalRecord:7, perPage:1,
proxyUrl:'/module/web/jpage/dataproxy.jsp', ajaxParam:{col:1,appid:1,webid:2,path:'/',columnid:500,
sourceContentType:1,unitid:'77',webname:'某县',permissiontype:0}});</script>"""
PAGES = {
    "/": '<a href="/col/col500/index.html">政府信息公开年报</a>',
    "/col/col500/index.html": COLUMN,
}
PAGES |= {path: REPORT.format(title=title) for path, title in TITLES.items()}


def refusing(status: int, body: bytes, asked: list[str]):
    def answer(request: Request) -> Answer:
        parts = urlsplit(request.url)
        if not parts.path.endswith("/dataproxy.jsp"):
            return answers(PAGES, request)
        asked.append(request.method)
        if request.method != "POST":
            return Answer(status, HTML, body)
        query = parse_qs(parts.query)
        start, end = int(query["startrecord"][0]), int(query["endrecord"][0])
        records = "".join(f"<record><![CDATA[{row}]]></record>" for row in ROWS[start - 1 : end])
        return Answer(
            200, {"Content-Type": "text/xml"}, f"<datastore>{records}</datastore>".encode()
        )

    return answer


@pytest.mark.parametrize(
    ("status", "body"),
    [(405, b"<html>405</html>"), (404, b""), (200, b"<datastore></datastore>")],
)
def test_a_list_that_wants_a_form_is_whole(status: int, body: bytes, tmp_path: Path) -> None:
    asked: list[str] = []
    with served(refusing(status, body, asked)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        run = crawl_one(Job(SITE, tmp_path, proxy, FAST))
    assert (run.outcome, run.counts["reports"], run.counts["blocked"]) == ("ok", 7, 0)
    assert asked == ["GET", *["POST"] * 7]  # one try, then each page: some servers honour no groups
    with Snapshots(tmp_path) as kept:
        pages = [one for one in kept.all(SITE.id) if "/dataproxy.jsp" in one.url]
    assert len({one.url for one in pages if one.status == 200 and one.bytes > 50}) == 7
    assert all(one.url.startswith(HOST) for one in pages)
