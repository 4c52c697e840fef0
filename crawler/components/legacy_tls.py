"""Connections to servers older than TLS 1.2, for portals that the registry names (`old_tls`).

Scrapy hands OpenSSL the names of ciphers but not its security level, without which OpenSSL speaks
neither TLS 1.0 nor 1.1, and takes no key of their time. Nothing is verified here: what such a
server sends could be changed on the way, and every WARC file says so.
"""

from __future__ import annotations

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

CIPHERS = b"DEFAULT:@SECLEVEL=0"
LEGACY_SERVER_CONNECT = 0x4
"""SSL_OP_LEGACY_SERVER_CONNECT: servers without secure renegotiation; pyOpenSSL has no name for it."""


@implementer(IOpenSSLClientConnectionCreator)
class LegacyTlsConnections:
    """Makes the connections to one host."""

    def __init__(self, hostname: bytes) -> None:
        self._hostname = hostname

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """Give a connection that speaks what the server does."""
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
    """What Twisted asks how to speak to a host."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> LegacyTlsConnections:
        """Give the maker of connections to a host."""
        del port
        return LegacyTlsConnections(hostname)


class LegacyTlsHandler(HTTP11DownloadHandler):
    """Scrapy's own handler with this policy; the setting for it is going away."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._contextFactory = LegacyTlsPolicy()
