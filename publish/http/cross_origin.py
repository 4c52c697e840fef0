"""Other sites may read ours: the headers by which browsers let their scripts do so (CORS).

Everything here is public and the same for everybody, so that any origin may read it, without cookies.
"""

from __future__ import annotations

METHODS = ("GET", "HEAD", "OPTIONS")
READABLE = (
    *("accept-ranges", "content-disposition", "content-length", "content-range", "etag"),
    *("last-modified", "link", "location", "retry-after"),
)
"""Headers of answers that scripts of other origins see, beside the few that all see."""

SENDABLE = (
    *("accept", "accept-language", "cache-control", "content-type", "if-modified-since"),
    *("if-none-match", "if-range", "range"),
)
"""Headers that scripts of other origins may send."""

PREFLIGHT_SECONDS = 86_400
"""For which a browser need not ask again."""

ALLOW = ", ".join(METHODS).encode("ascii")

CROSS_ORIGIN = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(READABLE).encode("ascii")),
)
"""On every answer."""

PREFLIGHT = (
    (b"allow", ALLOW),
    (b"access-control-allow-methods", ALLOW),
    (b"access-control-allow-headers", ", ".join(SENDABLE).encode("ascii")),
    (b"access-control-max-age", str(PREFLIGHT_SECONDS).encode("ascii")),
)
"""On the answer to OPTIONS, by which a browser asks what it may send."""
