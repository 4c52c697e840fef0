"""What every request and answer passes: the route, the cookies, the WARC record, the guard."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Self
from urllib.parse import urldefrag, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.cookies import CookieJar
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached

from gongkai.crawler.components.recorder import Recorder
from gongkai.crawler.components.resolver import is_public
from gongkai.crawler.sites.registry import Site, netloc
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.parse import HeaderList
from gongkai.crawler.warc.store import StorageError
from gongkai.crawler.warc.writer import utc_now

CONDITIONAL = ("If-None-Match", "If-Modified-Since")
PROXY_SCHEMES = ("http", "https")


class RequestRefused(IgnoreRequest):
    """A request that may not leave: its scheme or host is none of the site's."""


class RouteMiddleware:
    """Sends every request of a site the same way: through the configured proxy or directly, and
    in one queue for all hosts of the site, so that one delay holds for them together.
    """

    def __init__(self, site: Site, proxy: str | None) -> None:
        self.site = site
        self.proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises ValueError where GONGKAI_PROXY is no address of a proxy."""
        return cls(crawler.spidercls.site, validate_proxy(crawler.settings.get("GONGKAI_PROXY")))

    def process_request(self, request: Request) -> None:
        """Set the route. None keeps HttpProxyMiddleware from the proxies of the environment."""
        request.meta["proxy"] = self.proxy
        request.meta["download_slot"] = self.site.id


class CookieMiddleware:
    """Keeps the cookies of a site for the length of a crawl, as protections expect."""

    def __init__(self) -> None:
        self.jar = CookieJar()

    def process_request(self, request: Request) -> None:
        """Send what the site gave us."""
        request.headers.pop("Cookie", None)
        self.jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep what the site gives us."""
        self.jar.extract_cookies(response, request)
        return response


class GuardMiddleware:
    """The last to see a request: only http and https, only the site's hosts, nothing private."""

    def __init__(self, site: Site) -> None:
        self.hosts = site.all_hosts

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.spidercls.site)

    def process_request(self, request: Request) -> None:
        """Raises Refused for whatever may not leave."""
        if why := refusal_reason(request.url, self.hosts):
            raise RequestRefused(f"not requested: {request.url}: {why}")


class WarcMiddleware:
    """Keeps every answer as it came off the wire, and asks only for what has changed since."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.get_extension(Recorder))

    def process_request(self, request: Request) -> None:
        """Name the version that is kept. Redirects and retries are copies: nothing stays on."""
        for name in CONDITIONAL:
            request.headers.pop(name, None)
        for name, value in zip(CONDITIONAL, self.recorder.validators(request.url), strict=True):
            if value:
                request.headers[name] = value

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer, then pass it on; "not modified" goes on as the document that is kept.

        Raises IgnoreRequest where it cannot be kept; the crawl ends then.
        """
        try:
            self.recorder.keep(make_exchange(request, response))
            if response.status == 304:
                return self._as_kept(request, response)
        except StorageError as problem:
            self.recorder.stop(str(problem))
            raise IgnoreRequest(str(problem)) from problem
        return response

    def _as_kept(self, request: Request, response: Response) -> Response:
        record = self.recorder.kept(request.url)
        if record is None:
            return response
        headers: dict[str, list[str]] = {}
        for name, value in record.headers:
            headers.setdefault(name, []).append(value)
        kind = responsetypes.from_args(headers=headers, url=request.url, body=record.payload)
        return kind(request.url, headers=headers, body=record.payload, flags=["not-modified"])


def validate_proxy(proxy: str | None) -> str | None:
    """Give the proxy's address, None for none; raises ValueError where it is no such address."""
    if not proxy:
        return None
    parts = urlsplit(proxy)
    if parts.scheme not in PROXY_SCHEMES or not parts.hostname:
        raise ValueError(f"a proxy is given as http://host:port, not {proxy!r}")
    return proxy


def refusal_reason(url: str, hosts: frozenset[str]) -> str:
    """Say why an address may not be requested, "" where it may.

    `hosts` are the `host` or `host:port` that belong to the site, in lower case.
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
    """Names are judged when they are resolved, and by the proxy where there is one."""
    try:
        ip_address(host)
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")
    return is_public(host)


def make_exchange(request: Request, response: Response) -> Exchange:
    """Make an exchange of Scrapy's objects."""
    parts = urlparse_cached(request)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    asked = [("Host", parts.netloc), *_headers(request, leave="proxy-authorization")]
    proxied = bool(request.meta.get("proxy"))
    return Exchange(
        url=urldefrag(request.url).url,
        fetched_at=utc_now(),
        status=response.status,
        request_head=http_head(f"{request.method} {target} HTTP/1.1", asked),
        response_head=http_head(
            status_line(response.protocol, response.status), _headers(response)
        ),
        body=response.body,
        request_body=request.body,
        # behind a proxy the address is the proxy's own
        ip="" if proxied or response.ip_address is None else str(response.ip_address),
        truncated="disconnect" if "dataloss" in response.flags else "",
    )


def _headers(message: Request | Response, leave: str = "") -> HeaderList:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
        if name.decode("latin-1").lower() != leave
    ]
