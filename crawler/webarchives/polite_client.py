"""Requests to web archives: one at a time, at the pace that each of them asks for, and not for ever."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO

MAX_ANSWER_BYTES = 32 << 20
TIMEOUT_SECONDS = 60.0
SLOW_DOWN = {429, 503}
MAX_WAITS = 3
"""So many times an archive is waited for; one that still says "slow down" is left until another day."""

FIRST_WAIT_SECONDS = 60.0
"""The Wayback Machine does not say how long to wait; it blocks who does not wait."""

MAX_WAIT_SECONDS = 600.0


class BudgetSpent(Exception):
    """As many requests were made as may be."""


class ArchiveSilent(Exception):
    """A web archive does not answer, or asks to be left alone; the argument says what happened."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a web archive."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect of a web archive leads to another time: it is an answer, not a way."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nothing."""


@dataclass
class PoliteClient:
    """Asks web archives. `budget` is the number of requests that may still be made.

    `pace` multiplies all waits; it is 1 but in tests.
    """

    user_agent: str
    budget: int
    pace: float = 1.0
    proxy: str = ""
    requests: int = 0
    bytes: int = 0
    sleep: Callable[[float], None] = time.sleep
    _next: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        proxies = {"http": self.proxy, "https": self.proxy} if self.proxy else {}
        handler = urllib.request.ProxyHandler(proxies) if proxies else urllib.request.ProxyHandler()
        self._opener = urllib.request.build_opener(handler, _NoRedirect)

    def get(self, url: str, *, every: float, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the answer to a request, at most one in `every` seconds for each kind of interval.

        Raises:
            BudgetSpent: No further request may be made.
            ArchiveSilent: There is no answer.
        """
        problem = ""
        for attempt in range(MAX_WAITS + 1):
            if self.requests >= self.budget:
                raise BudgetSpent
            self._wait_turn(str(every), every)
            self.requests += 1
            try:
                reply = self._ask(url, headers or {})
            except (OSError, http.client.HTTPException) as error:
                problem, wait = str(error), FIRST_WAIT_SECONDS
            else:
                self.bytes += len(reply.body)
                if reply.status not in SLOW_DOWN:
                    return reply
                problem, wait = f"HTTP {reply.status}", _retry_after(reply)
            if attempt < MAX_WAITS:
                self.sleep(min(wait * 2**attempt, MAX_WAIT_SECONDS) * self.pace)
        raise ArchiveSilent(problem)

    def _ask(self, url: str, headers: Mapping[str, str]) -> Reply:
        request = urllib.request.Request(url)
        for name, value in {"User-Agent": self.user_agent, **headers}.items():
            request.add_header(name, value)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                body = answer.read(MAX_ANSWER_BYTES + 1)
                status, given = answer.status, answer.headers
        except urllib.error.HTTPError as error:
            with error:
                body, status, given = error.read(MAX_ANSWER_BYTES + 1), error.code, error.headers
        if len(body) > MAX_ANSWER_BYTES:
            raise http.client.HTTPException("answer too large")
        return Reply(status, _headers(given), body)

    def _wait_turn(self, kind: str, every: float) -> None:
        now = time.monotonic()
        if (wait := self._next.get(kind, now) - now) > 0:
            self.sleep(wait)
        self._next[kind] = max(now, self._next.get(kind, now)) + every * self.pace


def _headers(given: Message) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in given.items())


def _retry_after(reply: Reply) -> float:
    stated = next((value for name, value in reply.headers if name.lower() == "retry-after"), "")
    if stated.isascii() and stated.isdecimal() and len(stated) < 5:
        return max(float(stated), 1.0)
    return FIRST_WAIT_SECONDS
