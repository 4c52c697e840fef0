"""Security headers on every answer, and a short refusal of other methods and of closed addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote_plus

from gongkai.publish.datasette_types import AsgiApp, Message, Receive, Scope, Send
from gongkai.publish.http.cross_origin import ALLOW, CROSS_ORIGIN, PREFLIGHT
from gongkai.publish.http.error_codes import error_body
from gongkai.publish.site import DATABASE

HEADERS = {
    b"content-security-policy": b"; ".join(
        (
            b"default-src 'none'",
            b"style-src 'self'",
            b"script-src 'self'",
            b"connect-src 'self'",
            b"img-src 'self'",
            b"form-action 'self'",
            b"base-uri 'none'",
            b"frame-ancestors 'none'",
        )
    ),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
"""Scripts are files of ours; every page works without them. A page may set a stricter policy itself."""

EMBEDDED = "/embed/"
"""What the addresses of frames for other sites begin with. Their view says who may show them; an
`x-frame-options` could only forbid it."""

STATIC_AGE = b"public, max-age=86400"
ANSWERED = ("GET", "HEAD")
REFUSALS = {404: "not_found", 405: "method_not_allowed", 414: "address_too_long"}
"""The codes of what is refused here."""

LONGEST_PATH = 1000
"""Characters. The keys of a row are the longest part of an address."""

LONGEST_QUERY = 4000
MOST_ARGUMENTS = 100
"""Bounds of a query string. A page repeats it in each of its links, so that long ones are dear."""

IGNORED_ARGUMENTS = ("_ttl",)
"""How long answers are kept by caches is decided by the site. Datasette would let visitors decide."""

SIGNED_IN = (b"cookie", b"authorization")
"""Headers of visitors who have signed in. Datasette fails on cookies that it cannot parse."""

CLOSED = re.compile(rf"^/-/|^/{DATABASE}\.csv$|\.blob$")
"""Addresses that are closed: Datasette's own pages on its threads, settings, files and log-in, CSV
of a whole database, and binary values, which no archive has."""


def guard(
    app: AsgiApp,
    base_url: str,
    covers: Callable[[str, str], bool],
    refusals: Mapping[int, str],
    *,
    has_accounts: bool = False,
) -> AsgiApp:
    """Return `app` with our rules on the addresses that `covers` accepts.

    `covers` is called with a path, without the base of the site, and a query string. `refusals` are
    the texts of status 404, 405 and 414. `has_accounts` means that visitors may sign in; otherwise
    scripts of other sites may read all answers.
    """
    dropped = () if has_accounts else SIGNED_IN
    shared = () if has_accounts else CROSS_ORIGIN

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = "/" + _raw_path(scope).removeprefix(base_url).lstrip("/")
        if not covers(path, scope["query_string"].decode("latin-1")):
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = _vary_by_what_is_kept(_add_headers(message, path), dropped)
                message = {**message, "headers": [*headers, *shared]}
            await send(message)

        refused = _refused_status(scope, path)
        if scope["method"] == "OPTIONS" and shared:
            await _answer_preflight(send_with_headers)
        elif refused:
            as_json = path.endswith(".json")
            await _refuse(send_with_headers, refused, refusals[refused], as_json=as_json)
        else:
            await app(_reduce(scope, dropped), receive, send_with_headers)

    return guarded


def _refused_status(scope: Scope, path: str) -> int:
    """Return the status of a request that is not answered, 0 for one that is."""
    if scope["method"] not in ANSWERED:
        return 405
    if CLOSED.search(path) or _is_dangerous(_raw_path(scope)):
        return 404
    return 414 if _is_too_long(scope["query_string"]) else 0


def _is_dangerous(path: str) -> bool:
    """Say whether Datasette would redirect to another host, or ask the disk for an endless name."""
    return not path.startswith("/") or "\\" in path or len(path) > LONGEST_PATH


def _is_too_long(query_string: bytes) -> bool:
    return len(query_string) > LONGEST_QUERY or query_string.count(b"&") >= MOST_ARGUMENTS


def _reduce(scope: Scope, dropped: tuple[bytes, ...]) -> Scope:
    """Return the request without the headers in `dropped` and without arguments we ignore."""
    pairs = scope["query_string"].decode("latin-1").split("&")
    kept = [pair for pair in pairs if unquote_plus(pair.partition("=")[0]) not in IGNORED_ARGUMENTS]
    return {
        **scope,
        "query_string": "&".join(kept).encode("latin-1"),
        "headers": [each for each in scope["headers"] if each[0].lower() not in dropped],
    }


def _raw_path(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    return raw.decode("latin-1").partition("?")[0] if raw else str(scope["path"])


def _add_headers(message: Message, path: str) -> list[tuple[bytes, bytes]]:
    headers = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
    present = {name for name, _ in headers}
    if path.startswith(EMBEDDED) and message["status"] == 200:
        present.add(b"x-frame-options")
    headers += [(name, value) for name, value in HEADERS.items() if name not in present]
    if path.startswith("/static/") and message["status"] == 200:
        headers.append((b"cache-control", STATIC_AGE))
    return headers


def _vary_by_what_is_kept(
    headers: list[tuple[bytes, bytes]], dropped: tuple[bytes, ...]
) -> list[tuple[bytes, bytes]]:
    """Return headers without the names of dropped ones in Vary: caches would keep a page for each visitor."""
    kept = []
    for name, value in headers:
        if name == b"vary":
            names = [each.strip() for each in value.split(b",")]
            value = b", ".join(each for each in names if each.lower() not in dropped)
            if not value:
                continue
        kept.append((name, value))
    return kept


async def _answer_preflight(send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": list(PREFLIGHT)})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, status: int, text: str, *, as_json: bool) -> None:
    """Say why a request is not answered, as a line or, where data was asked for, as data."""
    kind = b"application/json; charset=utf-8" if as_json else b"text/plain; charset=utf-8"
    body = json.dumps(error_body(status, REFUSALS[status], text)) if as_json else f"{text}\n"
    headers = [(b"content-type", kind)]
    if status == 405:
        headers.append((b"allow", ALLOW))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
