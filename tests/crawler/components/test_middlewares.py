"""Only requests to the site's own public hosts are sent."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.resolver import dnscache
from scrapy.settings import Settings
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

from gongkai.crawler.components.middlewares import (
    MAX_COOKIES,
    CookieMiddleware,
    refusal_reason,
    validate_proxy,
)
from gongkai.crawler.network.resolver import PublicResolver, is_public
from gongkai.crawler.setting_error import SettingError
from gongkai.crawler.sites.registry import Site

SITE = Site(
    "x", "某县", "640221", "http://www.x.gov.cn/", hosts=("127.0.0.1", "[::1]", "localhost")
)

HOSTILE = [
    "file:///etc/hosts",
    "file://www.x.gov.cn/etc/hosts",
    "ftp://www.x.gov.cn/a.pdf",
    "data:text/html,<a href=http://www.x.gov.cn/>",
    "s3://www.x.gov.cn/a",
    "gopher://www.x.gov.cn/",
    "javascript:alert(1)",
    "ws://www.x.gov.cn/",
    "//www.x.gov.cn/",
    "www.x.gov.cn",
    "",
    "http://",
    "http:///etc/hosts",
    "http://www.y.gov.cn/",
    "http://x.gov.cn.evil.com/",
    "http://evil.com/?http://www.x.gov.cn/",
    "http://evil.com#@www.x.gov.cn/",
    "http://www.x.gov.cn@evil.com/",
    "http://www.x.gov.cn:80@evil.com/",
    "http://user:pass@www.x.gov.cn/",
    "http://www.x.gov.cn\\@evil.com/",
    "http://notx.gov.cn/",
    "http://mail.x.gov.cn/",
    "http://www.x.gov.cn:8080/",
    "http://www.x.gov.cn:22/",
    "https://www.x.gov.cn:80/",
    "http://www.x.gov.cn:99999/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f.0.0.1/",
    "http://2130706433/",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://[",
    "http://0.0.0.0/",
]


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_addresses_are_refused_even_where_a_registry_names_them(url):
    assert refusal_reason(url, SITE.all_hosts)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.x.gov.cn/",
        "https://www.x.gov.cn/xxgk/?a=1#b",
        "http://x.gov.cn/robots.txt",
        "HTTP://WWW.X.GOV.CN:80/",
        "http://www.x.gov.cn./",
    ],
)
def test_the_sites_own_addresses_pass(url):
    assert refusal_reason(url, SITE.all_hosts) == ""


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("61.150.65.235", True),
        ("2400:3200::1", True),
        ("127.0.0.1", False),
        ("127.8.9.10", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_only_public_addresses_are_public(address, public):
    assert is_public(address) is public


@pytest.fixture
def resolver(monkeypatch):
    """Makes a resolver for a proxy; names are answered from the cache that Scrapy keeps."""
    for name, address in (("www.x.gov.cn", "61.150.65.235"), ("inner.gov.cn", "10.0.0.8")):
        dnscache[name] = address
    yield lambda proxy: PublicResolver.from_crawler(_Settings(proxy), reactor=None)
    dnscache.clear()


class _Settings:
    def __init__(self, proxy: str | None) -> None:
        self.settings = Settings({"GONGKAI_PROXY": proxy})


def resolved(resolver, name: str) -> object:
    """Give what a Deferred that has fired holds."""
    result: list[object] = []
    resolver.getHostByName(name).addBoth(result.append)
    return result[0].value if isinstance(result[0], Failure) else result[0]


def test_a_name_that_leads_inside_is_not_resolved(resolver):
    assert resolved(resolver(None), "www.x.gov.cn") == "61.150.65.235"
    problem = resolved(resolver(None), "inner.gov.cn")
    assert isinstance(problem, DNSLookupError)
    assert "inner.gov.cn resolves to 10.0.0.8" in str(problem)


def test_the_configured_proxy_may_lie_inside(resolver):
    inside = resolver("http://inner.gov.cn:3128")
    assert resolved(inside, "inner.gov.cn") == "10.0.0.8"


@pytest.mark.parametrize(
    "proxy", ["127.0.0.1:8100", "socks5://127.0.0.1:1080", "http://", "nonsense"]
)
def test_a_proxy_that_is_none_is_one_clear_error(proxy):
    with pytest.raises(SettingError, match="proxy_wrong"):
        validate_proxy(proxy)


def test_no_proxy_is_no_proxy():
    assert validate_proxy("") is validate_proxy(None) is None
    assert validate_proxy("http://127.0.0.1:8100") == "http://127.0.0.1:8100"


def test_cookies_without_an_end_do_not_burden_every_request() -> None:
    cookies = CookieMiddleware()
    request = Request(SITE.url)
    for number in range(5 * MAX_COOKIES):
        header = {"Set-Cookie": f"c{number}=1; path=/"}
        cookies.process_response(request, Response(SITE.url, headers=header))
    cookies.process_request(request)
    assert (request.headers.get("Cookie") or b"").count(b"=") <= MAX_COOKIES
