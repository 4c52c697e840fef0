"""Single crawls of small portals with something wrong, and the ways a crawl is started."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from crawler.entry import Run
from crawler.jobs import Job, crawl, crawl_site, run_all
from crawler.locks import Busy, HostLock
from crawler.registry import RegistryError, Site
from crawler.retry import retry_after
from crawler.snapshots import Snapshots, StorageError
from tests.replica.transport import Answer, Request, Transport

ROOT = Path(__file__).parents[2]
SITE = Site("tiny", "某县", "640221", "http://www.tiny.gov.cn/", cms="trs")
HOST = "http://www.tiny.gov.cn"
FAST = {"DOWNLOAD_DELAY": "0", "GONGKAI_RETRY_WAIT": "0.01"}
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
    """A proxy on loopback that answers as it is told."""
    transport = Transport(answerer)
    thread = threading.Thread(target=transport.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield transport
    finally:
        transport.stop()
        thread.join()


def answers(pages: dict[str, str | Answer], request: Request) -> Answer:
    """Answer from a table of path -> page, 404 for the rest."""
    found = pages.get(request.url.removeprefix(HOST))
    if found is None:
        return Answer(404, HTML, b"<html>404</html>")
    return found if isinstance(found, Answer) else Answer(200, HTML, found.encode())


@pytest.fixture
def run(tmp_path) -> Callable[..., Run]:
    """Crawls a portal given as a table of pages, or as a function of the request."""

    def crawled(pages: object, **settings: str) -> Run:
        answerer = pages if callable(pages) else partial(answers, PAGES | pages)
        with served(answerer) as transport:
            proxy = f"http://user:secret@127.0.0.1:{transport.server_port}"
            (found,) = crawl([SITE], tmp_path, proxy=proxy, settings=FAST | settings)
            crawled.asked = [
                (url.removeprefix(HOST), status) for _, url, status in transport.requests
            ]
        return found

    return crawled


def test_a_small_portal_is_well(run, tmp_path):
    found = run({})
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)
    assert run.asked == [
        ("/robots.txt", 404),
        ("/", 200),
        ("/nb/", 200),
        ("/nb/202401/t20240101_1.html", 200),
    ]


def test_the_proxys_password_is_not_kept(run, tmp_path):
    run({})
    (path,) = tmp_path.glob("*.warc.gz")
    with Snapshots(tmp_path) as snapshots:
        assert len(list(snapshots.all())) == 4

    assert b"authorization" not in gzip.decompress(path.read_bytes()).lower()


def test_hostile_links_and_redirects_lead_nowhere(run, tmp_path):
    hostile = "".join(
        f'<a href="{url}">政府信息公开年报{number}</a>'
        for number, url in enumerate(
            [
                "file:///etc/hosts",
                "http://127.0.0.1:1/",
                "http://[::1]/",
                "http://www.other.gov.cn/",
                "http://www.tiny.gov.cn:22/",
                "http://www.tiny.gov.cn@evil.example/",
                "ftp://www.tiny.gov.cn/a.pdf",
            ]
        )
    )
    targets = {
        "/to-other": "http://www.other.gov.cn/",
        "/to-inside": "http://127.0.0.1:1/",
        "/to-file": "file:///etc/hosts",
        "/to-port": "http://www.tiny.gov.cn:8080/",
    }
    links = "".join(f'<a href="{path}">{TITLE}{path}</a>' for path in targets)
    redirects = {path: Answer(302, {"Location": target}) for path, target in targets.items()}
    found = run({"/": PAGES["/"] + hostile + links} | redirects)

    assert found.outcome == "ok"
    assert {path for path, _ in run.asked} == {"/robots.txt", *PAGES, *targets}
    with Snapshots(tmp_path) as snapshots:
        led = {snapshot.url: snapshot.final_url for snapshot in snapshots.all()}
        assert {led[HOST + path] for path in targets} == set(targets.values())


def test_a_site_without_reports_fails_aloud(run):
    found = run({"/nb/": "<p>本栏目内容正在更新</p>"})
    assert (found.outcome, found.why) == ("failed", "no report found")


def test_a_site_under_its_floor_fails_aloud(tmp_path):
    with served(partial(answers, PAGES)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        (found,) = crawl([replace(SITE, min_reports=20)], tmp_path, proxy=proxy, settings=FAST)
    assert (found.outcome, found.why) == ("failed", "1 reports found, at least 20 expected")


def test_a_home_page_that_is_not_there_fails_aloud(tmp_path):
    (found,) = crawl(
        [SITE], tmp_path, proxy="http://127.0.0.1:1", settings=FAST | {"RETRY_TIMES": "0"}
    )
    assert (found.outcome, found.counts["errors"]) == ("failed", 1)
    assert "www.tiny.gov.cn" in (tmp_path / "logs" / "tiny.log").read_text()


def test_cookies_are_kept_and_versions_named_for_their_own_address_only(run):
    seen: list[tuple[str, str, str]] = []

    def moving(request: Request) -> Answer:
        path = request.url.removeprefix(HOST)
        cookie, tag = (request.headers.get(name, "") for name in ("cookie", "if-none-match"))
        seen.append((path, cookie, tag))
        if path == "/" and not cookie:
            return Answer(
                200, HTML | {"Set-Cookie": "visit=1; path=/", "ETag": '"one"'}, PAGES["/"].encode()
            )
        if path == "/":
            return answers(PAGES, request)
        if path == "/nb/" and tag:  # the column has moved since
            return Answer(302, {"Location": "/new/"})
        found = answers(PAGES | {"/new/": PAGES["/nb/"]}, request)
        return replace(found, headers=found.headers | {"ETag": f'"{path}"'})

    run(moving)
    assert seen == [
        ("/robots.txt", "", ""),
        ("/", "", ""),
        ("/nb/", "visit=1", ""),
        (REPORT_PATH, "visit=1", ""),
    ]
    seen.clear()
    run(moving)
    assert seen == [
        ("/robots.txt", "", ""),
        ("/", "", '"one"'),
        ("/nb/", "visit=1", '"/nb/"'),
        ("/new/", "visit=1", ""),
        (REPORT_PATH, "visit=1", f'"{REPORT_PATH}"'),
    ]


def test_a_setting_that_is_none_fails_with_a_clear_word(run, capfd):
    found = run({}, DOWNLOAD_DELAY="abc")
    assert found.outcome == "failed"
    assert found.why == "could not start: could not convert string to float: 'abc'"
    assert capfd.readouterr() == ("", "")


def test_a_fault_that_passes_is_retried_after_a_pause(run):
    tries: list[str] = []

    def faulty(request: Request) -> Answer:
        tries.append(request.url)
        if request.url.endswith("/nb/") and tries.count(request.url) < 3:
            return Answer(503, HTML | {"Retry-After": "1"}, b"busy")
        return answers(PAGES, request)

    started = datetime.now(UTC)
    found = run(faulty, GONGKAI_RETRY_WAIT_MAX="0.5")
    assert (datetime.now(UTC) - started).total_seconds() > 1.0  # twice what is waited at most
    assert found.outcome == "ok"
    assert [status for path, status in run.asked if path == "/nb/"] == [503, 503, 200]
    assert found.counts["errors"] == 0


def test_a_fault_that_stays_is_an_error(run):
    found = run(
        {
            "/nb/x.html": Answer(500, HTML, b"oops"),
            "/nb/": PAGES["/nb/"] + f'<a href="x.html">{TITLE}</a>',
        }
    )
    assert (found.outcome, found.counts["errors"]) == ("ok", 1)
    assert [status for path, status in run.asked if path == "/nb/x.html"] == [500] * 4


def test_block_pages_are_not_retried_and_end_the_crawl(run):
    paths = [f"/b/{number}" for number in range(20)]
    statuses = [403, 405, 412, 521] * 5
    blocked = {
        path: Answer(status, HTML, "云堤".encode())
        for path, status in zip(paths, statuses, strict=True)
    }
    found = run({"/": "".join(f'<a href="{path}">{TITLE}{path}</a>' for path in paths)} | blocked)
    # one more may be under way when the fifth is seen
    assert found.counts["blocked"] in (5, 6)
    assert (found.outcome, found.why) == (
        "failed",
        f"stopped: {found.counts['blocked']} block pages",
    )
    assert len(run.asked) == len(set(run.asked)) == 2 + found.counts["blocked"]


ODD = {
    "/nb/no-gzip_1001.html": Answer(200, HTML | {"Content-Encoding": "gzip"}, b"this is no gzip"),
    "/nb/empty_1002.html": Answer(200, HTML, b""),
    "/nb/binary_1003.html": Answer(200, {}, b"\x00\x01\x02\xff" * 100),
    "/nb/loop_1004.html": Answer(302, {"Location": "/nb/loop_1004.html"}),
    "/nb/nowhere_1005.html": Answer(302, {}),
    "/nb/lies_1006.html": Answer(200, {"Content-Type": "application/pdf"}, b"<html>not a pdf"),
    "/nb/long_1007.html": Answer(200, HTML, b"<a href='" + b"x" * 100_000 + b"'>"),
    "/nb/unasked_1008.html": Answer(304, {}),
    "/nb/refresh_1009.html": Answer(200, HTML, b'<meta http-equiv="refresh" content="0;url=/nb/">'),
    "/nb/xml_1010.html": Answer(200, HTML, b'<?xml version="1.0" encoding="gbk"?><html>\xff'),
    "/nb/nul_1011.html": Answer(200, HTML, b"<html>\x00<a href='\x00'>\x00</a>"),
}


def test_odd_answers_cost_only_themselves(tmp_path):
    column = PAGES["/nb/"] + "".join(f'<a href="{path}">其他</a>' for path in ODD)
    site = replace(SITE, cms="generic")
    with served(partial(answers, PAGES | ODD | {"/nb/": column})) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        (found,) = crawl([site], tmp_path, proxy=proxy, settings=FAST)
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)
    with Snapshots(tmp_path) as snapshots:
        for path, answer in ODD.items():
            assert snapshots.body(snapshots.latest(HOST + path)) == answer.body


def test_robots_txt_is_obeyed_and_its_delay_applied(run):
    robots = Answer(
        200,
        {"Content-Type": "text/plain"},
        b"User-agent: *\nDisallow: /nb/202401/\nCrawl-delay: 9\n",
    )
    started = datetime.now(UTC)
    found = run({"/robots.txt": robots}, GONGKAI_CRAWL_DELAY_MAX="0.7", DOWNLOAD_DELAY_JITTER="0")
    assert (datetime.now(UTC) - started).total_seconds() > 1.4
    assert found.counts["robots"] == 1
    assert (found.outcome, found.why) == ("failed", "no report found")
    assert [path for path, _ in run.asked] == ["/robots.txt", "/", "/nb/"]


def test_a_cut_answer_is_kept_and_marked(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer_half, args=(server,))
        thread.start()
        proxy = f"http://127.0.0.1:{server.getsockname()[1]}"
        crawl([SITE], tmp_path, proxy=proxy, settings=FAST | {"ROBOTSTXT_OBEY": "False"})
        thread.join()
    with Snapshots(tmp_path) as snapshots:
        (kept,) = snapshots.all()
        assert snapshots.body(kept) == b"<html>half of it"
        assert snapshots.ledger.get(kept.id).truncated == "disconnect"


def answer_half(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n<html>half of it"
        )


def test_names_that_lead_inside_are_not_connected_to(tmp_path):
    """The real resolver of a real crawl, without a proxy; the name is primed in Scrapy's cache."""
    with served(partial(answers, PAGES)) as transport:
        port = transport.server_port
        script = (
            "from pathlib import Path; from dataclasses import replace\n"
            "from scrapy.resolver import dnscache\n"
            "from crawler.jobs import Job, crawl_site; from crawler.registry import Site\n"
            f"dnscache['www.inner.gov.cn'] = '127.0.0.1'\n"
            f"site = Site('inner', '某县', '640221', 'http://www.inner.gov.cn:{port}/')\n"
            f"run = crawl_site(Job(site, Path({str(tmp_path)!r}), None, {FAST | {'RETRY_TIMES': '0'}!r}))\n"
            "print(run.outcome, run.counts['requests'], run.counts['errors'])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout == "failed 0 1\n"
        assert transport.requests == []
    assert "not a public address" in (tmp_path / "logs" / "inner.log").read_text()


def test_proxies_of_the_environment_are_not_used(run, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert run({}).outcome == "ok"


def test_a_second_crawl_of_a_site_says_that_it_is_busy(run, tmp_path):
    with HostLock(tmp_path, SITE):
        found = run({})
    assert found.outcome == "busy"
    assert found.why == f"tiny is being crawled already (process {os.getpid()})"
    assert run.asked == []
    assert run({}).outcome == "ok"


def test_a_lock_is_one_of_the_host_whatever_the_site_is_called(tmp_path):
    with HostLock(tmp_path, SITE), pytest.raises(Busy):
        HostLock(tmp_path, replace(SITE, id="other", url="https://tiny.gov.cn/"))
    HostLock(tmp_path, SITE).release()


def test_a_disk_that_is_full_ends_the_crawl_with_a_clear_word(tmp_path):
    pages = PAGES | {"/": PAGES["/"] + f"<p>{random.Random(1).randbytes(300_000).hex()}</p>"}
    with served(partial(answers, pages)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), limit_files) as pool:
            found = pool.submit(crawl_site, Job(SITE, tmp_path, proxy, FAST)).result()
        assert (found.outcome, found.why.partition(":")[0]) == (
            "failed",
            f"cannot write to {tmp_path}",
        )
        (again,) = crawl([SITE], tmp_path, proxy=proxy, settings=FAST)
    assert again.outcome == "ok"
    with Snapshots(tmp_path) as snapshots:
        for snapshot in snapshots.all():
            assert len(snapshots.body(snapshot)) == snapshot.bytes


def limit_files() -> None:
    """Let no file of this process grow past 200 kB: as on a full disk, a write ends half-way."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))


def test_a_crawl_that_is_stopped_by_a_signal_says_so(tmp_path):
    release = threading.Event()

    def slow(request: Request) -> Answer:
        if request.url.endswith("/nb/"):
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)
            release.wait(5)
        return answers(PAGES, request)

    script = (
        "import os; from pathlib import Path\n"
        "from crawler.jobs import Job, crawl_site; from crawler.registry import Site\n"
        f"Path({str(tmp_path)!r}, 'pid').write_text(str(os.getpid()))\n"
        f"run = crawl_site(Job({SITE!r}, Path({str(tmp_path)!r}), 'http://127.0.0.1:%d', {FAST!r}))\n"
        "print(run.outcome, run.why)\n"
    )
    with served(slow) as transport:
        program = subprocess.Popen(
            [sys.executable, "-c", script % transport.server_port],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Timer(0.5, release.set).start()
        out, _ = program.communicate(timeout=60)
        release.set()
    assert out == "interrupted stopped by a signal\n"
    with Snapshots(tmp_path) as snapshots:
        assert [run.outcome for run in snapshots.runs()] == ["interrupted"]


def die_once(job: Job) -> Run:
    """Die the first time, as under a kill -9; work the second time."""
    mark = job.snapshots / "tried"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Run("0" * 32, job.site.id, "", "", "ok")


def test_a_job_lost_with_its_process_is_run_again(tmp_path):
    def pool() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1)

    ((site, found),) = run_all([Job(SITE, tmp_path)], pool, die_once)
    assert (site, found.outcome) == ("tiny", "ok")


def test_a_job_that_takes_every_process_with_it_is_given_up(tmp_path):
    def poison(job: Job) -> Run:
        raise BrokenProcessPool("as when the process of a job is killed")

    ((site, found),) = run_all([Job(SITE, tmp_path)], lambda: ThreadPoolExecutor(1), poison)
    assert (site, found.outcome, found.why) == ("tiny", "failed", "its process died 2 times")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"proxy": "nonsense"}, ValueError),
        ({"sites": [replace(SITE, cms="nobody")]}, RegistryError),
        ({"snapshots": Path(__file__)}, StorageError),
    ],
)
def test_bad_input_is_one_clear_error(tmp_path, arguments, error):
    given = {"sites": [SITE], "snapshots": tmp_path} | arguments
    with pytest.raises(error):
        crawl(given.pop("sites"), given.pop("snapshots"), **given)


def scrapy(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_scrapy_lists_the_sites():
    done = scrapy("list")
    assert done.stdout.split() == ["pingluo", "weibin", "yongning", "zhongwei"]


def test_scrapy_crawls_a_site_of_another_registry(tmp_path):
    registry = tmp_path / "more.toml"
    registry.write_text(
        '[tiny]\nname = "某县"\nregion_code = "640221"\nurl = "http://www.tiny.gov.cn/"\n',
        encoding="utf-8",
    )
    options = {
        "GONGKAI_SITES": str(registry),
        "GONGKAI_SNAPSHOTS": str(tmp_path / "kept"),
        "DOWNLOAD_DELAY": "0",
    }
    with served(partial(answers, PAGES)) as transport:
        options["GONGKAI_PROXY"] = f"http://127.0.0.1:{transport.server_port}"
        settings = [word for name, value in options.items() for word in ("-s", f"{name}={value}")]
        done = scrapy("crawl", "tiny", *settings)
    assert done.returncode == 0, done.stderr
    with Snapshots(tmp_path / "kept") as snapshots:
        assert [(run.site, run.outcome) for run in snapshots.runs()] == [("tiny", "ok")]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (b"Tue, 20 Jan 2026 00:01:00 GMT", 60.0),
        (b"Mon, 19 Jan 2026 00:00:00 GMT", 0.0),
        (b"soon", None),
        (b"", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value, seconds):
    assert retry_after(value, datetime(2026, 1, 20, tzinfo=UTC)) == seconds
