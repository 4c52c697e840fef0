"""Name resolution that returns public addresses only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

log = logging.getLogger(__name__)


class PublicResolver(CachingThreadedResolver):
    """Refuses names that resolve to loopback, private or otherwise special addresses.

    The host of the configured proxy is exempt, since an operator chose it.
    """

    proxy_host = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Build the resolver with the proxy of the settings."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.proxy_host = urlsplit(crawler.settings.get("GONGKAI_PROXY") or "").hostname or ""
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        """Resolve a name; the Deferred fails with DNSLookupError for an address that is refused."""
        found = super().getHostByName(name, timeout)
        if name.lower() != self.proxy_host:
            found.addCallback(_require_public, name)
        return found


def is_public(address: str) -> bool:
    """Return whether an IP address can be reached by everybody on the internet.

    An IPv6 address that contains an IPv4 address is judged by that one.
    """
    found = ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return (inner or found).is_global and not (inner or found).is_multicast


def _require_public(address: str, name: str) -> str:
    if not is_public(address):
        # logged here: Twisted reports only that the name was not found
        log.warning("%s resolves to %s, which is not a public address", name, address)
        raise DNSLookupError(f"{name} resolves to {address}, which is not a public address")
    return address
