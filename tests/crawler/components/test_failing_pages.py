"""A list of which one page fails in the middle: the run says how much of it was read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, urlsplit

import pytest

from gongkai.replica.transport import Answer, Request
from tests.crawler.tiny import HOST, HTML, REPORT, reason

NEWS = "".join(
    f'<li><a href="/xw/{n}.html">某县推进重点项目建设（{n}）</a><span>2024-05-0{n}</span></li>'
    for n in range(1, 7)
)
HOME = f'<a href="/nb/">政府信息公开年报</a><ul>{NEWS}</ul>'
PAGES, SIZE, FAILING = 7, 2, 3
TITLES = {
    f"/nb/{year + 1}01/t{year + 1}0120_{year}.html": f"某县{year}年政府信息公开工作年度报告"
    for year in range(2024, 2024 - PAGES * SIZE, -1)
}
PATHS = [*TITLES]
READ = len(PATHS) - SIZE

BLOCK = "<html><head><title>访问拦截</title></head><body>您的请求已被云堤防护系统拦截</body></html>"
FAULTS = {
    "500": Answer(500, HTML, b"<html>500</html>"),
    "404": Answer(404, HTML, b"<html>404</html>"),
    "nothing": Answer(200, HTML, b""),
    "no rows": Answer(200, HTML, b"<html><body><ul></ul></body></html>"),
    "the home page": Answer(302, {"Location": f"{HOST}/"}, b""),
    "the first page": Answer(302, {"Location": f"{HOST}/nb/"}, b""),
    "a block page": Answer(405, HTML, BLOCK.encode()),
}


def part(number: int) -> list[str]:
    return PATHS[(number - 1) * SIZE : number * SIZE]


def rows(paths: Iterable[str]) -> str:
    return "".join(
        f'<li><a href="{path}">{TITLES[path]}</a><span>{path[4:8]}-01-20</span></li>'
        for path in paths
    )


def column(html: str) -> str:
    return f"<html><head><title>政府信息公开年报</title></head><body>{html}</body></html>"


def files(number: int) -> str:
    """The address of a page whose pager counts all."""
    return "/nb/" if number == 1 else f"/nb/index_{number - 1}.html"


def static(said: str) -> Callable[[Request], str | int | None]:
    """Pages of files, with a pager of numbers."""

    def answer(request: Request) -> str | int | None:
        for number in range(1, PAGES + 1):
            if urlsplit(request.url).path == files(number):
                if number == FAILING:
                    return number
                links = "".join(f'<a href="{files(n)}">{n}</a> ' for n in range(1, PAGES + 1))
                return column(f"<ul>{rows(part(number))}</ul>{links}{said}")
        return None

    return answer


def interface(script: str, draw: Callable[[int], object]) -> Callable[[Request], str | int | None]:
    """One page without rows, whose script requests the list."""

    def answer(request: Request) -> str | int | None:
        parts = urlsplit(request.url)
        if parts.path == "/nb/":
            return column(f"<div id=list></div><script>{script}</script>")
        if parts.path == "/data/list":
            fields = dict(parse_qsl(parts.query) + parse_qsl(request.body.decode()))
            number = int(fields["pageNo"])
            return number if number == FAILING else json.dumps(draw(number))
        return None

    return answer


def rows_in_data(number: int) -> list[dict[str, str]]:
    return [
        {"title": TITLES[path], "url": path, "date": f"{path[4:8]}-01-20"} for path in part(number)
    ]


GET = f"$.get('/data/list?column=5&pageNo=1&pageSize={SIZE}', draw)"
POST = f"$.post('/data/list', {{column: 5, pageNo: 1, pageSize: {SIZE}}}, draw, 'json')"
LISTS = {
    "files": (static(""), "6 of 7 pages"),
    "files that count their rows": (
        static(f"<p>共{len(PATHS)}条 第1/{PAGES}页</p>"),
        f"{READ} of {len(PATHS)} rows",
    ),
    "files that a script counts": (
        static(f"<script>createPageHTML({PAGES}, 0, 'index', 'html')</script>"),
        "6 of 7 pages",
    ),
    "an interface that counts its rows": (
        interface(GET, lambda number: {"total": len(PATHS), "rows": rows_in_data(number)}),
        f"{READ} of {len(PATHS)} rows",
    ),
    "an interface that counts its pages": (
        interface(POST, lambda number: {"totalPage": PAGES, "list": rows_in_data(number)}),
        "6 of 7 pages",
    ),
}


def portal(
    listed: Callable[[Request], str | int | None], fault: Answer
) -> Callable[[Request], Answer]:
    def answer(request: Request) -> Answer:
        path = urlsplit(request.url).path
        found = listed(request)
        if isinstance(found, int):
            return fault
        if path in TITLES:
            found = REPORT.format(title=TITLES[path])
        elif path == "/":
            found = HOME
        elif path.startswith("/xw/"):
            found = "<html><h1>某县召开会议</h1><p>会议指出。</p></html>"
        return Answer(200, HTML, found.encode()) if found else FAULTS["404"]

    return answer


CASES = [
    *(("files", fault) for fault in FAULTS),
    ("files that count their rows", "500"),
    ("files that count their rows", "the home page"),
    ("files that a script counts", "no rows"),
    ("an interface that counts its rows", "nothing"),
    ("an interface that counts its rows", "no rows"),
    ("an interface that counts its pages", "no rows"),
    ("an interface that counts its pages", "a block page"),
]


@pytest.mark.parametrize(("kind", "fault"), CASES)
def test_a_page_that_fails_in_the_middle_is_told(run, kind, fault):
    listed, numbers = LISTS[kind]
    found = run(
        portal(listed, FAULTS[fault]),
        RETRY_ENABLED="False",
        GONGKAI_SHRINK_LIMIT="0",
        GONGKAI_BLOCK_DELAY="0.01",
    )
    assert (found.outcome, found.counts["reports"]) == ("incomplete", READ)
    assert f"{numbers} of 政府信息公开年报 {HOST}/nb/" in reason(found)
