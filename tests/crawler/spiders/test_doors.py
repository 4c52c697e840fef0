"""What a site answers with before its pages: redirects, cookies, robots.txt, stubs, the other scheme."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from gongkai.crawler.probe import describe_drift, probe, read_probe, site_from_probe
from gongkai.crawler.runs.jobs import crawl
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer, Request
from tests.crawler.tiny import (
    FAST,
    HOST,
    HTML,
    PAGES,
    REPORT,
    REPORT_PATH,
    SITE,
    TITLE,
    answers,
    reason,
    served,
)

RULES = {"Content-Type": "text/plain"}
HTTPS = HOST.replace("http:", "https:")


def refreshing(path: str, target: str, text: str) -> str:
    """Return a page that sends its reader on after a second."""
    return f'<html><meta http-equiv="refresh" content="1;url={target}">{text}</html>'


def test_a_door_of_cookies_on_every_page_is_passed(run):
    def door(request: Request) -> Answer:
        path = request.url.removeprefix(HOST)
        if path != "/robots.txt" and f"seen{len(path)}=1" not in request.headers.get("cookie", ""):
            return Answer(302, {"Location": path, "Set-Cookie": f"seen{len(path)}=1; path=/"}, b"")
        return answers(PAGES, request)

    found = run(door)
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)
    assert run.asked.count(("/", 302)) == 1


def test_a_door_at_one_address_is_passed_from_every_page(run):
    """Each page redirects to the door until the cookie of its own visit is there."""

    def door(request: Request) -> Answer:
        path, _, back = request.url.removeprefix(HOST).partition("?back=")
        if path == "/door":
            return Answer(302, {"Location": back, "Set-Cookie": f"last={back}; path=/"}, b"")
        if path != "/robots.txt" and f"last={path}" not in request.headers.get("cookie", ""):
            return Answer(302, {"Location": f"/door?back={path}"}, b"")
        return answers(PAGES, request)

    found = run(door)
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)


def test_a_page_that_refreshes_itself_is_a_page(run):
    report = refreshing(REPORT_PATH, REPORT_PATH, REPORT.format(title=TITLE))
    found = run({REPORT_PATH: report})
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)


def test_a_page_that_refreshes_itself_to_be_read_with_its_cookie_is_asked_again(run):
    def door(request: Request) -> Answer:
        if request.url == HOST + "/" and "in=1" not in request.headers.get("cookie", ""):
            page = refreshing("/", "/", "").encode()
            return Answer(200, HTML | {"Set-Cookie": "in=1; path=/"}, page)
        return answers(PAGES, request)

    found = run(door)
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)


def test_a_redirect_without_end_is_an_error_with_a_name(run):
    loop = {
        "/nb/": Answer(302, {"Location": "/nb/a"}, b""),
        "/nb/a": Answer(302, {"Location": "/nb/"}, b""),
    }
    found = run(loop)
    assert (found.outcome, reason(found)) == (
        "failed",
        "No report was found; 1 address redirects without end",
    )
    assert found.counts["errors"] == 1
    assert len(run.asked) < 20


@pytest.mark.parametrize(
    ("robots", "words"),
    [
        (Answer(503, HTML, b"busy"), "HTTP 503: the site is out of service"),
        (Answer(500, HTML, b"busy"), "HTTP 500: the server of the site has a fault"),
        (Answer(429, HTML, b"busy"), "HTTP 429"),
        (Answer(200, HTML, b"", send=lambda sock, data: None), "closes the connection"),
        (Answer(200, RULES, b"User-agent: *\nCrawl-delay: 3600\n"), "asks for 3600 s"),
    ],
)
def test_a_site_whose_rules_cannot_be_had_is_left_alone_for_the_night(run, robots, words):
    found = run({"/robots.txt": robots}, RETRY_TIMES="1")
    assert found.outcome == "failed"
    assert words in reason(found)
    assert {path for path, _ in run.asked if path.startswith("/")} == {"/robots.txt"}


@pytest.mark.parametrize(
    "robots",
    [
        Answer(404, HTML, b"none"),
        Answer(403, HTML, b"none"),
        Answer(302, {"Location": "/robots.txt"}, b""),
        Answer(302, {"Location": "http://www.elsewhere.gov.cn/robots.txt"}, b""),
    ],
)
def test_rules_that_are_not_there_allow_all(run, robots):
    found = run({"/robots.txt": robots})
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)


def test_rules_are_followed_over_five_redirects(run):
    chain = {f"/r{n}": Answer(301, {"Location": f"/r{n + 1}"}, b"") for n in range(1, 5)}
    chain["/robots.txt"] = Answer(301, {"Location": "/r1"}, b"")
    chain["/r5"] = Answer(200, RULES, b"\xef\xbb\xbfUser-agent: *\nDisallow: /nb/\n")
    found = run(chain)
    assert (found.outcome, found.counts["robots"]) == ("failed", 1)


@pytest.mark.parametrize(
    ("home", "words"),
    [
        (Answer(403, HTML, b"no"), "HTTP 403: the firewall of the site refuses access"),
        (Answer(405, HTML, b"no"), "HTTP 405: a protection such as 云堤"),
        (Answer(412, HTML, b"no"), "HTTP 412: a protection such as 瑞数"),
        (Answer(422, HTML, b"no"), "HTTP 422: the protection of the site refuses"),
        (Answer(493, HTML, b"no"), "HTTP 493: the protection of the site refuses"),
        (Answer(521, HTML, b"no"), "HTTP 521: a protection such as 加速乐"),
        (Answer(404, HTML, b"no"), "The home page answers with HTTP 404"),
        (
            Answer(200, HTML, b"<html><script src='/app.js'></script><div id=app></div>"),
            "bytes, and scripts",
        ),
        (
            Answer(302, {"Location": "http://www.else.gov.cn/"}, b""),
            "another host: http://www.else.gov.cn/",
        ),
    ],
)
def test_a_home_page_that_leads_nowhere_says_why_and_what_to_do(run, home, words):
    found = run({"/": home}, RETRY_TIMES="0")
    assert found.outcome == "failed"
    assert words in reason(found)


def test_a_home_page_that_answers_by_the_other_scheme_alone_is_read_and_named(run):
    """The entry says http; http answers with 400, as servers of https do."""

    def portal(request: Request) -> Answer:
        if request.url.startswith(HTTPS):
            return Answer(404, HTML, b"")
        return Answer(400, HTML, b"The plain HTTP request was sent to HTTPS port")

    found = run(portal)
    assert found.outcome == "failed"
    assert "HTTP 400" in reason(found)
    assert any(path.startswith("https:") for path, _ in run.asked)


def test_a_site_that_lost_its_https_is_read_by_http_and_named(tmp_path):
    with served(partial(answers, PAGES)) as proxy:
        site = replace(SITE, url=HTTPS + "/")
        address = f"http://127.0.0.1:{proxy.server_port}"
        settings = FAST | {"RETRY_TIMES": "0"}
        (found,) = crawl([site], tmp_path, proxy=address, settings=settings)
    assert (found.outcome, found.counts["reports"], found.counts["errors"]) == ("ok", 1, 0)
    assert reason(found).startswith(
        "The scheme of the entry does not answer; the home page came from http://www.tiny.gov.cn/."
    )
    with Snapshots(tmp_path) as kept:
        probed = read_probe(site, found, kept)
    assert site_from_probe(site, probed).url == HOST + "/"
    assert "home_other_scheme" in [why.key for why in describe_drift(site, probed)]


def test_a_door_of_cookies_is_passed_by_a_probe(tmp_path):
    def door(request: Request) -> Answer:
        if request.url == HOST + "/" and "in=1" not in request.headers.get("cookie", ""):
            return Answer(302, {"Location": "/", "Set-Cookie": "in=1; path=/"}, b"")
        return answers(PAGES, request)

    with served(door) as proxy:
        address = f"http://127.0.0.1:{proxy.server_port}"
        (found,) = probe([SITE], tmp_path, proxy=address, settings=FAST)
    assert (found.confirmed, len(found.columns)) == (1, 1)


def test_a_sitemap_that_robots_txt_names_leads_to_what_no_page_links_to(run):
    hidden = "/xxgknb/202401/t20240102_2.html"
    xml = f"<urlset><url><loc>{HOST}{hidden}</loc></url><url><loc>{HOST}/</loc></url></urlset>"
    pages = {
        "/robots.txt": Answer(200, RULES, f"Sitemap: {HOST}/map.xml\n".encode()),
        "/map.xml": Answer(200, {"Content-Type": "text/xml"}, xml.encode()),
        hidden: REPORT.format(title=TITLE),
    }
    found = run(pages)
    assert (found.outcome, found.counts["reports"]) == ("ok", 2)
    assert {"/map.xml", hidden} <= {path for path, _ in run.asked}


def test_a_sitemap_that_is_named_and_missing_costs_nothing(run):
    robots = Answer(200, RULES, f"Sitemap: {HOST}/map.xml\n".encode())
    found = run({"/robots.txt": robots})
    assert (found.outcome, found.counts["reports"]) == ("ok", 1)
