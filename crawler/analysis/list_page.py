"""A page of a column's list: its rows, and what it says about the size of the list."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from gongkai.crawler.analysis.report_columns import without_other_lists
from gongkai.crawler.discovery.list_size import count_json_rows, read_list_size
from gongkai.crawler.discovery.page import Link, WebPage
from gongkai.crawler.discovery.pager_links import highest_page_link
from gongkai.crawler.discovery.words.link_words import REPORT_ROW, REPORT_TITLE


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a column's list.

    `shown` is the number of its rows, also of those that are not followed, `named` that of the rows whose
    text names a report. `rows` and `pages` are the size of the whole list by its own words, or by the
    numbers of its pager, None where it does not say it. `is_answer` tells that a script requested it.
    """

    title: str
    shown: int
    rows: int | None = None
    pages: int | None = None
    is_answer: bool = False
    named: int = 0


def read_list_page(page: WebPage, links: Iterable[Link], addresses: Set[str]) -> ListPage:
    """Return what a page of a column shows.

    `links` are those of the page, `addresses` those of its rows that are followed. Rows that are no
    reports are counted too, since lists count them.
    """
    size = read_list_size(page)
    own = [*without_other_lists([*links])]
    # all links of an answer are rows
    rows = addresses | {link.url for link in own if link.dated or (page.is_data and link.text)}
    is_answer = page.is_data or page.request is not None
    numbered = 0 if is_answer else highest_page_link(own, page.base_url)
    return ListPage(
        title=page.title,
        shown=max(count_json_rows(page), page.count_rows(rows), len(rows)),
        rows=size.rows,
        pages=size.pages or numbered or None,
        is_answer=is_answer,
        named=len({link.url for link in own if link.url in rows and _names_report(link.text)}),
    )


def _names_report(text: str) -> bool:
    return bool(REPORT_TITLE.search(text) or REPORT_ROW.search(text))
