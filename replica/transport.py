"""HTTP/1.1 on loopback, asked as a proxy: from a request line to the bytes of an answer."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import urlsplit

from gongkai.replica.pages import Page, Pages


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in, its address made absolute."""

    method: str
    url: str
    headers: dict[str, str]  # names in lower case
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and entity. `Content-Length` and `Date` are added on the way out.

    `send` puts the whole answer on the wire where that goes wrong; the connection ends then.
    """

    status: int
    headers: dict[str, str]
    body: bytes = b""
    send: Callable[[socket.socket, bytes], None] | None = None


Answerer = Callable[[Request], Answer]
_Socket = socket.socket | tuple[bytes, socket.socket]  # as socketserver has it


def answer(pages: Pages, request: Request) -> Answer:
    """Answer like a plain web server that holds `pages`."""
    if request.method == "POST":
        media_type = request.headers.get("content-type", "")
        if page := pages.find_posted(request.url, request.body, media_type):
            return Answer(page.status, {"Content-Type": page.content_type}, page.body)
    if request.method not in ("GET", "HEAD"):
        return _plain(405, f"the replica answers GET and HEAD, not {request.method}\n")
    host = urlsplit(request.url).hostname or ""
    if not pages.knows(host):
        known = ", ".join(f"www.{name}" for name in pages.hosts())
        return _plain(502, f"the replica does not stand for {host!r}; it answers for {known}\n")
    page = pages.find(request.url)
    if page is None:
        if pages.find(request.url + "/") is not None and not request.url.endswith("/"):
            return Answer(301, {"Location": request.url + "/", **_HTML}, b"Moved Permanently\n")
        return Answer(404, dict(_HTML), _NOT_FOUND)
    return _serve(page, request)


def _serve(page: Page, request: Request) -> Answer:
    if page.location:
        return Answer(page.status, {"Location": page.location, **_HTML}, page.body)
    packed = page.gzip and "gzip" in request.headers.get("accept-encoding", "")
    headers = {
        "Content-Type": page.content_type,
        "Last-Modified": format_datetime(page.modified.astimezone(UTC), usegmt=True),
        "ETag": ("W/" if packed else "") + f'"{sha1(page.body).hexdigest()[:20]}"',
    }
    if page.gzip:
        headers["Vary"] = "Accept-Encoding"
    if _unchanged(headers, page.modified, request.headers):
        del headers["Content-Type"]
        return Answer(304, headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
        return Answer(page.status, headers, gzip.compress(page.body, mtime=0))
    return Answer(page.status, headers, page.body)


def _unchanged(ours: dict[str, str], modified: datetime, asked: dict[str, str]) -> bool:
    """If-None-Match decides alone where it is sent (RFC 9110, 13.2.2), compared weakly."""
    if tags := asked.get("if-none-match"):
        named = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in named or ours["ETag"].removeprefix("W/") in named
    since = asked.get("if-modified-since")
    if not since:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False  # an unreadable date counts as not sent
    return modified.replace(microsecond=0) <= (
        moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    )


class Transport(ThreadingHTTPServer):
    """A listening socket on 127.0.0.1 that hands every request to `answerer` and notes it.

    `requests` lists (method, address, status) in the order of the answers; a body stands behind the
    address and a #.
    """

    daemon_threads = False

    def __init__(self, answerer: Answerer, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answerer = answerer
        self.requests: list[tuple[str, str, int]] = []
        self.open_sockets: set[socket.socket] = set()
        self.lock = threading.Lock()

    def handle_error(self, request: _Socket, client_address: object) -> None:
        """Ignore clients that were killed; report all other errors."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def shutdown_request(self, request: _Socket) -> None:
        """Close alone: a reset connection must not say goodbye first."""
        self.close_request(request)

    def stop(self) -> None:
        """Stop listening, hang up on clients that keep a connection open, wait for all threads."""
        self.shutdown()
        with self.lock:
            for connection in self.open_sockets:
                with suppress(OSError):  # the client hung up first
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    wbufsize = -1  # one write per answer, not one per header
    disable_nagle_algorithm = True
    server: Transport

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.open_sockets.add(self.connection)

    def finish(self) -> None:
        with self.server.lock:
            self.server.open_sockets.discard(self.connection)
        super().finish()

    def _reply(self) -> None:
        request = self._request()
        reply = self.server.answerer(request)
        sent = f"#{request.body.decode(errors='replace')}" if request.body else ""
        self.server.requests.append((request.method, request.url + sent, reply.status))
        wire, self.wfile = self.wfile, BytesIO()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        data, self.wfile = self.wfile.getvalue(), wire
        with suppress(ConnectionError):  # a client that was killed, or gave up
            if reply.send:
                self.close_connection = True
                reply.send(self.connection, data)
            else:
                self.wfile.write(data)
                self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_CONNECT = _reply

    def _request(self) -> Request:
        """Make the address absolute: a proxy is asked for all of it, a plain server for its path."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        url = self.path
        if self.command == "CONNECT":
            url = f"https://{self.path}/"
        elif url.startswith("/"):
            url = f"http://{headers.get('host', '')}{url}"
        length = int(headers.get("content-length", "0"))
        return Request(self.command, url, headers, self.rfile.read(length) if length else b"")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the requests are in `Transport.requests`."""


_HTML = {"Content-Type": "text/html"}
_NOT_FOUND = (
    b"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"
    b"<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


def _plain(status: int, text: str) -> Answer:
    return Answer(status, {"Content-Type": "text/plain; charset=utf-8"}, text.encode())
