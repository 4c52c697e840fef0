"""Header lines that browsers tolerate cost no page."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from gongkai.crawler.runs.jobs import crawl
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.tiny import FAST, HOST, HTML, PAGES, REPORT, SITE, TITLE, answers, reason, served
from tests.replica.transport import Answer

BODY = REPORT.format(title=TITLE).encode()
LENGTH = b"Content-Length: %d" % len(BODY)
TYPE = b"Content-Type: text/html; charset=utf-8"
LINES: dict[str, list[bytes]] = {
    "space before the colon": [TYPE.replace(b":", b" :"), LENGTH.replace(b":", b"\t :")],
    "a folded line": [b"Content-Type: text/html;\r\n\tcharset=utf-8", LENGTH],
    "a folded line at the beginning": [b" folded: 1", TYPE, LENGTH],
    "an empty name": [b": nothing", TYPE, LENGTH],
    "a name in GBK": ["标题: 1".encode("gbk"), TYPE, LENGTH],
    "a name with other signs": [b"X(a): 1", b"X\x00: 2", TYPE, LENGTH],
    "a value in GBK": ["X-Title: 年报".encode("gbk"), TYPE, LENGTH],
    "no colon": [b"served by itself", TYPE, LENGTH],
    "the same length twice": [TYPE, LENGTH, LENGTH],
    "a length that is no number": [TYPE, b"Content-Length: many"],
    "an empty length": [TYPE, b"Content-Length:"],
    "a coding of no meaning": [TYPE, b"Transfer-Encoding: identity", LENGTH],
    "the type twice": [b"Content-Type: text/html", TYPE, LENGTH],
    "a very long line": [b"X-Long: " + b"x" * 30_000, TYPE, LENGTH],
}
STARTS = {
    "two spaces in the status": b"HTTP/1.1  200 OK",
    "half a version": b"HTTP/1 200 OK",
    "another protocol": b"ICY 200 OK",
    "a blank line first": b"\r\nHTTP/1.1 200 OK",
    "no phrase": b"HTTP/1.1 200",
}


def head(start: bytes, lines: list[bytes], end: bytes = b"\r\n") -> bytes:
    """Return the head of an answer."""
    return end.join([start, *lines, b"", b""])


def sender(data: bytes) -> Callable[..., None]:
    """Return what sends bytes as they are."""
    return lambda sock, _: sock.sendall(data)


def test_odd_lines_cost_no_page(tmp_path: Path) -> None:
    heads = {name: head(b"HTTP/1.1 200 OK", lines) for name, lines in LINES.items()}
    heads |= {name: head(start, [TYPE, LENGTH]) for name, start in STARTS.items()}
    heads["bare line feeds"] = head(b"HTTP/1.1 200 OK", [TYPE, LENGTH], b"\n")
    paths = {f"/nb/202401/t20240101_{number}.html": name for number, name in enumerate(heads, 100)}
    pages: dict[str, str | Answer] = dict(PAGES)
    pages["/nb/"] = "".join(f'<a href="{path}">{TITLE}</a>' for path in paths)
    for path, name in paths.items():
        pages[path] = Answer(200, HTML, b"", send=sender(heads[name] + BODY))
    with served(partial(answers, pages)) as proxy:
        address = f"http://127.0.0.1:{proxy.server_port}"
        (run,) = crawl([SITE], tmp_path, proxy=address, settings=FAST | {"RETRY_TIMES": "0"})
    with Snapshots(tmp_path) as kept:
        read = {
            name
            for path, name in paths.items()
            if (snapshot := kept.latest(HOST + path)) and kept.body(snapshot) == BODY
        }
    assert set(heads) - read == set()
    assert (run.outcome, run.counts["reports"], run.counts["errors"]) == ("ok", len(heads), 0)


def test_charsets_that_are_no_encodings_cost_no_page(tmp_path: Path) -> None:
    """Python decodes by codecs of such names: some raise errors, and `punycode` takes hours."""
    names = ("idna", "undefined", "base64", "bz2", "unicode_escape", "punycode")
    paths = {f"/nb/202401/t20240101_{number}.html": name for number, name in enumerate(names, 100)}
    pages: dict[str, str | Answer] = dict(PAGES)
    pages["/nb/"] = "".join(f'<a href="{path}">{TITLE}</a>' for path in paths)
    long = BODY + b"<p>-" + b"a9" * 300_000
    for path, name in paths.items():
        content_type = {"Content-Type": f"text/html; charset={name}"}
        pages[path] = Answer(200, content_type, long if name == "punycode" else BODY)
    with served(partial(answers, pages)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        (run,) = crawl([SITE], tmp_path, proxy=proxy, settings=FAST)
    assert (run.outcome, run.counts["errors"], run.counts["reports"]) == ("ok", 0, len(names))


def test_an_answer_without_an_end_is_told(tmp_path: Path) -> None:
    def send(sock: socket.socket, _: bytes) -> None:
        sock.sendall(head(b"HTTP/1.1 200 OK", [TYPE]))
        with suppress(OSError):  # the crawl has hung up
            for _ in range(300):
                sock.sendall(b"<p>a" * 2_000)

    pages: dict[str, str | Answer] = {**PAGES, "/": Answer(200, HTML, b"", send=send)}
    settings = FAST | {"DOWNLOAD_MAXSIZE": "1000000"}
    with served(partial(answers, pages)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        (run,) = crawl([SITE], tmp_path, proxy=proxy, settings=settings)
    assert run.outcome == "failed"
    assert reason(run).startswith("www.tiny.gov.cn sent more than one download may be")
