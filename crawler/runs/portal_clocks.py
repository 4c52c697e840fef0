"""What time it is by the clocks of some portals: one request to each for its robots.txt.

A crawl asks for robots.txt first anyway. Only the head of the answer is read, nothing is kept, and
no redirect is followed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urljoin, urlsplit

from scrapy.settings import Settings

from gongkai import clock
from gongkai.crawler.clock.server_dates import server_time
from gongkai.crawler.components.middlewares import validate_proxy
from gongkai.crawler.components.throttle import parse_window
from gongkai.crawler.network.resolver import is_public
from gongkai.crawler.sites.registry import Site

MOST_ASKED = 7
SECONDS = 8.0


def portal_leads(
    sites: Sequence[Site], proxy: str | None, settings: Mapping[str, str] | None = None
) -> list[int]:
    """Return by how many seconds the clocks of some of these portals are ahead of ours.

    Portals that do not answer, do not say the time, or are not asked at this hour, are left out.

    Raises:
        SettingError: The proxy cannot be used.
    """
    known = Settings()
    known.setmodule("gongkai.crawler.settings")
    known.setdict(dict(settings or {}), priority="cmdline")
    asked = [site for site in _some_of(sites) if _is_open(site, known["GONGKAI_WINDOW"])]
    ask = partial(_lead, proxy=validate_proxy(proxy), agent=str(known["USER_AGENT"]))
    if not asked:
        return []
    with ThreadPoolExecutor(len(asked), thread_name_prefix="clock") as pool:
        return [lead for lead in pool.map(ask, asked) if lead is not None]


def _some_of(sites: Sequence[Site]) -> list[Site]:
    """Return a few sites of different hosts, spread over the list."""
    by_host = {urlsplit(site.url).hostname: site for site in reversed(sites)}
    hosts = list(reversed(by_host.values()))
    step = max(1, -(-len(hosts) // MOST_ASKED))
    return hosts[::step][:MOST_ASKED]


def _is_open(site: Site, window: str) -> bool:
    hours = parse_window(site.window or window)
    return hours is None or hours.seconds_left(clock.now()) > 0


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Takes a redirect as the answer: it has a date too."""

    def redirect_request(self, *_: object) -> None:
        """Return no further request."""


def _lead(site: Site, proxy: str | None, agent: str) -> int | None:
    """Return by how many seconds a portal is ahead, None where it does not say."""
    request = urllib.request.Request(  # http and https alone are in a registry
        urljoin(site.url, "/robots.txt"), headers={"User-Agent": agent}
    )
    context = ssl.create_default_context()
    if site.old_tls or not site.verify_tls:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {}),
        urllib.request.HTTPSHandler(context=context),
        _NoRedirects,
    )
    try:
        if proxy is None and not _is_on_the_internet(urlsplit(site.url).hostname or ""):
            return None
        with opener.open(request, timeout=SECONDS) as answer:
            headers = answer.headers.items()
    except urllib.error.HTTPError as answer:
        with answer:
            headers = answer.headers.items()
    except (OSError, http.client.HTTPException, ValueError):
        return None
    said = server_time(headers)
    return None if said is None else round((said - clock.now()).total_seconds())


def _is_on_the_internet(host: str) -> bool:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return all(is_public(str(address[0])) for *_, address in found)
