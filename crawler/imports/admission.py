"""Which records are taken in: those of known portals that are reports, their lists or their files.

What a page is and where it leads is decided by the crawl's own analysis, in its process with limits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin

from gongkai.crawler.analysis.analyst import AnalysisFailed, Analyst
from gongkai.crawler.analysis.page_analysis import REPORT_OUTCOMES
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.sites.portals import entered_hosts, host_key, portals_by_host
from gongkai.crawler.sites.registry import Site, netloc
from gongkai.crawler.warc.content_coding import decode_content, has_known_coding
from gongkai.crawler.warc.parse import WarcRecord, header_value
from gongkai.crawler.warc.tables.page_notes import GONE_STATUSES
from gongkai.extract.classify import is_readable, sniff

MAX_PAGE_BYTES = 4 << 20
"""Longer pages are not looked at: the crawl does not parse them either."""

REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a record is: report, list, document, redirect, gone; or "" with the reason in one word.

    `documents` are the keys of the files that a page leads to, `target` is that of a redirect.
    """

    kind: str
    reason: str = ""
    documents: frozenset[str] = frozenset()
    target: str = ""


class Admission:
    """Decides what is taken in, for the portals of a registry and for those that are known."""

    def __init__(self, sites: Iterable[Site], analyst: Analyst) -> None:
        self._hosts = frozenset(entered_hosts(sites)) | frozenset(portals_by_host())
        self._analyst = analyst

    def is_of_portal(self, url: str) -> bool:
        """Return whether an address is one of a portal that is entered or known."""
        return host_key(netloc(url)) in self._hosts

    def judge(self, record: WarcRecord) -> Judgement:
        """Return what an answer is."""
        if record.status in REDIRECTS:
            location = header_value(record.headers, "Location").strip()
            target = address_key(urljoin(record.url, location)) if location else ""
            return Judgement("redirect", target=target) if target else Judgement("", "status")
        if record.status in GONE_STATUSES:
            return Judgement("gone")
        if record.status not in (0, HTTPStatus.OK):
            return Judgement("", "status")
        return self._judge_document(record)

    def _judge_document(self, record: WarcRecord) -> Judgement:
        media_type = header_value(record.headers, "Content-Type")
        body = decode_content(record.headers, record.payload)
        if body is record.payload and has_known_coding(record.headers, body):
            return Judgement("", "too_large")  # or packed in a way that is none
        kind = sniff(body, media_type)
        if kind != "text/html":
            is_file = kind.startswith("application/") and is_readable(body, media_type)
            return Judgement("document") if is_file else Judgement("", "media_type")
        page = FetchedPage(
            record.url,
            HTTPStatus.OK,
            media_type,
            body,
            Visit(Role.DISCLOSURE),
            max_bytes=MAX_PAGE_BYTES,
        )
        try:
            found = self._analyst.analyze(page)
        except AnalysisFailed:
            return Judgement("", "not_analysed")
        documents = frozenset(
            address_key(each.url) for each in found.next_pages if each.visit.role is Role.DOCUMENT
        )
        if found.outcome in REPORT_OUTCOMES:
            return Judgement("report", documents=documents)
        if found.list_page is not None:
            return Judgement("list", documents=documents)
        if found.outcome in ("blocked", "hostile"):
            return Judgement("", found.outcome)
        return Judgement("", "no_report")


def address_key(url: str) -> str:
    """Return the key under which an address is compared: by any scheme, with or without www."""
    try:
        return canonical_url_key(url)
    except ValueError:
        return ""
