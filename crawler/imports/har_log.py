"""HAR files (HTTP Archive 1.2): what a browser's network panel saves.

Texts in them are decoded and coded anew in UTF-8, so that the bytes of the page are gone. Bodies may be
left out. Cookies are never taken.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from gongkai.crawler.foreign.record_head import HeaderList, utc_second
from gongkai.crawler.imports.foreign_compose import compose_answer, compose_foreign
from gongkai.crawler.imports.record_stream import (
    MAX_RECORD_BYTES,
    Item,
    NoArchive,
    SkippedRecord,
    StreamedRecord,
)
from gongkai.foreign_json import NOT_AS_EXPECTED, parse_json

MAX_FILE_BYTES = 256 << 20
MAX_ENTRIES = 100_000
LEFT_OUT = {
    "set-cookie",
    "cookie",
    "authorization",
    "content-encoding",
    "transfer-encoding",
    "content-length",
    "content-type",
}
"""Headers that are secrets, or that do not describe the body as it is in the file."""

CHARSET = re.compile(r";\s{0,20}charset\s{0,20}=[^;]{0,60}", re.I)


def har_records(data: bytes) -> Iterator[Item]:
    """Yield the answers in a HAR file as records.

    Raises:
        NoArchive: It is no HAR file.
    """
    try:
        log = parse_json(data)["log"]
        entries = log["entries"]
    except NOT_AS_EXPECTED:
        raise NoArchive from None
    if not isinstance(entries, list):
        raise NoArchive
    for entry in entries[:MAX_ENTRIES]:
        yield _record(entry) if isinstance(entry, dict) else SkippedRecord("malformed")
    if len(entries) > MAX_ENTRIES:
        yield SkippedRecord("rest")


def _record(entry: dict[str, object]) -> Item:
    request, response = entry.get("request"), entry.get("response")
    if not isinstance(request, dict) or not isinstance(response, dict):
        return SkippedRecord("malformed")
    url, status = request.get("url"), response.get("status")
    date = utc_second(str(entry.get("startedDateTime", "")))
    content = response.get("content")
    if not isinstance(url, str) or not isinstance(status, int) or not 100 <= status <= 999:
        return SkippedRecord("malformed")
    if request.get("method") != "GET":
        return SkippedRecord("method")
    if date is None:
        return SkippedRecord("date")
    body, is_text = _body(content if isinstance(content, dict) else {})
    if body is None:
        return SkippedRecord("no_body")
    if len(body) > MAX_RECORD_BYTES:
        return SkippedRecord("too_large")
    headers = [*_headers(response), ("Content-Type", _media_type(content, is_text))]
    block = compose_answer(status, headers, body)
    record = compose_foreign("response", url.encode("utf-8", "replace"), date[0], block)
    return StreamedRecord(record, "recoded" if is_text else "from_har")


def _body(content: dict[str, object]) -> tuple[bytes | None, bool]:
    """Return a body, and whether it was coded anew; None where it was left out."""
    text = content.get("text")
    if not isinstance(text, str) or not text:
        return None, False
    if content.get("encoding") != "base64":
        return text.encode("utf-8", "replace"), True
    try:
        return base64.b64decode(text, validate=True), False
    except (binascii.Error, ValueError):
        return None, False


def _headers(response: dict[str, object]) -> HeaderList:
    headers = response.get("headers")
    found = []
    for each in headers if isinstance(headers, list) else ():
        if isinstance(each, dict):
            name, value = each.get("name"), each.get("value")
            is_named = isinstance(name, str) and not name.startswith(":")
            if is_named and isinstance(value, str) and str(name).lower() not in LEFT_OUT:
                found.append((str(name), value))
    return found


def _media_type(content: object, is_text: bool) -> str:
    stated = content.get("mimeType") if isinstance(content, dict) else ""
    kind = stated if isinstance(stated, str) else ""
    return f"{CHARSET.sub('', kind[:200])}; charset=utf-8" if is_text else kind
