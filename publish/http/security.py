"""What stands before every page: methods and addresses that are refused, headers that are added."""

from __future__ import annotations

import re
from typing import Any

from gongkai.publish.site import DATABASE

HEADERS = {
    b"content-security-policy": b"; ".join(
        (
            b"default-src 'none'",
            b"style-src 'self'",
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
"""There is no script on the site, so none is allowed; a page may set a stricter policy itself."""

STATIC_AGE = b"public, max-age=86400"
METHODS = ("GET", "HEAD")
LONGEST = 1000
"""Characters of a path; the keys of a row are the longest."""

CLOSED = re.compile(rf"^/-/|^/{DATABASE}\.csv$|\.blob$")
"""What is not here: Datasette's own pages on its threads, settings, files and log-in, which are
nobody's business; a sheet of a whole database and bytes in cells, which no archive has."""


def guarded(app: Any, base_url: str) -> Any:
    """Return `app` behind the guard."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = "/" + _raw_path(scope).removeprefix(base_url).lstrip("/")

        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _complete(message, path)}
            await send(message)

        if scope["method"] not in METHODS:
            await _refuse(send_with_headers, 405, "只支持 GET 请求。 Only GET is supported.\n")
        elif CLOSED.search(path) or _odd(_raw_path(scope)):
            await _refuse(send_with_headers, 404, "没有这个页面。 No such page.\n")
        else:
            await app(scope, receive, send_with_headers)

    return wrapped


def _odd(path: str) -> bool:
    """Say whether a path is none of ours: Datasette would send its reader to another host, or ask
    the disk for a name longer than any.
    """
    return not path.startswith("/") or "\\" in path or len(path) > LONGEST


def _raw_path(scope: dict[str, Any]) -> str:
    raw = scope.get("raw_path")
    return raw.decode("latin-1").partition("?")[0] if raw else scope["path"]


def _complete(message: dict[str, Any], path: str) -> list[tuple[bytes, bytes]]:
    headers = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
    present = {name for name, _ in headers}
    headers += [(name, value) for name, value in HEADERS.items() if name not in present]
    if path.startswith("/static/") and message["status"] == 200:
        headers.append((b"cache-control", STATIC_AGE))
    return headers


async def _refuse(send: Any, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 405:
        headers.append((b"allow", ", ".join(METHODS).encode("ascii")))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
