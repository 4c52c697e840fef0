"""Files as other programs write them, made by hand: 青石县, a host that stands for none."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b32encode
from collections.abc import Sequence
from typing import Literal

from gongkai.crawler.sites.registry import Site

HOST = "http://www.qingshitest.gov.cn"
SITE = Site("qingshi", "青石县", "640221", f"{HOST}/")
HTML = "Content-Type: text/html; charset=utf-8"
Compression = Literal["members", "one member", "none"]


def report(year: int, received: str = "7") -> bytes:
    """Return a page with a report of the old form."""
    title = f"青石县教育局{year}年政府信息公开工作年度报告"
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>一、总体情况</p>"
        f"<p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况：收到{received}件</p>"
        "<p>四、政府信息公开行政复议、行政诉讼情况</p><p>五、存在的主要问题及改进情况</p>"
        "<p>六、其他需要报告的事项</p></body></html>"
    ).encode()


def listing(*links: str) -> bytes:
    """Return a page of a column of reports."""
    rows = "".join(f'<li><a href="{link}">青石县{link}年度报告</a></li>' for link in links)
    return (
        f"<html><head><title>青石县</title></head><body><h1>政府信息公开年报</h1>{rows}"
        "</body></html>"
    ).encode()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return an answer of a web server as bytes."""
    return "\r\n".join((f"HTTP/1.1 {status}", *(headers or (HTML,)), "", "")).encode() + body


def chunked(body: bytes, size: int = 16) -> bytes:
    """Return a body in chunks."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return framed + b"0\r\n\r\n"


def sha1(data: bytes) -> str:
    """Return a digest as most programs write it."""
    return "sha1:" + b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def record(
    kind: str,
    path: str,
    block: bytes,
    *fields: str,
    date: str = "2020-03-01T02:03:04Z",
    name: str = "",
    version: str = "1.0",
) -> bytes:
    """Return one WARC record; a `path` without a scheme is one of the host."""
    url = path if ":" in path or not path else HOST + path
    name = name or hashlib.sha256(f"{kind} {url} {date}".encode()).hexdigest()[:32]
    lines = (
        f"WARC/{version}",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}>",
        f"WARC-Date: {date}",
        *((f"WARC-Target-URI: {url}",) if url else ()),
        *fields,
        f"Content-Length: {len(block)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + block + b"\r\n\r\n"


def page(path: str, body: bytes, *fields: str, date: str = "2020-03-01T02:03:04Z") -> bytes:
    """Return the record of a page that was answered plainly."""
    return record("response", path, answer(body), *fields, date=date)


def packed(records: Sequence[bytes], compression: Compression = "members") -> bytes:
    """Return a file of records."""
    if compression == "none":
        return b"".join(records)
    if compression == "one member":
        return gzip.compress(b"".join(records))
    return b"".join(gzip.compress(each) for each in records)
