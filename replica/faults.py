"""The fault mode of the replica: answers that go wrong the way real sites do.

    replica.faults.put("/zfxxgknb/", faults.error(503), times=2)   # twice, then as before
    replica.faults.storm(rate=0.3, seed=1)                         # faults that pass, everywhere

A fault is a function of the request and of the answer it would have had.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from gongkai.replica.transport import Answer, Answerer, Request

Fault = Callable[[Request, Answer], Answer]
HTML = {"Content-Type": "text/html; charset=utf-8"}
BLOCK_PAGE = (
    "<html><head><title>405</title></head><body>很抱歉，由于您访问的URL有可能对网站造成安全威胁，"
    "您的访问被阻断。网站由电信云堤防护</body></html>"
).encode()


class Faults:
    """Answers as `sound` does, except where a fault was put."""

    def __init__(self, sound: Answerer) -> None:
        self._sound = sound
        self._put: list[tuple[str, Fault, list[None] | None]] = []
        self._storm: _Storm | None = None
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Answer:
        """Answer a request."""
        reply = self._sound(request)
        fault = self._fault(request.url)
        return fault(request, reply) if fault else reply

    def put(self, part: str, fault: Fault, times: int | None = None) -> None:
        """Answer requests whose address holds `part` with a fault, always or so many times."""
        self._put.append((part, fault, None if times is None else [None] * times))

    def storm(self, rate: float, seed: int) -> None:
        """Let requests meet a fault that passes, never three in a row for one address."""
        self._storm = _Storm(rate, random.Random(seed))

    def clear(self) -> None:
        """Take every fault away."""
        self._put.clear()
        self._storm = None

    def _fault(self, url: str) -> Fault | None:
        with self._lock:
            for part, fault, left in self._put:
                if part in url and left != []:
                    if left is not None:
                        left.pop()
                    return fault
            return self._storm.draw(url) if self._storm else None


class _Storm:
    def __init__(self, rate: float, dice: random.Random) -> None:
        self._rate = rate
        self._dice = dice
        self._in_a_row: dict[str, int] = {}

    def draw(self, url: str) -> Fault | None:
        met = self._in_a_row.get(url, 0)
        if url.endswith("/robots.txt") or met >= 2 or self._dice.random() >= self._rate:
            self._in_a_row[url] = 0
            return None
        self._in_a_row[url] = met + 1
        return self._dice.choice(PASSING)


def error(status: int, retry_after: str = "") -> Fault:
    """Return an error page with a Retry-After header."""
    headers = HTML | ({"Retry-After": retry_after} if retry_after else {})
    return lambda _request, _reply: Answer(status, headers, b"<html>nginx</html>")


def blocked(status: int = 405) -> Fault:
    """Return a block page, under any status."""
    return lambda _request, _reply: Answer(status, HTML, BLOCK_PAGE)


def hang(seconds: float) -> Fault:
    """Not a byte for so long."""

    def slow(_request: Request, reply: Answer) -> Answer:
        time.sleep(seconds)
        return reply

    return slow


def drip(seconds: float, pieces: int = 10) -> Fault:
    """All of it, piece by piece over so many seconds."""

    def send(connection: socket.socket, data: bytes) -> None:
        step = len(data) // pieces + 1
        for start in range(0, len(data), step):
            connection.sendall(data[start : start + step])
            time.sleep(seconds / pieces)

    return lambda _request, reply: replace(reply, send=send)


def truncated(_request: Request, reply: Answer) -> Answer:
    """Fewer bytes than Content-Length says, then the end of the connection."""

    def send(connection: socket.socket, data: bytes) -> None:
        connection.sendall(_half(data))

    return replace(reply, send=send) if reply.body else reply


def reset(_request: Request, reply: Answer) -> Answer:
    """Half of it, then a reset connection."""

    def send(connection: socket.socket, data: bytes) -> None:
        connection.sendall(_half(data))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return replace(reply, send=send)


def redirect_loop(request: Request, _reply: Answer) -> Answer:
    """Return a redirect to the address that was asked for."""
    return Answer(302, HTML | {"Location": request.url})


def gzip_garbage(_request: Request, reply: Answer) -> Answer:
    """Says that it is gzip, and is not."""
    return replace(
        reply, headers=reply.headers | {"Content-Encoding": "gzip"}, body=b"\x1f\x8b" + b"?" * 99
    )


def wrong_type(_request: Request, reply: Answer) -> Answer:
    """Return a page whose Content-Type is that of a program."""
    return replace(reply, headers=reply.headers | {"Content-Type": "application/octet-stream"})


def empty(_request: Request, _reply: Answer) -> Answer:
    """Return a list page without its rows."""
    page = "<html><body><h1>政府信息公开年报</h1><p>本栏目内容正在更新</p></body></html>"
    return Answer(200, HTML, page.encode())


def no_such_host(_request: Request, _reply: Answer) -> Answer:
    """Return what a proxy answers for a name that does not resolve."""
    return Answer(502, HTML, b"<html>cannot resolve</html>")


def _half(data: bytes) -> bytes:
    """Send the head and half of the body."""
    head, _, body = data.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[: len(body) // 2]


PASSING: tuple[Fault, ...] = (error(500), error(503, "0"), reset, truncated, drip(0.05))
"""Faults that a second or third try gets over."""
