"""The head of a record or of an answer: its fields, addresses and dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote, urlsplit, urlunsplit

from gongkai.crawler.sites.registry import netloc

HeaderList = Sequence[tuple[str, str]]

HEAD_END = re.compile(rb"\r?\n\r?\n")
VERSION_LINE = re.compile(rb"WARC/[0-9]\.[0-9][ \t]*+\Z")
STATUS_LINE = re.compile(rb"HTTP/[0-9](?:\.[0-9])?[ \t]++([0-9]{3})(?![0-9])")
FIELD_LINE = re.compile(rb"([^\x00-\x20:]{1,256})[ \t]*+:[ \t]*+(.*)", re.S)

MAX_HEAD_BYTES = 1 << 16
"""Length of the head of a record, and of that of an answer."""

MAX_URL_CHARS = 2083
"""The crawl does not follow longer addresses either."""

URI_SAFE = "".join(map(chr, range(0x21, 0x7F)))
"""Only what may not stand in an address is escaped: bytes of GBK stay what they are."""

DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-?(?P<month>[0-9]{2})(?:-?(?P<day>[0-9]{2})"
    r"(?:[T ]?(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"[ ]?(?P<zone>Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?)?)?",
    re.I,
)


class UnusableRecord(Exception):
    """A record is not taken; the argument is the reason, one word."""


def header_value(headers: HeaderList, name: str) -> str:
    """Return the first header of a name, in upper or lower case; "" where there is none."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")


def split_head(content: bytes, first_line: re.Pattern[bytes]) -> tuple[HeaderList, bytes]:
    """Return the fields of a head, and what follows it.

    Raises:
        UnusableRecord: It does not begin with the line that is expected, or is too long.
    """
    end = HEAD_END.search(content, 0, MAX_HEAD_BYTES)
    if end is None and len(content) > MAX_HEAD_BYTES:
        raise UnusableRecord("malformed")
    head = content[: end.start()] if end else content.rstrip(b"\r\n")
    first, *lines = head.replace(b"\r\n", b"\n").split(b"\n")
    if not first_line.match(first):
        raise UnusableRecord("malformed")
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:
            name, value = fields.pop()
            fields.append((name, f"{value} {line.strip().decode('latin-1')}"))
        elif found := FIELD_LINE.match(line):
            fields.append((found[1].decode("latin-1"), _value(found[1], found[2])))
    return tuple(fields), content[end.end() :] if end else b""


def _value(name: bytes, value: bytes) -> str:
    value = value.strip()
    if name.lower().endswith(b"-uri"):
        return quote(value, safe=URI_SAFE)
    return value.decode("latin-1")


def web_address(url: str) -> str:
    """Return the address of a page in one form: host in lower case, no default port, no fragment.

    Programs write it between angle brackets or without.

    >>> web_address("<HTTP://WWW.Pingluo.gov.cn:80/nb#top>")
    'http://www.pingluo.gov.cn/nb'

    Raises:
        UnusableRecord: It is no address of the web.
    """
    url = url.strip("<> \t")
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() not in ("http", "https") or len(url) > MAX_URL_CHARS:
            raise UnusableRecord("address")
        path = parts.path or "/"
        return urlunsplit((parts.scheme.lower(), netloc(url), path, parts.query, ""))
    except ValueError:
        raise UnusableRecord("address") from None


def utc_second(text: str) -> tuple[str, bool] | None:
    """Return a time in UTC as the index writes it, and whether a day was stated; None for no time.

    >>> utc_second("2025-03-01T08:00:01.123+08:00")
    ('2025-03-01T00:00:01Z', True)
    >>> utc_second("20200301020304"), utc_second("2024-02"), utc_second("yesterday")
    (('2020-03-01T02:03:04Z', True), ('2024-02-01T00:00:00Z', False), None)
    """
    found = DATE.fullmatch(text.strip()[:40])
    if found is None:
        return None
    numbers = [int(found[name] or default) for name, default in _PARTS]
    try:
        time = datetime(*numbers, tzinfo=_zone(found["zone"]))  # type: ignore[misc, arg-type]
        in_utc = time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return in_utc.strftime("%Y-%m-%dT%H:%M:%SZ"), found["day"] is not None


_PARTS = (("year", 1), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0))


def _zone(text: str | None) -> timezone:
    if not text or text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
