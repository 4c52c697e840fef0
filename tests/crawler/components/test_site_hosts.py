"""Which hosts are a portal's own: told by the domain and by the words of the link, and locked."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gongkai.crawler.components.site_hosts import MAX_REPORT_HOSTS, MAX_SISTER_HOSTS, SiteHosts
from gongkai.crawler.discovery.hosts.sister_hosts import (
    names_own_disclosure,
    own_domain,
    place_names,
)
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.probe import probe
from gongkai.crawler.runs.jobs import crawl
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.warc.locks import HostLock
from gongkai.crawler.warc.snapshot import Run
from gongkai.replica.transport import Answer, Request
from tests.crawler.tiny import FAST, HTML, REPORT, reason, served

CITY = Site("lindu", "临渡市人民政府", "640200", "http://www.lindu.gov.cn/")
REGION = Site("nx", "宁夏回族自治区人民政府", "640000", "https://www.nx.gov.cn/")
TITLE = "临渡市2023年政府信息公开工作年度报告"
OPENING = Visit(Role.DISCLOSURE)
Portals = dict[str, str | Answer]


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def disclosure(title: str) -> Portals:
    return {
        "/": page(title, '<a href="/nb/">政府信息公开年报</a>'),
        "/nb/": page(
            "政府信息公开年报", f'<ul><li><a href="/nb/1.html">{TITLE}</a> 2024-01-20</ul>'
        ),
        "/nb/1.html": REPORT.format(title=TITLE),
    }


def answer(portals: dict[str, Portals], request: Request) -> Answer:
    parts = urlsplit(request.url)
    found = portals.get(parts.hostname or "", {}).get(parts.path)
    if found is None:
        return Answer(404, HTML, b"<html>404</html>")
    return found if isinstance(found, Answer) else Answer(200, HTML, found.encode())


def crawled(site: Site, portals: dict[str, Portals], folder: Path, **more: Site) -> Run:
    with served(partial(answer, portals)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        (run,) = crawl([site], folder, proxy=proxy, settings=FAST, others=[*more.values()])
        crawled.asked = [url for _, url, _ in transport.requests]
    return run


def home(text: str, host: str) -> dict[str, Portals]:
    links = f'<a href="http://{host}/">{text}</a><a href="/xw/">新闻</a><a href="/ly/">旅游</a>'
    return {"www.lindu.gov.cn": {"/": page("临渡市人民政府", links)}}


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("政府信息公开", True),
        ("法定主动公开内容", True),
        ("市政府信息公开目录", True),
        ("临渡市人民政府信息公开平台", True),
        ("2023年政府信息公开年报", True),
        ("【政务公开】", True),
        ("市教育局政府信息公开", False),
        ("白沙县政府信息公开", False),
        ("城关镇信息公开", False),
        ("市教育局", False),
        ("新闻中心", False),
        ("", False),
    ],
)
def test_the_words_of_a_link_say_whose_disclosure_it_is(text: str, own: bool) -> None:
    assert names_own_disclosure(text, place_names(CITY.name)) == own


@pytest.mark.parametrize(
    ("site", "url", "text", "taken"),
    [
        (CITY, "http://xxgk.lindu.gov.cn/", "政府信息公开", True),
        (CITY, "http://www.xxgk.lindu.gov.cn/a", "政务公开", True),
        (CITY, "http://xxgk.lindu.gov.cn:8080/a", "政务公开", False),
        (CITY, "http://jyj.lindu.gov.cn/", "市教育局信息公开", False),
        (CITY, "http://xxgk.notlindu.gov.cn/", "政府信息公开", False),
        (CITY, "http://lindu.gov.cn.example.com/", "政府信息公开", False),
        (REGION, "https://xxgk.nx.gov.cn/", "政府信息公开", True),
        (REGION, "https://czt.nx.gov.cn/", "政府信息公开", False),  # known: 财政厅
        (REGION, "https://www.gov.cn/zwgk/", "政府信息公开", False),
    ],
)
def test_a_host_below_the_own_domain_is_taken_where_its_words_fit(
    site: Site, url: str, text: str, taken: bool
) -> None:
    hosts = SiteHosts(site)
    hosts.consider(url, OPENING, text)
    assert bool(hosts.found) == taken
    assert hosts.allowed() >= site.all_hosts


def test_the_national_portal_is_above_no_one() -> None:
    assert own_domain("www.gov.cn") == ""
    hosts = SiteHosts(Site("cn", "国务院", "000000", "https://www.gov.cn/"))
    hosts.consider("http://xxgk.lindu.gov.cn/", OPENING, "政府信息公开")
    assert hosts.found == set()


def test_the_number_of_further_hosts_is_bounded() -> None:
    hosts = SiteHosts(CITY)
    for number in range(2 * MAX_SISTER_HOSTS):
        hosts.consider(f"http://h{number}.lindu.gov.cn/", OPENING, "政府信息公开")
    assert len(hosts.found) == MAX_SISTER_HOSTS
    hosts.consider("http://jyj.lindu.gov.cn/1.html", Visit(Role.ARTICLE), TITLE)
    assert len(hosts.found) == MAX_SISTER_HOSTS + 1  # a row of a list of reports


def test_disclosure_on_a_sister_host_is_crawled_under_its_own_lock(tmp_path: Path) -> None:
    portals = home("政府信息公开", "xxgk.lindu.gov.cn") | {
        "xxgk.lindu.gov.cn": disclosure("临渡市政府信息公开")
    }
    run = crawled(CITY, portals, tmp_path)
    assert (run.outcome, run.counts["reports"], run.counts["host: xxgk.lindu.gov.cn"]) == (
        "ok",
        1,
        3,
    )
    assert "http://xxgk.lindu.gov.cn/robots.txt" in crawled.asked
    locks = {path.name for path in (tmp_path / "locks").iterdir()}
    assert locks == {"lindu.gov.cn.lock", "xxgk.lindu.gov.cn.lock"}


def test_reports_on_more_hosts_than_are_asked_are_told(tmp_path: Path) -> None:
    rows = "".join(
        f'<li><a href="http://b{n}.lindu.gov.cn/{n}.html">临渡市第{n}局2023年政府信息公开工作年度报告</a> 2024-01-20'
        for n in range(MAX_REPORT_HOSTS + 1)
    )
    portals = {
        "www.lindu.gov.cn": {
            "/": page("临渡市人民政府", '<a href="/nb/">政府信息公开年报</a>'),
            "/nb/": page("政府信息公开年报", f"<ul>{rows}</ul>"),
        }
    } | {
        f"b{n}.lindu.gov.cn": {f"/{n}.html": REPORT.format(title=f"临渡市第{n}局2023年政府信息公开工作年度报告")}
        for n in range(MAX_REPORT_HOSTS)
    }  # fmt: skip
    run = crawled(CITY, portals, tmp_path)
    assert (run.outcome, run.counts["reports"]) == ("failed", MAX_REPORT_HOSTS)
    assert reason(run).startswith("1 link to reports leads to a further host")


def test_a_redirect_to_a_sister_host_is_followed(tmp_path: Path) -> None:
    portals = home("政府信息公开", "www.lindu.gov.cn/zwgk") | {
        "xxgk.lindu.gov.cn": disclosure("临渡市政府信息公开")
    }
    location = {"Location": "http://xxgk.lindu.gov.cn/"}
    portals["www.lindu.gov.cn"]["/zwgk/"] = Answer(302, HTML | location)
    assert crawled(CITY, portals, tmp_path).counts["reports"] == 1


def test_a_host_that_another_crawl_holds_is_told(tmp_path: Path) -> None:
    portals = home("政府信息公开", "xxgk.lindu.gov.cn") | {
        "xxgk.lindu.gov.cn": disclosure("临渡市政府信息公开"),
        "www.lindu.gov.cn": {
            "/": page("临渡市人民政府", '<a href="http://xxgk.lindu.gov.cn/">政府信息公开</a><a href="/nb/">政府信息公开年报</a>'),
            "/nb/": page("政府信息公开年报", f'<a href="/nb/1.html">{TITLE}</a>'),
            "/nb/1.html": REPORT.format(title=TITLE),
        },
    }  # fmt: skip
    other = Site("other", "别处", "640200", "http://xxgk.lindu.gov.cn/")
    with HostLock(tmp_path, other):
        run = crawled(CITY, portals, tmp_path)
    assert run.outcome == "failed"
    assert reason(run) == "1 host of the site is being crawled by another process"


def test_hosts_of_other_sites_are_left_to_them(tmp_path: Path) -> None:
    portals = home("政府信息公开", "xxgk.lindu.gov.cn") | {
        "xxgk.lindu.gov.cn": disclosure("临渡市政府信息公开")
    }
    other = Site("xxgk", "临渡市政府信息公开", "640200", "http://xxgk.lindu.gov.cn/")
    run = crawled(CITY, portals, tmp_path, other=other)
    assert (run.counts["reports"], run.counts["offsite"]) == (0, 1)


@pytest.mark.parametrize(
    ("title", "head", "reports"),
    [
        ("政府信息公开-临渡市人民政府", "", 1),
        ("政府信息公开", '<meta name="SiteName" content="临渡市政府信息公开平台">', 1),
        ("政府信息公开-白沙县人民政府", "", 0),
        ("临渡市政府信息公开", '<meta name="SiteIDCode" content="3301120001">', 0),
    ],
)
def test_a_probe_takes_another_host_whose_page_names_the_place(
    tmp_path: Path, title: str, head: str, reports: int
) -> None:
    there = disclosure(title)
    there["/"] = page(title, '<a href="/nb/">政府信息公开年报</a>', head)
    portals = home("政府信息公开", "www.la-xxgk.gov.cn") | {"www.la-xxgk.gov.cn": there}
    with served(partial(answer, portals)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        (found,) = probe([CITY], tmp_path, proxy=proxy, settings=FAST)
    assert len(found.reports) == reports
    assert found.hosts == (("www.la-xxgk.gov.cn",) if reports else ())
    assert dict(found.elsewhere) == ({} if reports else {"www.la-xxgk.gov.cn": 1})


def test_a_crawl_takes_no_other_host_by_itself(tmp_path: Path) -> None:
    portals = home("政府信息公开", "www.la-xxgk.gov.cn") | {
        "www.la-xxgk.gov.cn": disclosure("政府信息公开-临渡市人民政府")
    }
    assert crawled(CITY, portals, tmp_path).counts["offsite"] == 1
