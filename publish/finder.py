"""The search page: what was asked, what was found, and the way to the next page."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any
from urllib.parse import urlencode

from archive.search import Filters, Results, search
from publish.limits import limited

PAGE = 20
LONGEST = 200
DEEPEST = 500  # pages; nobody reads further, and every page costs its offset
MILLISECONDS = 2000
SORTS = ("relevance", "date")

REGIONS = """
with recursive used(code) as (
    select region_code from agencies where region_code is not null
    union select g.parent_code from regions g join used u on g.code = u.code
    where g.parent_code is not null
)
select g.code, g.full_name from used u join regions g on g.code = u.code order by g.code
"""


class TooLong(ValueError):
    """Raised for a question longer than anyone types."""

    limit = LONGEST


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader asked for."""

    text: str = ""
    year: int | None = None
    region: str = ""
    failed: bool = False
    sort: str = "relevance"
    page: int = 1

    @classmethod
    def of(cls, args: Any) -> Question:
        """Return the question an address asks. Raises ValueError with the value that is wrong."""
        text = (args.get("q") or "").strip()
        if len(text) > LONGEST:
            raise TooLong(text)
        sort = args.get("sort") or "relevance"
        if sort not in SORTS:
            raise ValueError(sort)
        region = args.get("region") or ""
        if region and not (region.isascii() and region.isdecimal()):
            raise ValueError(region)
        return cls(
            text=text,
            year=_whole(args.get("year"), 9999) if args.get("year") else None,
            region=region,
            failed=bool(args.get("failed")),
            sort=sort,
            page=_whole(args.get("page") or "1", DEEPEST),
        )

    @property
    def filters(self) -> Filters:
        """Return what the search is narrowed to."""
        return Filters(region=self.region, year=self.year, failed=self.failed)

    def query(self, page: int) -> str:
        """Return the query string of another page of the same results."""
        wanted = replace(self, page=page)
        pairs = {
            "q": wanted.text,
            "year": wanted.year or "",
            "region": wanted.region,
            "failed": "1" if wanted.failed else "",
            "sort": "" if wanted.sort == "relevance" else wanted.sort,
            "page": "" if page == 1 else str(page),
        }
        return urlencode({name: value for name, value in pairs.items() if value != ""})


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 4 and 1 <= int(text) <= most):
        raise ValueError(text)
    return int(text)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results, with what the form offers to choose from."""

    question: Question
    results: Results
    years: tuple[int, ...] = field(default=())
    regions: tuple[tuple[str, str], ...] = field(default=())

    @property
    def first(self) -> int:
        """Return the place of the first hit on this page among all."""
        return PAGE * (self.question.page - 1) + 1

    @property
    def pages(self) -> int:
        """Return how many pages there are that can be shown."""
        return min(DEEPEST, max(1, ceil(self.results.total / PAGE)))


def answer(conn: sqlite3.Connection, question: Question) -> Page:
    """Return the page that answers the question; one without results where nothing was asked."""
    with limited(conn, MILLISECONDS):
        results = Results(0)
        if question.text:
            results = search(
                conn,
                question.text,
                question.filters,
                sort="date" if question.sort == "date" else "relevance",
                limit=PAGE,
                offset=PAGE * (question.page - 1),
            )
        years = conn.execute("select distinct year from reports order by year desc")
        return Page(
            question,
            results,
            tuple(row[0] for row in years.fetchall()),
            tuple((row[0], row[1]) for row in conn.execute(REGIONS)),
        )
