"""Asking a timestamping authority (RFC 3161) over HTTP, within bounds of time and size."""

from __future__ import annotations

import hashlib
import re
import threading
from concurrent.futures import Future
from email.message import Message as HttpHeaders
from http.client import HTTPException
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from gongkai.crawler.evidence.stamp_answer import (
    MAX_ANSWER_BYTES,
    StampDamaged,
    read_answer,
)
from gongkai.credentials import mask_address, mask_text
from gongkai.errors import GongkaiError, cause_of
from gongkai.messages import message

QUERY_TYPE = "application/timestamp-query"
STAMP_SECONDS = 30.0
"""How long an authority may take, from the connection to the last byte."""


class StampFailed(GongkaiError):
    """An authority gave no timestamp."""


class AuthorityInvalid(GongkaiError):
    """An address cannot be that of an authority."""


class _NoRedirects(HTTPRedirectHandler):
    """Refuses redirects: what is asked is not carried to another host."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HttpHeaders,
        newurl: str,
    ) -> None:
        """Follow none."""


def authority_name(url: str) -> str:
    """Return the name of an authority in the names of files: host, port and path of its address.

    >>> authority_name("https://user:secret@freetsa.org/tsr")
    'freetsa.org-tsr'

    Raises:
        AuthorityInvalid: The address is not one of http or https.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in ("http", "https"):
        raise AuthorityInvalid("authority_invalid", url=mask_address(url))
    named = f"{host}-{port or ''}-{parts.path}"
    return re.sub(r"[^a-z0-9.]+", "-", named.lower()).strip("-.")[:80]


def request_stamp(url: str, content: bytes, seconds: float = STAMP_SECONDS) -> bytes:
    """Return the whole answer of an authority with a timestamp of some bytes (of their SHA-256).

    The answer is checked against the request: its digest, and the number that was sent. Whether
    the authority is to be trusted is checked later, against pinned certificates.

    Raises:
        StampFailed: The authority gave none.
        AuthorityInvalid: The address is not one of http or https.
    """
    name = authority_name(url)
    query = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        answer = _post_within(url, query.as_bytes(), seconds)
        facts = read_answer(answer)
    except (OSError, HTTPException, StampDamaged, ValueError) as problem:
        why = cause_of(problem)
        told = mask_text(why)[:300] or type(problem).__name__ if isinstance(why, str) else why
        raise StampFailed("stamp_failed", authority=name, why=told) from problem
    is_asked = facts.digest == hashlib.sha256(content).hexdigest() and facts.nonce == query.nonce
    if not is_asked:
        raise StampFailed("stamp_failed", authority=name, why=message("stamp_of_other_bytes"))
    return answer


def _post_within(url: str, body: bytes, seconds: float) -> bytes:
    """Send a request and return the answer, in a thread that is left behind where it takes too long.

    A server may send a byte now and then for ever, which no timeout of a socket ends.

    Raises:
        OSError: There is no answer of status 200 in time.
        StampDamaged: It is too large.
        HTTPException: It is not HTTP.
    """
    answered: Future[bytes] = Future()

    def ask() -> None:
        try:
            answered.set_result(_post(url, body, seconds))
        except (OSError, HTTPException, ValueError, StampDamaged) as problem:
            answered.set_exception(problem)

    threading.Thread(target=ask, name="timestamp", daemon=True).start()
    return answered.result(timeout=seconds)


def _post(url: str, body: bytes, seconds: float) -> bytes:
    request = Request(url, body, {"Content-Type": QUERY_TYPE}, method="POST")
    try:
        with build_opener(_NoRedirects).open(request, timeout=seconds) as response:
            answer: bytes = response.read(MAX_ANSWER_BYTES + 1)
    except HTTPError as problem:
        problem.close()
        raise OSError(f"HTTP {problem.code}") from None
    except URLError as problem:  # its text has the reason inside brackets of its own
        raise OSError(str(problem.reason)) from None
    if len(answer) > MAX_ANSWER_BYTES:
        raise StampDamaged("stamp_too_large")
    return answer
