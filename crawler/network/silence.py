"""Why a site gave no answer, or none to read, in words that an operator can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet import error

from gongkai.messages import Message, message

NETWORK_ERRORS = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    TunnelError,
    error.ConnectError,
    error.ConnectionDone,
    error.ConnectionLost,
    OSError,
)
"""What the downloader raises where there is no answer."""

STATUS_ADVICE = {
    403: "http_forbidden",
    405: "http_method_refused",
    412: "http_challenge",
    422: "http_refused",
    429: "http_too_many",
    493: "http_refused",
    502: "http_fault",
    503: "http_unavailable",
    504: "http_fault",
    521: "http_cookie_challenge",
}
"""Status -> what it means where a site answers with it on its first page.

Met in April 2026: 405 at 亳州 and 唐山, 412 at 清远, 422 at 昌吉, 493 at 宿迁, 521 at 梅州, 403 at a dozen.
"""

CERTIFICATE = re.compile(r"certificate|self.signed", re.I)
OLD_TLS = re.compile(
    r"unsupported protocol|legacy renegotiation|dh key too small|key too small|no protocols|"
    r"wrong version|handshake failure|protocol version|no shared cipher|legacy sigalg",
    re.I,
)
HUNG_UP = re.compile(r"Connection(?:Done|Lost|Aborted)|connection was (?:closed|lost)", re.I)
KINDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (CannotResolveHostError, "failure_name"),
    (DownloadConnectionRefusedError, "failure_refused"),
    (TunnelError, "failure_proxy"),
    ((DownloadTimeoutError, error.TimeoutError), "failure_timeout"),
    (DownloadCancelledError, "failure_too_long"),  # beyond DOWNLOAD_MAXSIZE
)
"""What was raised, and the text for it."""

MAX_CAUSES = 8
MAX_DETAIL_CHARS = 120


def describe_failure(problem: BaseException, host: str, proxy: str | None) -> Message:
    """Return why there was no answer from a host, which is asked through a proxy where there is one."""
    causes = list(_causes(problem))
    if proxy and any(isinstance(cause, DownloadConnectionRefusedError) for cause in causes):
        return message("failure_proxy", host=host)  # a connection is only made with the proxy
    for kind, key in KINDS:
        if any(isinstance(cause, kind) for cause in causes):
            return message(key, host=host)
    # Twisted passes on what broke a connection as text alone
    detail = " ".join(str(cause) for cause in causes)
    if "SSL" in detail or "TLS" in detail:
        if CERTIFICATE.search(detail):
            return message("failure_certificate", host=host)
        return message("failure_old_tls" if OLD_TLS.search(detail) else "failure_tls", host=host)
    if HUNG_UP.search(detail):
        return message("failure_hung_up", host=host)
    named = " ".join(str(causes[-1]).split()) or type(causes[-1]).__name__
    return message("failure_connection", host=host, why=named[:MAX_DETAIL_CHARS])


def describe_status(status: int) -> Message:
    """Return what a status means that a site answers with on its first page."""
    key = STATUS_ADVICE.get(status) or ("http_fault" if status >= 500 else "http_other")
    return message(key, status=status)


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it was raised from; Twisted keeps that in `reasons`."""
    waiting: list[object] = [problem]
    for _ in range(MAX_CAUSES):
        if not waiting:
            return
        each = waiting.pop(0)
        if not isinstance(each, BaseException):
            each = getattr(each, "value", None)  # a Failure
        if isinstance(each, BaseException):
            yield each
            waiting += [each.__cause__, *getattr(each, "reasons", ())]
