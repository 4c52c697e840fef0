"""Single crawls of a small portal with a fault: what is found, kept and reported."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial

from gongkai.crawler.runs.jobs import crawl
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer
from tests.crawler.tiny import FAST, HOST, HTML, PAGES, SITE, TITLE, answers, reason, served
from tests.paths import ROOT


def test_a_small_portal_is_well(run, tmp_path):
    found = run({})
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)
    assert run.asked == [
        ("/robots.txt", 404),
        ("/", 200),
        ("/nb/", 200),
        ("/nb/202401/t20240101_1.html", 200),
    ]


def test_a_file_that_has_grown_is_followed_by_a_new_one(run, tmp_path, dump, warcio_check):
    size = 1500
    found = run({}, GONGKAI_WARC_BYTES=str(size))
    assert (found.outcome, found.counts["requests"]) == ("ok", 4)
    files = sorted(tmp_path.glob("*.warc.gz*"), key=lambda path: path.stat().st_mtime_ns)
    assert len(files) > 2
    assert all(path.suffix == ".gz" for path in files)  # none is open any more
    assert all(size < path.stat().st_size < size + 2500 for path in files[:-1])
    warcio_check(tmp_path)
    with Snapshots(tmp_path) as snapshots:
        assert {snapshot.warc for snapshot in snapshots.all()} <= {path.name for path in files}
        assert [snapshots.get(one.id) for one in snapshots.all()] == list(snapshots.all())
        before = dump(tmp_path)
        snapshots.reindex()
        assert dump(tmp_path) == before
        assert snapshots.runs() == [found]


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
    assert (found.outcome, reason(found)) == ("failed", "No report was found")


def test_a_site_under_its_floor_fails_aloud(tmp_path):
    with served(partial(answers, PAGES)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        (found,) = crawl([replace(SITE, min_reports=20)], tmp_path, proxy=proxy, settings=FAST)
    assert (found.outcome, reason(found)) == ("failed", "1 report found, at least 20 expected")


def test_a_home_page_that_is_not_there_fails_aloud(tmp_path):
    (found,) = crawl(
        [SITE], tmp_path, proxy="http://127.0.0.1:1", settings=FAST | {"RETRY_TIMES": "0"}
    )
    assert found.outcome == "failed"
    assert reason(found).startswith("The proxy does not reach www.tiny.gov.cn")
    assert found.counts["errors"] == 1
    assert "www.tiny.gov.cn" in (tmp_path / "logs" / "tiny.log").read_text()


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


def test_a_run_without_many_of_the_reports_that_lists_name_is_incomplete(run):
    """Titles that the list has cut count as whole ones do; those of other pages do not."""
    titles = {
        7: "某县民政局2010年政府信息公开年报",
        8: "某县民政局2011年政府信息公开工作年度…",
        9: "某县民政局2012年...",
        10: "某县民政局2013年工作要点",
    }
    rows = {f"/nb/t20240101_{n}.html": Answer(500, {}, b"") for n in titles}
    links = "".join(
        f'<li><a href="{path}">{title}</a> 2024-01-01</li>'
        for path, title in zip(rows, titles.values(), strict=True)
    )
    found = run({"/nb/": PAGES["/nb/"] + links} | rows)
    counts = found.counts
    assert (found.outcome, counts["reports"], counts["reports_lost"]) == ("incomplete", 1, 3)
    assert reason(found) == "3 pages with the title of a report could not be fetched or read, of 4"


def test_a_redirect_off_the_site_is_recorded_and_not_followed(run, tmp_path):
    away = Answer(302, {"Location": "http://www.other.gov.cn/nb/t20240101_9.html"})
    column = PAGES["/nb/"] + '<a href="/nb/t20240101_9.html">某县民政局2023年政府信息公开年报</a>'
    found = run({"/nb/": column, "/nb/t20240101_9.html": away})
    assert (found.outcome, found.counts["offsite"], found.counts["errors"]) == ("ok", 1, 0)
    assert not [path for path, _ in run.asked if "other" in path]
    with Snapshots(tmp_path) as snapshots:
        kept = snapshots.latest(HOST + "/nb/t20240101_9.html")
    assert kept.final_url == "http://www.other.gov.cn/nb/t20240101_9.html"


def test_a_cut_answer_is_kept_and_marked(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer_half, args=(server,))
        thread.start()
        proxy = f"http://127.0.0.1:{server.getsockname()[1]}"
        once = FAST | {"ROBOTSTXT_OBEY": "False", "RETRY_TIMES": "0"}
        crawl([SITE], tmp_path, proxy=proxy, settings=once)
        thread.join()
    with Snapshots(tmp_path) as snapshots:
        (kept,) = snapshots.all()
        assert snapshots.body(kept) == b"<html>half of it"
        assert snapshots.index.get(kept.id).truncated == "disconnect"


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
            "from gongkai.crawler.runs.jobs import Job, crawl_site; from gongkai.crawler.sites.registry import Site\n"
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
