"""Captures in the index of a web archive, and which of them may be reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.foreign.payload_digests import plain_digest
from gongkai.crawler.foreign.record_head import URI_SAFE, UnusableRecord, utc_second, web_address

WORDS = re.compile(
    r"gknb|ndbg|nd_?bg|niandu|nianbao|xxgknb|zfxxgknb|xxgkndbg|gkndbg|ndgzbg|gzndbg|annual|"
    r"[/_-]nb[/_.-]|年报|年度报告|年度工作报告",
    re.I,
)
"""Words of reports in addresses: 公开年报 (gknb), 年度报告 (ndbg) and their spellings."""

REPORT_SEASON = re.compile(
    r"/(?:[a-z_]{0,20}/)?20[0-9]{2}[-/]?0?[1-4](?:[-/][0-3]?[0-9])?[/_]|/t?20[0-9]{2}0[1-4][0-3][0-9]_"
)
"""An article of January to April, when annual reports are published."""

DOCUMENT = re.compile(r"\.(?:s?html?|jhtml|aspx?|jsp|php|pdf|docx?|wps|ofd|xlsx?|zip|rar)\Z", re.I)
PICTURES = re.compile(r"\.(?:jpe?g|png|gif|ico|css|js|svg|woff2?|ttf|mp[34]|swf)\Z", re.I)
PAGE_TYPES = (
    "text/html",
    "application/xhtml+xml",
    "application/pdf",
    "application/msword",
    "application/vnd",
    "application/octet-stream",
    "application/zip",
    "warc/revisit",
    "unk",
    "",
)

GONE = ("301", "308", "404", "410")
"""Statuses that say that an address does not have the document any more."""

STATUSES = ("200", *GONE)
"""Statuses of the captures that an index is asked for."""

MOST_TURNS = 6
"""Captures of one address that say that it is gone."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One line of an index. `digest` is that of the decoded body, in the form of `plain_digest`.

    `filename`, `offset` and `length` tell where Common Crawl has the record; "" and 0 elsewhere.
    """

    url: str
    at: str  # UTC, ISO, seconds, Z
    status: str
    media_type: str
    digest: str
    collection: str
    filename: str = ""
    offset: int = 0
    length: int = 0
    truncated: str = ""


def make_capture(
    url: str,
    timestamp: str,
    status: str,
    media_type: str,
    digest: str,
    collection: str,
) -> Capture | None:
    """Return a capture, None where the line cannot be used."""
    time = utc_second(timestamp)
    try:
        address = web_address(quote(url, safe=URI_SAFE))
    except UnusableRecord:
        return None
    if time is None or not re.fullmatch(r"[0-9]{3}|-", status):
        return None
    return Capture(address, time[0], status, media_type.lower(), plain_digest(digest), collection)


def rank(url: str, known: Set[str]) -> int:
    """Return how likely an address is a report: 3 for one that is known, 0 for none."""
    if canonical_url_key(url) in known:
        return 3
    parts = urlsplit(url)
    path = _readable(parts.path + ("?" + parts.query if parts.query else ""))
    if PICTURES.search(parts.path):
        return 0
    if WORDS.search(path):
        return 2
    return 1 if REPORT_SEASON.search(path) and DOCUMENT.search(parts.path) else 0


def wanted(captures: Iterable[Capture], known: Set[str], hosts: Set[str]) -> Iterator[Capture]:
    """Yield the captures to fetch: of one content at one address the first, the likeliest address first.

    Behind all of these come the last capture of each content, and those that say that an address was
    gone after a document had stood there. A repeat of a content that is not there itself cannot be fetched.
    """
    found: dict[str, tuple[int, list[Capture]]] = {}
    for capture in captures:
        key = canonical_url_key(capture.url)
        level = rank(capture.url, known)
        if level and key.partition("/")[0] in hosts and (_is_answer(capture) or _is_gone(capture)):
            found.setdefault(key, (level, []))[1].append(capture)
    firsts: list[tuple[int, Capture]] = []
    others: list[Capture] = []
    for level, of_address in found.values():
        answers = [each for each in of_address if _is_answer(each)]
        first, last = _first_and_last(answers)
        firsts += [(level, each) for each in first]
        others += last
        others += _turns_to_gone(of_address)
    for _, capture in sorted(firsts, key=lambda each: (-each[0], each[1].at, each[1].url)):
        yield capture
    yield from sorted(others, key=lambda each: (each.at, each.url))


def _is_answer(capture: Capture) -> bool:
    return capture.status == "200" and capture.media_type.startswith(PAGE_TYPES)


def _is_gone(capture: Capture) -> bool:
    return capture.status in GONE


def _first_and_last(answers: Iterable[Capture]) -> tuple[list[Capture], list[Capture]]:
    """Return the first and the last capture of each content; none as the last if it is of the same day."""
    first: dict[str, Capture] = {}
    last: dict[str, Capture] = {}
    for capture in answers:
        content = capture.digest or capture.at
        if content not in first or _is_better(capture, first[content]):
            first[content] = capture
        if not capture.truncated and (content not in last or capture.at > last[content].at):
            last[content] = capture
    later = (each for content, each in last.items() if each.at[:10] > first[content].at[:10])
    return [*first.values()], [*later]


def _turns_to_gone(captures: Iterable[Capture]) -> list[Capture]:
    """Return of one address the captures that say that it is gone, each the first behind a document."""
    found: list[Capture] = []
    is_there = False
    for capture in sorted(captures, key=lambda each: each.at):
        if is_there and _is_gone(capture) and len(found) < MOST_TURNS:
            found.append(capture)
        is_there = _is_answer(capture)
    return found


def _is_better(one: Capture, other: Capture) -> bool:
    """Return whether a capture is to be fetched in place of another of the same content."""
    return (bool(one.truncated), one.at) < (bool(other.truncated), other.at)


def _readable(path: str) -> str:
    raw = unquote_to_bytes(path[:2000])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
