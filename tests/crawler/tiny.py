"""A portal of three pages on loopback, in which tests replace single answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gongkai.catalogue import stored_text
from gongkai.crawler.runs.jobs import Job, crawl
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.snapshot import Run
from gongkai.replica.transport import Answer, Request, Transport

SITE = Site("tiny", "某县", "640221", "http://www.tiny.gov.cn/", cms="trs")
HOST = "http://www.tiny.gov.cn"
FAST = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "GONGKAI_RETRY_WAIT": "0.01",
    "GONGKAI_ROTATION_DAYS": "0",
}
HTML = {"Content-Type": "text/html; charset=utf-8"}

REPORT = """<html><head><title>{title}</title><meta name="ArticleTitle" content="{title}"></head><body>
<h1>{title}</h1><p>一、总体情况</p><p>二、主动公开政府信息情况</p>
<p>三、收到和处理政府信息公开申请情况</p><p>四、政府信息公开行政复议、行政诉讼情况</p>
<p>五、存在的主要问题及改进情况</p><p>六、其他需要报告的事项</p></body></html>"""
TITLE = "某县教育局2018年政府信息公开工作年度报告"
REPORT_PATH = "/nb/202401/t20240101_1.html"
PAGES = {
    "/": '<a href="/nb/">政府信息公开年报</a>',
    "/nb/": f'<a href="/nb/202401/t20240101_1.html">{TITLE}</a>',
    REPORT_PATH: REPORT.format(title=TITLE),
}


@contextmanager
def served(answerer: Callable[[Request], Answer]) -> Iterator[Transport]:
    """Run a proxy on loopback that answers with a function of the request."""
    transport = Transport(answerer)
    thread = threading.Thread(target=transport.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield transport
    finally:
        transport.stop()
        thread.join()


def answers(pages: dict[str, str | Answer], request: Request) -> Answer:
    """Return the answer for a request from a table of path -> page, 404 for other paths."""
    found = pages.get(request.url.removeprefix(HOST))
    if found is None:
        return Answer(404, HTML, b"<html>404</html>")
    return found if isinstance(found, Answer) else Answer(200, HTML, found.encode())


def crawl_one(job: Job) -> Run:
    """Crawl one site as the command does, and return its run."""
    (run,) = crawl([job.site], job.snapshots, proxy=job.proxy, settings=job.settings)
    return run


def reason(run: Run) -> str:
    """Return in English why a run did not go well, "" where it did."""
    return stored_text("en", run.why) if run.why else ""
