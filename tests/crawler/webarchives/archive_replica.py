"""Common Crawl and the Wayback Machine on loopback: both interfaces, and a log of what was asked."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import threading
from base64 import b32encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.crawler.imports.foreign_files import answer, record

CRAWLS = ("CC-MAIN-2019-18", "CC-MAIN-2021-04")
PAGE_LINES = 2
FILE = "crawl-data/{crawl}/segments/1/warc/CC-MAIN-00001.warc.gz"


@dataclass(frozen=True)
class Kept:
    """A page that the archive keeps."""

    url: str
    stamp: str
    body: bytes
    crawl: str = CRAWLS[0]
    status: str = "200"
    mime: str = "text/html"

    @property
    def digest(self) -> str:
        return b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


def _answer(page: Kept) -> bytes:
    whole = answer(page.body, f"Content-Type: {page.mime}; charset=utf-8")
    return whole.replace(b" 200 ", f" {page.status} ".encode(), 1)


@dataclass
class ArchiveReplica:
    """What is kept, where it answers, and which statuses come before the answers."""

    pages: Sequence[Kept]
    refusals: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    places: dict[Kept, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for page in self.pages:
            date = "{}-{}-{}T{}:{}:{}Z".format(*re.findall("..(?:..(?=.{10}))?", page.stamp))
            digest = f"WARC-Payload-Digest: sha1:{page.digest}"
            whole = gzip.compress(record("response", page.url, _answer(page), digest, date=date))
            name = FILE.format(crawl=page.crawl)
            before = self.files.get(name, b"")
            self.places[page] = len(before), len(whole)
            self.files[name] = before + whole

    def reply(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Return the answer to a request."""
        self.asked.append(path)
        if self.refusals:
            return self.refusals.pop(0), {}, b""
        parts = urlsplit(path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/collinfo.json":
            found = [
                {"id": c, "from": f"{c[8:12]}-01-01", "to": f"{c[8:12]}-02-01"} for c in CRAWLS
            ]
            return 200, {}, json.dumps(found[::-1]).encode()
        if parts.path.endswith("-index"):
            return self._index(parts.path[1:-6], query)
        if parts.path.startswith("/crawl-data/"):
            start, end = map(int, headers["range"].removeprefix("bytes=").split("-"))
            return 206, {}, self.files[parts.path[1:]][start : end + 1]
        if parts.path == "/cdx/search/cdx":
            return 200, {}, self._cdx(query)
        return self._memento(path)

    def _index(self, crawl: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        found = [p for p in self.pages if p.crawl == crawl and p.host == query["url"]]
        if not found:
            return 404, {}, json.dumps({"message": "No Captures found"}).encode()
        if "showNumPages" in query:
            return 200, {}, json.dumps({"pages": -(-len(found) // PAGE_LINES)}).encode()
        start = int(query.get("page", 0)) * PAGE_LINES
        lines = [json.dumps(self._line(page)) for page in found[start : start + PAGE_LINES]]
        return 200, {}, "\n".join(lines).encode()

    def _line(self, page: Kept) -> dict[str, str]:
        offset, length = self.places[page]
        return {
            "urlkey": "x",
            "timestamp": page.stamp,
            "url": page.url,
            "mime": page.mime,
            "status": page.status,
            "digest": page.digest,
            "length": str(length),
            "offset": str(offset),
            "filename": FILE.format(crawl=page.crawl),
        }

    def _cdx(self, query: dict[str, str]) -> bytes:
        found = [p for p in self.pages if p.host == query["url"] and p.stamp >= query["from"]]
        start = int(query.get("resumeKey", "key 0").split()[1])
        rows = [
            ["x", p.stamp, p.url.replace(".cn/", ".cn:80/"), p.mime, p.status, p.digest, "9"]
            for p in found[start : start + PAGE_LINES]
        ]
        more = [[], [f"key+{start + PAGE_LINES}"]] if start + PAGE_LINES < len(found) else []
        return json.dumps([query["fl"].split(","), *rows, *more]).encode()

    def _memento(self, path: str) -> tuple[int, dict[str, str], bytes]:
        found = re.fullmatch(r"/web/(\d{14})id_/(.+)", path)
        for page in self.pages:
            if found and (page.stamp, page.url) == (found[1], found[2]):
                headers = {
                    "Content-Type": f"{page.mime}; charset=utf-8",
                    "Date": f"now {len(self.asked)}",
                    "X-Archive-Orig-Content-Encoding": "gzip",
                    "Memento-Datetime": "Sun, 01 Mar 2020 02:03:04 GMT",
                }
                return int(page.status), headers, page.body
        return 302, {"Location": "/web/20260101000000id_/http://elsewhere"}, b""


@contextmanager
def serve(pages: Sequence[Kept]) -> Iterator[ArchiveReplica]:
    """Run a replica on loopback."""
    replica = ArchiveReplica(pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = {name.lower(): value for name, value in self.headers.items()}
            status, headers, body = replica.reply(self.path, given)
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    replica.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield replica
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
