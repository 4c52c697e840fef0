"""Connections to servers older than TLS 1.2, for sites that have `old_tls` in the registry.

Scrapy hands OpenSSL the names of ciphers but not its security level, without which OpenSSL refuses
TLS 1.0 and 1.1 and the weak keys of their time. Nothing is verified here: what such a server sends
could be changed on the way. Every WARC file of such a site says so.
"""

from __future__ import annotations

from OpenSSL import SSL
from scrapy.crawler import Crawler
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from gongkai.crawler.network.tolerant_http import TolerantHandler

CIPHERS = b"DEFAULT:@SECLEVEL=0"
LEGACY_SERVER_CONNECT = 0x4
"""SSL_OP_LEGACY_SERVER_CONNECT, which pyOpenSSL does not name: no secure renegotiation."""


@implementer(IOpenSSLClientConnectionCreator)
class LegacyTlsConnections:
    """Creates the connections to one host."""

    def __init__(self, hostname: bytes) -> None:
        self._hostname = hostname

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """Return a connection that accepts every version from TLS 1.0 on."""
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(SSL.TLS1_VERSION)
        context.set_cipher_list(CIPHERS)
        context.set_options(LEGACY_SERVER_CONNECT)
        connection = SSL.Connection(context, None)
        connection.set_tlsext_host_name(self._hostname)
        connection.set_app_data(protocol)
        return connection


@implementer(IPolicyForHTTPS)
class LegacyTlsPolicy:
    """Tells Twisted how to connect to a host."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> LegacyTlsConnections:
        """Return what creates the connections to a host."""
        return LegacyTlsConnections(hostname)


class LegacyTlsHandler(TolerantHandler):
    """The handler of all sites with this policy."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # The setting that replaces the policy (DOWNLOADER_CLIENTCONTEXTFACTORY) is deprecated, and
        # nothing public has come in its place.
        self._contextFactory = LegacyTlsPolicy()  # type: ignore[assignment]  # zope has no types
