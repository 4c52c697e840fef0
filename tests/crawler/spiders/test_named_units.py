"""The agencies that a portal's tree of disclosure names are kept with the first page that names them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer
from tests.crawler.tiny import FAST, HOST, PAGES, SITE, answers, crawl_one, served

TREE = (
    '<a href="/nb/">政府信息公开年报</a><a href="/bm/jyj/">县教育局</a><a href="/bm/czj/">县财政局</a>'
    '<a href="http://www.elsewhere.gov.cn/swj/">县水务局</a><a href="/zcwj/">政策文件</a>'
)
MORE = TREE + '<a href="/bm/mzj/">县民政局</a>'
UNIT = "<p>本单位公开目录</p>"


def crawl(folder: Path, tree: str) -> None:
    """Crawl a portal whose tree is this page."""
    pages: dict[str, str | Answer] = {
        **PAGES,
        "/": PAGES["/"] + '<a href="/xxgk/">政府信息公开</a>',
        "/xxgk/": tree,
        **dict.fromkeys(("/bm/jyj/", "/bm/czj/", "/bm/mzj/"), UNIT),
    }
    with served(partial(answers, pages)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        assert crawl_one(Job(SITE, folder, proxy, FAST)).outcome == "ok"


def named(folder: Path) -> list[tuple[str, str, str]]:
    """Return (address, day and time, name) of what was kept."""
    with Snapshots(folder) as snapshots:
        found = [(snapshots.get(snapshot), name) for snapshot, name in snapshots.units()]
    return sorted((at.url, at.fetched_at, name) for at, name in found if at)


def test_a_name_is_kept_once_with_the_first_page_that_has_it(tmp_path: Path) -> None:
    """Links to other sites and links to other things are no units of the tree."""
    crawl(tmp_path, TREE)
    first = named(tmp_path)
    assert [(url, name) for url, _, name in first] == [
        (f"{HOST}/xxgk/", "县教育局"),
        (f"{HOST}/xxgk/", "县财政局"),
    ]
    crawl(tmp_path, MORE)
    second = named(tmp_path)
    assert sorted({name for _, _, name in second}) == ["县教育局", "县民政局", "县财政局"]
    assert set(first) <= set(second)
    assert len(second) == 3


def test_the_index_is_made_again_with_all_names(tmp_path: Path) -> None:
    crawl(tmp_path, TREE)
    before = named(tmp_path)
    with Snapshots(tmp_path) as snapshots:
        snapshots.reindex()
    assert named(tmp_path) == before
