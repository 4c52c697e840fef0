"""Which pages are columns of reports, and which of their links belong to the list of reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from gongkai.crawler.discovery.link_context import LINK_WITHOUT_TITLE
from gongkai.crawler.discovery.link_roles import Role, is_below, is_beside
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.pager_links import NEXT_LINK
from gongkai.crawler.discovery.urls import canonical_url_key
from gongkai.crawler.discovery.words.link_words import (
    REPORT_ROW,
    REPORT_TITLE,
    ROW_TITLE,
    is_column_title,
    is_navigation,
    is_near_miss,
    is_short_column_title,
    is_unit,
    is_year,
)

YEAR = re.compile(r"(?:19|20)\d\d")
ROWS = (Role.ARTICLE, Role.DOCUMENT)
MIN_ROWS = 2
"""Rows with titles of reports that make a list a column of reports."""


def is_column_page(page: WebPage, role: Role, outcome: str) -> bool:
    """Return whether a page is a column of reports, whatever its link said.

    Its title says so, the meta tag of its column, the end of its breadcrumb, or most rows of one of
    its lists. Articles name their column too, but they have a title of their own.
    """
    if page.meta("ArticleTitle"):
        return False
    if is_column_title(page.title) or is_column_title(page.meta("ColumnName")):
        return True
    if role is Role.DISCLOSURE and not page.is_data and is_own_column(page):
        return True
    if outcome != "list" and not has_rows(page):
        return False
    if any(is_column_title(name) for name in page.breadcrumb[-2:]):
        return True
    return role is Role.ARTICLE and (_names_reports(page.title) or has_report_list(page))


def is_own_column(page: WebPage) -> bool:
    """Return whether the page of a unit is its column of reports, to which its name leads straight.

    The link to the column leads to the page itself; or its dated rows are reports; or its heading, or
    the selected entry of its menu, says so where it has no rows yet.
    """
    if any(map(is_column_title, page.own_entries)):
        return not any(is_navigation(text) for text in page.own_entries)
    titled = any(is_column_title(text) and not YEAR.search(text) for text in page.shown_titles)
    rows = [link.text for link in page.links if link.dated and len(link.text) > 5]
    if not rows:
        return titled and not _leads_to_column(page)
    reports = sum(map(_names_reports, rows))
    if 2 * reports <= len(rows):
        return False
    has_next = any(NEXT_LINK.fullmatch(link.text) for link in page.links)
    return titled or (reports >= MIN_ROWS and (has_next or not _leads_to_column(page)))


def _leads_to_column(page: WebPage) -> bool:
    """Return whether a page has a link to a column of reports, which is another page then."""
    own = canonical_url_key(page.address)
    return any(
        not YEAR.search(link.text)
        and (is_column_title(link.text) or is_short_column_title(link.text))
        and canonical_url_key(link.url) != own
        for link in page.links
    )


def is_list_of_reports(page: WebPage, is_article: Callable[[str], bool]) -> bool:
    """Return whether a page lists reports that have pages of their own, whatever is attached to its rows."""
    if page.meta("ArticleTitle") or is_article(page.address):
        return False
    if not (is_column_title(page.title) or is_column_title(page.meta("ColumnName"))):
        return False
    return any(
        link.dated and _names_reports(link.text) and is_article(link.url) for link in page.links
    )


def has_rows(page: WebPage) -> bool:
    """Return whether a page has a list whose rows have dates or are the names of units."""
    rows = Counter(
        link.block for link in page.links if link.block and (link.dated or is_unit(link.text))
    )
    return any(count >= MIN_ROWS for count in rows.values())


def has_report_list(page: WebPage) -> bool:
    """Return whether most rows of a list of a page have the title of a report and a year."""
    rows = Counter(link.block for link in page.links if link.block and len(link.text) > 5)
    titled = Counter(link.block for link in page.links if link.block and _names_reports(link.text))
    return any(count >= MIN_ROWS and 2 * count > rows[block] for block, count in titled.items())


def without_other_lists(links: Sequence[Link]) -> Iterator[Link]:
    """Yield the links of a column without the dated rows of other lists, such as the latest news.

    The lists of the column are those with a row that names a report or a year. Where there is none,
    all rows may be garbled, and all stay.
    """
    own = {link.block for link in links if link.dated and ROW_TITLE.match(link.text)}
    for link in links:
        is_other = own and link.dated and link.block not in own
        if not is_other or REPORT_ROW.search(link.text):
            yield link


def without_other_rows(links: Sequence[tuple[Link, Role]]) -> Iterator[tuple[Link, Role]]:
    """Yield what is followed from a column without what only looks like a row: news, entries of a menu.

    On many portals the address of a menu's entry is that of an article. Links without a list, which
    scripts make, stay.
    """
    own = {link.block for link, role in links if role in ROWS and ROW_TITLE.match(link.text)}
    for link, role in links:
        is_other = bool(own) and role in ROWS and link.block not in own | {0}
        if not is_other or _may_be_report(link.text):
            yield link, role


def _may_be_report(text: str) -> bool:
    """Return whether the text of a row names a report, a year, a unit, or nothing."""
    return (
        ROW_TITLE.match(text) is not None
        or REPORT_ROW.search(text) is not None
        or LINK_WITHOUT_TITLE.fullmatch(text) is not None
        or is_year(text)
        or is_unit(text)
    )


def own_columns(links: Iterable[tuple[Link, Role]], page_url: str) -> frozenset[int]:
    """Return the numbers of the lists that have a link to the agency's own column of reports.

    That is one in the folder of the page or beside it: the column of the government stands in the
    navigation of every page. Where an agency has one, its reports are there, and neither among its
    other contents nor on further pages of them.
    """
    return frozenset(
        link.block
        for link, role in links
        if role is Role.COLUMN and (is_below(link.url, page_url) or is_beside(link.url, page_url))
    )


def _names_reports(text: str) -> bool:
    return bool(REPORT_TITLE.search(text) and YEAR.search(text)) and not is_near_miss(text)
