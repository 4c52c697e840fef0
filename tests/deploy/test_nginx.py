"""The configuration of nginx in deploy/, before a small site that says what it was asked."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.nginx_before import nginx_before


class Site(BaseHTTPRequestHandler):
    """A site whose answers may be kept, and are named."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        """Answer with what was asked, status 503 below /busy."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked.append((self.path, headers))
        busy = self.path.startswith("/busy")
        body = json.dumps([self.path, headers]).encode()
        self.send_response(503 if busy else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "text/html")
        if not busy:
            self.send_header("Cache-Control", "max-age=300")
            self.send_header("ETag", '"x"')
            self.send_header("Vary", "x-forwarded-prefix")
            self.send_header("X-Frame-Options", "DENY")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[tuple[int, list[tuple[str, dict[str, str]]]]]:
    """Run the site with nginx before it; yield the port of nginx and what the site was asked."""
    Site.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        # so few that none is added while a slow machine asks
        with nginx_before(site.server_address[1], tmp_path, rate="1r/m") as port:
            yield port, Site.asked
        site.shutdown()


def ask(port: int, path: str, **headers: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return the status, the headers and the body of an answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        pairs = [(name.lower(), value) for name, value in answer.getheaders()]
        return answer.status, pairs, answer.read()


def test_pages_are_kept_for_all_visitors(
    nginx: tuple[int, list[tuple[str, dict[str, str]]]],
) -> None:
    """Whatever they send with their requests: none of it reaches the site, and headers are not doubled."""
    port, asked = nginx
    for n in range(3):
        visitor = {
            "Cookie": f"a={n}",
            "X_Forwarded_Prefix": f"/p{n}",
            "X_Forwarded_For": "10.0.0.1",
        }
        status, headers, _ = ask(port, "/report/a", **visitor, Accept_Encoding="gzip, br")
        assert status == 200
        names = [name for name, _ in headers]
        assert [names.count(each) for each in ("etag", "cache-control", "x-frame-options")] == [
            1
        ] * 3
    assert [path for path, _ in asked] == ["/report/a"]
    sent = asked[0][1]
    assert not {"cookie", "authorization", "x-forwarded-prefix", "accept-encoding"} & set(sent)
    assert sent["x-forwarded-for"] == "127.0.0.1"
    assert ask(port, "/report/a", If_None_Match='"x"')[0] == 304
    assert len(asked) == 1


def test_what_is_not_kept(nginx: tuple[int, list[tuple[str, dict[str, str]]]]) -> None:
    """Files that may be cut, whole files, and what the site was too busy for."""
    port, asked = nginx
    for path in ("/checks.csv", "/en/table.xlsx", "/download/archive.db.gz", "/busy"):
        for _ in range(2):
            ask(port, path, Range="bytes=0-9")
        assert [each for each, _ in asked].count(path) == 2, path
    assert all(headers["range"] == "bytes=0-9" for path, headers in asked if path != "/busy")


def test_programs_that_ask_too_much_are_told_so(
    nginx: tuple[int, list[tuple[str, dict[str, str]]]],
) -> None:
    """Hundred pages come at once; the site is asked for no more."""
    port, asked = nginx
    statuses = [ask(port, f"/report/{n}")[0] for n in range(110)]
    assert statuses[:101] == [200] * 101
    assert statuses[-1] == 429
    assert len(asked) == statuses.count(200)


def test_large_requests_end_at_nginx(nginx: tuple[int, list[tuple[str, dict[str, str]]]]) -> None:
    port, asked = nginx
    assert ask(port, "/?q=" + "a" * 20_000)[0] == 414
    assert ask(port, "/", X_Large="a" * 20_000)[0] == 400
    assert asked == []
