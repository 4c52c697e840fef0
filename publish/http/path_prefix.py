"""The site below a path of its host: /gongkai in place of the root.

The path comes from the operator (`--prefix`), or from the web server in front of the site, which says
it for each request in the header X-Forwarded-Prefix. That header counts only from addresses that the
operator trusts, since anybody could send it. Pages know the path of their request by `current_prefix`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from gongkai.publish.datasette_types import AsgiApp, Message, Receive, Scope, Send
from gongkai.publish.errors import CannotServe

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK = ("127.0.0.0/8", "::1")
"""The addresses of web servers on the same machine."""

HEADER = b"x-forwarded-prefix"
FOR = b"x-forwarded-for"
CLIENT = "gongkai.client"
"""The name in the scope of a request under which the client stands, as `client_of` says it."""

HOST_BITS = 64
"""Bits of an address of IPv6 that one client chooses at will."""

LONGEST = 200
"""Characters of a prefix."""

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*+)++")
"""Segments that mean the same in every address: no dot segment, no empty one, nothing encoded."""

_OWN = re.compile(
    r"/(?:en|search|report|kept|agency|region|compare|checks|changes|coverage|feeds|status|data"
    r"|sql|download|releases|static|archive|sitemap|proof|table|viewer|embed|map)(?:/|$)"
)
"""Prefixes that a page of the site begins with: which of both is meant could not be told."""

_prefix: ContextVar[str] = ContextVar("prefix", default="")


def current_prefix() -> str:
    """Return the path before the site in the address of the current request, "" at the root."""
    return _prefix.get()


def parse_prefix(given: str) -> str:
    """Return a prefix as paths begin with it: "/gongkai" for "gongkai/", "" for "/".

    Raises:
        CannotServe: It is no plain path, or a page of the site has the same address.
    """
    path = f"/{given.strip('/')}" if given.strip("/") else ""
    if path and (len(path) > LONGEST or not _PREFIX.fullmatch(path)):
        raise CannotServe("prefix_invalid", given=given)
    if _OWN.match(path):
        raise CannotServe("prefix_taken", given=given)
    return path


def parse_proxies(given: Sequence[str]) -> tuple[Network, ...]:
    """Return the networks of trusted web servers.

    Raises:
        CannotServe: One is no address and no network.
    """
    found = []
    for each in given:
        try:
            found.append(ip_network(each, strict=False))
        except ValueError as problem:
            raise CannotServe("proxy_address_invalid", given=each) from problem
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the site is below its host.

    `prefix` is that of every request. Without one, `proxies` are the web servers that say it.
    """

    prefix: str = ""
    proxies: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, prefix: str, proxies: Sequence[str] = LOOPBACK) -> Place:
        """Return the place that an operator describes.

        Raises:
            CannotServe: The prefix or an address cannot be used.
        """
        return cls(parse_prefix(prefix), parse_proxies(proxies))

    def prefix_of(self, scope: Scope) -> str:
        """Return the prefix of a request."""
        if self.prefix or not self._is_trusted(scope):
            return self.prefix
        values = [value for name, value in scope["headers"] if name.lower() == HEADER]
        said = values[0].decode("latin-1").rstrip("/") if len(values) == 1 else ""
        return said if len(said) <= LONGEST and _PREFIX.fullmatch(said) else ""

    def client_of(self, scope: Scope) -> str:
        """Return the address of the client of a request, the network of one of IPv6; "" if unknown.

        Trusted web servers say it in X-Forwarded-For; the last address that none of them has counts.
        """
        peer = _read_address((scope.get("client") or ("",))[0])
        if peer is None or not self._has(peer):
            return _name_client(peer)
        said = b",".join(value for name, value in scope["headers"] if name.lower() == FOR)
        for each in reversed(said[-LONGEST:].decode("latin-1").split(",")):
            client = _read_address(each.strip())
            if client is None or not self._has(client):
                return _name_client(client)
        return ""

    def _is_trusted(self, scope: Scope) -> bool:
        peer = _read_address((scope.get("client") or ("",))[0])
        return peer is not None and self._has(peer)

    def _has(self, address: Address) -> bool:
        return any(address in network for network in self.proxies)


def _read_address(text: str) -> Address | None:
    """Return an address; None if it is none, as for a socket that has no address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _name_client(address: Address | None) -> str:
    if address is None:
        return ""
    return str(ip_network((address, HOST_BITS), strict=False) if address.version == 6 else address)


def answer_below(app: AsgiApp, place: Place) -> AsgiApp:
    """Return `app` with its addresses below a place.

    Web servers pass the path on with the prefix or without it; both are understood.
    """

    async def placed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        prefix = place.prefix_of(scope)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and not place.prefix and place.proxies:
                vary = (b"vary", HEADER)  # or a cache would give one place the pages of another
                message = {**message, "headers": [*message.get("headers", ()), vary]}
            await send(message)

        token = _prefix.set(prefix)
        try:
            named = {**scope, CLIENT: place.client_of(scope)}
            await app(remove_base(prefix, named), receive, send_on)
        finally:
            _prefix.reset(token)

    return placed


def remove_base(base: str, scope: Scope) -> Scope:
    """Return a request without `base` at the beginning of its path, if it is there."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("ascii", "ignore")
    if not base or not (raw == base.encode() or raw.startswith(f"{base}/".encode())):
        return scope
    return {
        **scope,
        "path": scope["path"].removeprefix(base) or "/",
        "raw_path": raw.removeprefix(base.encode()) or b"/",
    }


def with_base(base: str, location: bytes) -> bytes:
    """Return the address of a redirect within the site with the base in front.

    Datasette forgets it where it redirects to the path that was asked for.
    """
    path = base.encode()
    is_within = location == path or location.startswith((path + b"/", path + b"?"))
    return location if is_within or not location.startswith(b"/") else path + location
