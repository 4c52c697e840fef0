"""Columns of reports that gave no row and no way on: a list that the crawl cannot read looks like that.

The column of a new unit may be rightly empty. That of the portal itself, the nearest to its home page, is
not, and neither are most columns of a portal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from urllib.parse import urlsplit

from gongkai.crawler.analysis.next_pages import NextPage
from gongkai.crawler.discovery.link_roles import Role, Visit, is_below
from gongkai.crawler.discovery.urls import address_number
from gongkai.crawler.discovery.words.link_words import is_column_title, is_short_column_title

YEAR = re.compile(r"(?:19|20)\d\d")
FOLDER = re.compile(r"/(?:index\.\w{1,6})?$", re.I)
"""How the path of a column ends that has a folder of its own."""

ROWS = (Role.ARTICLE, Role.DOCUMENT)


@dataclass(frozen=True, slots=True)
class EmptyFound:
    """The numbers of the empty columns of a crawl: those that must have rows, and those that may not."""

    faults: tuple[int, ...] = ()
    rightly: tuple[int, ...] = ()


class EmptyColumns:
    """Keeps the columns of one crawl, and which pages lead on. Pages are numbers, made from the keys of their addresses."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}  # page -> words of the first link to it
        self._columns: dict[int, int] = {}  # page -> steps from the home page
        self._known: set[int] = set()
        self._lead_on: set[int] = set()

    def page_read(
        self, url: str, visit: Visit, next_pages: Sequence[NextPage], *, is_list: bool
    ) -> None:
        """Note a page that was analysed; `is_list` tells that it is a page of a column.

        Columns and units that a page before it leads to already are its navigation, and no way on.
        """
        key = address_number(url)
        links = [each for each in next_pages if each.relation == "link"]
        leads = [each.url for each in links if each.visit.role is Role.COLUMN or each.unit]
        keys = {address_number(lead) for lead in leads} - {key}
        has_folder = FOLDER.search(urlsplit(url).path) is not None
        has_own = has_folder and any(
            is_below(lead, url) and address_number(lead) != key for lead in leads
        )
        if has_own or keys - self._known or any(each.visit.role in ROWS for each in links):
            self._lead_on.add(key)
        self._known |= keys
        for each in links:
            if each.visit.role is Role.COLUMN:
                self._texts.setdefault(address_number(each.url), each.text)
        if is_list and visit.number == 1 and not visit.request and self._is_column(key, visit):
            self._columns.setdefault(key, visit.hops)

    def judge(self, reached: Mapping[int, Set[int]]) -> EmptyFound:
        """Return the empty columns; `reached` has the pages and the parts of each list that begins."""
        columns = [key for key in self._columns if key in reached]
        empty = [key for key in columns if not reached[key] & self._lead_on]
        if 2 * len(empty) > len(columns):
            return EmptyFound(faults=tuple(empty))
        nearest = min((self._columns[key] for key in columns), default=0)
        own = [key for key in columns if self._columns[key] == nearest]
        faults = tuple(own) if set(own) <= set(empty) else ()
        return EmptyFound(faults, tuple(key for key in empty if key not in faults))

    def _is_column(self, key: int, visit: Visit) -> bool:
        """Return whether the words that lead to a page, or the page of a unit itself, say so.

        The words of one year may lead to a report alone.
        """
        if visit.role is Role.DISCLOSURE:
            return True
        text = self._texts.get(key, "")
        return not YEAR.search(text) and (is_column_title(text) or is_short_column_title(text))
