"""What an answer is by itself: a page, a list, a document, a block page, an error."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.crawler.analysis.sitemap import read_sitemap
from gongkai.crawler.discovery.embedded_data import is_data_answer, script_links
from gongkai.crawler.discovery.link_roles import MAX_LIST_PAGES, Role, Visit
from gongkai.crawler.warc.tables.page_notes import BLOCK_STATUSES, GONE_STATUSES
from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.classify import block_signature, classify, is_readable, sniff

SCRIPT_STUB = "script stub"
"""The signature of a page of scripts without a word (`extract/block_pages.py`)."""


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """An answer as plain data.

    `content_type` is the header. `max_bytes` is the size beyond which a page is not parsed, 0 for no
    limit. `wants_owner` asks for whom the page belongs to. `script_files` are the texts of files that the
    page loads, where it needs them.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    visit: Visit
    max_bytes: int = 0
    wants_owner: bool = False
    script_files: tuple[str, ...] = ()


def is_too_large(page: FetchedPage) -> bool:
    """Return whether a page, or an answer in data, is longer than what is parsed.

    Documents have no such limit: the build reads them.
    """
    if not page.max_bytes or len(page.body) <= page.max_bytes:
        return False
    kind = sniff(page.body, page.content_type)
    return kind == "text/html" or (kind == "text/plain" and page.visit.role in MAX_LIST_PAGES)


def outcome_of(page: FetchedPage) -> str:
    """Return what an answer is: an outcome of extraction, or document, missing, blocked, errors."""
    if page.status == 405 and page.visit.request and not block_signature(page.body):
        return "missing"  # an interface that wants another method
    if page.status in BLOCK_STATUSES:
        return "blocked"
    if page.status in GONE_STATUSES:
        return "missing"
    if page.status != 200:  # protections answer with any status, such as 202 or 503
        return "blocked" if block_signature(page.body) else "errors"
    if page.visit.role is Role.SITEMAP:
        return "list" if read_sitemap(page.url, page.body, page.content_type) else "errors"
    if page.visit.role in MAX_LIST_PAGES and is_data_answer(
        decode_text(page.body, page.content_type)
    ):
        return "list"
    outcome = classify(page.body, page.content_type, page.url)
    if outcome is None:
        return "document" if _is_document(page) else "errors"
    if outcome == "blocked" and _is_menu_of_scripts(page):
        return "list"
    is_empty = outcome == "error" or (_is_list(page) and b"<" not in page.body)
    return "errors" if is_empty else outcome


def _is_menu_of_scripts(page: FetchedPage) -> bool:
    """Return whether a page of scripts without a word is a menu: they name pages, a challenge names none."""
    if page.visit.role not in MAX_LIST_PAGES or block_signature(page.body) != SCRIPT_STUB:
        return False
    return next(script_links(decode_text(page.body, page.content_type)), None) is not None


def _is_list(page: FetchedPage) -> bool:
    return page.visit.role in (Role.HOME, *MAX_LIST_PAGES)


def _is_document(page: FetchedPage) -> bool:
    """Return whether an answer that is no page is a document: packed files too, that nobody reads.

    In place of a list, a picture or an archive is an error.
    """
    kind = sniff(page.body, page.content_type)
    if _is_list(page):
        return is_readable(page.body, page.content_type) and kind.startswith("application/")
    if kind in ("text/plain", "application/octet-stream", ""):
        return is_readable(page.body, page.content_type)
    return True
