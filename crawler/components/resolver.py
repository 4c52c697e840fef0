"""Name resolution that gives public addresses only."""

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

log = logging.getLogger(__name__)


class PublicResolver(CachingThreadedResolver):
    """Refuses names that lead to loopback, private or otherwise special addresses.

    The host of the configured proxy is exempt: an operator named it.
    """

    proxy_host = ""

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:
        """Build with the proxy of the settings."""
        resolver: PublicResolver = super().from_crawler(crawler, reactor)
        resolver.proxy_host = urlsplit(crawler.settings.get("GONGKAI_PROXY") or "").hostname or ""
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        """Resolve a name; the Deferred fails with DNSLookupError for an address not to be asked."""
        found = super().getHostByName(name, timeout)
        if name.lower() != self.proxy_host:
            found.addCallback(_require_public, name)
        return found


def is_public(address: str) -> bool:
    """Tell whether an address is one that anybody on the internet can reach.

    An IPv4 address inside an IPv6 one counts as itself.
    """
    found = ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return (inner or found).is_global and not (inner or found).is_multicast


def _require_public(address: str, name: str) -> str:
    if not is_public(address):
        # said here, because Twisted keeps only that the name was not found
        log.warning("%s leads to %s, which is not a public address", name, address)
        raise DNSLookupError(f"{name} leads to {address}, which is not a public address")
    return address
