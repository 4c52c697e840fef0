"""Middlewares that every request and answer passes: route, cookies, WARC record, guard."""

from __future__ import annotations

from collections.abc import Callable, Set
from ipaddress import ip_address
from typing import Self
from urllib.parse import urldefrag, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.http.cookies import CookieJar
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached

from gongkai.clock import utc_stamp
from gongkai.crawler.components.crawl_context import (
    LINK_TEXT,
    PART_OF,
    address_of,
    crawled_site,
    extension_of,
)
from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.redirects import NEW_COOKIE
from gongkai.crawler.components.site_hosts import SiteHosts
from gongkai.crawler.network.resolver import is_public
from gongkai.crawler.setting_error import SettingError
from gongkai.crawler.sites.registry import Site, netloc
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.parse import PART, HeaderList
from gongkai.crawler.warc.store import StorageError
from gongkai.credentials import mask_address

CONDITIONAL = ("If-None-Match", "If-Modified-Since")
PROXY_SCHEMES = ("http", "https")
MAX_COOKIES = 200
"""A site that sets more is sent none of them: every request would carry them all."""


class RequestRefused(IgnoreRequest):
    """A request that may not be sent: its scheme or host is not one of the site's."""


class RouteMiddleware:
    """Sends every request of a site the same way.

    It goes through the configured proxy or directly, and through one download slot for all hosts
    of the site, so that one delay holds for them together.
    """

    def __init__(self, site: Site, proxy: str | None) -> None:
        self.site = site
        self.proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware with the proxy of the settings.

        Raises:
            SettingError: GONGKAI_PROXY is not the address of a proxy.
        """
        return cls(crawled_site(crawler), validate_proxy(crawler.settings.get("GONGKAI_PROXY")))

    def process_request(self, request: Request) -> None:
        """Set the route. None stops HttpProxyMiddleware from using the proxy of the environment."""
        request.meta["proxy"] = self.proxy
        request.meta["download_slot"] = self.site.id


class CookieMiddleware:
    """Keeps the cookies of a site for the duration of a crawl, as protections expect."""

    def __init__(self) -> None:
        self.jar = CookieJar()

    def process_request(self, request: Request) -> None:
        """Send the cookies that the site has set."""
        request.headers.pop("Cookie", None)
        self.jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the cookies that the site sets, and note whether one is new."""
        before = self._values()
        self.jar.extract_cookies(response, request)
        if sum(1 for _ in self.jar.jar) > MAX_COOKIES:
            self.jar.jar.clear()
        request.meta[NEW_COOKIE] = self._values() != before
        return response

    def _values(self) -> set[tuple[str, str, str, str | None]]:
        return {(each.domain, each.path, each.name, each.value) for each in self.jar.jar}


class GuardMiddleware:
    """Sees each request last: only http and https, only the site's hosts, no private address."""

    def __init__(self, hosts: SiteHosts, list_hosts: Callable[[], Set[str]] = frozenset) -> None:
        self.hosts = hosts
        self.list_hosts = list_hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware for the hosts of the crawl."""

        def list_hosts() -> Set[str]:
            """Return the official hosts that fill lists of this site, as far as they are known."""
            return getattr(getattr(crawler.spider, "interfaces", None), "hosts", frozenset())

        return cls(extension_of(crawler, SiteHosts), list_hosts)

    def process_request(self, request: Request) -> None:
        """Let a request pass.

        Raises:
            RequestRefused: The request may not be sent.
        """
        if request.meta.get("redirect_urls"):
            visit = request.cb_kwargs.get("visit")
            self.hosts.consider_redirect(request.url, visit, request.meta.get(LINK_TEXT, ""))
        if why := refusal_reason(request.url, self.hosts.allowed() | self.list_hosts()):
            raise RequestRefused(f"not sent: {request.url}: {why}")


class WarcMiddleware:
    """Keeps every answer as it was sent, and asks only for what has changed since the last one."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware around the crawl's recorder."""
        return cls(extension_of(crawler, Recorder))

    def process_request(self, request: Request) -> None:
        """Name the version that is kept, in place of the headers that a copied request brings."""
        for name in CONDITIONAL:
            request.headers.pop(name, None)
        if request.method != "GET":
            return  # the answer to a POST is never "not modified"
        validators = self.recorder.validators(address_of(request))
        for name, value in zip(CONDITIONAL, validators, strict=True):
            if value:
                request.headers[name] = value

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer and return it, in place of "not modified" the document that is kept.

        Raises:
            IgnoreRequest: The answer could not be kept; the crawl ends.
        """
        try:
            self.recorder.record_exchange(make_exchange(request, response))
            if response.status == 304:
                return self._confirmed_response(request, response)
        except StorageError as problem:
            self.recorder.abort(problem)
            raise IgnoreRequest(str(problem)) from problem
        return response

    def _confirmed_response(self, request: Request, response: Response) -> Response:
        record = self.recorder.confirmed_record(address_of(request))
        if record is None:
            return response
        headers = Headers()
        for name, value in record.headers:
            headers.appendlist(name, value)
        kind = responsetypes.from_args(headers=headers, url=request.url, body=record.payload)
        return kind(request.url, headers=headers, body=record.payload, flags=["not-modified"])


def validate_proxy(proxy: str | None) -> str | None:
    """Return the proxy's address, None where no proxy is set.

    Raises:
        SettingError: The text is not the address of a proxy; the error does not show its password.
    """
    if not proxy:
        return None
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in PROXY_SCHEMES and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingError("proxy_wrong", value=mask_address(proxy))
    return proxy


def refusal_reason(url: str, hosts: frozenset[str]) -> str:
    """Return why an address may not be requested, "" where it may.

    `hosts` are the `host` or `host:port` of the site, in lower case. The reason is for the log.
    """
    try:
        parts = urlsplit(url)
        host = netloc(url)
    except ValueError as problem:
        return str(problem)
    if parts.scheme not in ("http", "https"):
        return f"scheme {parts.scheme!r}"
    if parts.username is not None or parts.password is not None:
        return "user name or password in the address"
    if host not in hosts:
        return "not a host of the site"
    return "" if _may_be_public(parts.hostname or "") else "not a public address"


def _may_be_public(host: str) -> bool:
    """Return whether a host may be public; names are judged when they are resolved."""
    try:
        ip_address(host)
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")
    return is_public(host)


def make_exchange(request: Request, response: Response) -> Exchange:
    """Return Scrapy's request and response as an exchange."""
    parts = urlparse_cached(request)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = [("Host", parts.netloc), *_headers(request, omit="proxy-authorization")]
    is_proxied = bool(request.meta.get("proxy"))
    return Exchange(
        url=urldefrag(request.url).url,
        fetched_at=utc_stamp(),
        status=response.status,
        request_head=http_head(f"{request.method} {target} HTTP/1.1", sent),
        response_head=http_head(
            status_line(response.protocol or "", response.status), _headers(response)
        ),
        body=response.body,
        request_body=request.body,
        # with a proxy, this is the address of the proxy
        ip="" if is_proxied or response.ip_address is None else str(response.ip_address),
        body_address=urldefrag(address_of(request)).url,
        truncated=_truncation(response),
        role=PART if request.meta.get(PART_OF) else "",
    )


def _truncation(response: Response) -> str:
    """Return why an answer is incomplete, as the standard calls it; "" where it is whole."""
    if "download_stopped" in response.flags:
        return "length"
    return "disconnect" if "dataloss" in response.flags else ""


def _headers(message: Request | Response, omit: str = "") -> HeaderList:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
        if name.decode("latin-1").lower() != omit
    ]
