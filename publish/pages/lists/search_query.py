"""What a search asks for, as its address has it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from gongkai.archive.rollups import materialised_views
from gongkai.archive.store.search_question import parse
from gongkai.publish.datasette_types import Arguments
from gongkai.publish.facets.bitmaps import FACETS, FAILED
from gongkai.publish.http.query_args import (
    BadValue,
    iso_date,
    page_number,
    positive_int,
    region_code,
    short_text,
)
from gongkai.publish.wording.measures import present_key

MAX_LENGTH = 200
"""Characters of the words that are searched for."""

NUMBER_SORTS = materialised_views.NUMBERS
"""Columns of the summary by which results can be ordered, the largest first."""

SORTS = ("relevance", "date", *NUMBER_SORTS)
DATES = ("published_from", "published_to", "fetched_from", "fetched_to")
"""Bounds of the days on which a report was published and first fetched, both included."""


class QueryTooLong(ValueError):
    """Raised for more words than `limit` characters."""

    limit = MAX_LENGTH


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a reader searches for: words, a value of some facets, dates; "" if nothing is chosen.

    `typed` means that only the words as they were typed are searched for. Dates are ISO dates in
    China: those on which a report was published, and those on which it was first fetched.
    """

    text: str = ""
    answer: str = ""
    year: str = ""
    region: str = ""
    kind: str = ""
    sector: str = ""
    form: str = ""
    status: str = ""
    rule: str = ""
    published_from: str = ""
    published_to: str = ""
    fetched_from: str = ""
    fetched_to: str = ""
    typed: bool = False
    sort: str = "relevance"
    page: int = 1

    @classmethod
    def parse(cls, args: Arguments) -> SearchQuery:
        """Return what an address asks for.

        Raises:
            BadValue: A value is invalid.
            QueryTooLong: The words are too many.
        """
        text = (args.get("q") or "").strip()
        if len(text) > MAX_LENGTH:
            raise QueryTooLong(text)
        chosen = {name: short_text(args, name) for name in FACETS}
        chosen["answer"] = present_key(chosen["answer"])
        chosen["year"] = str(positive_int(args, "year") or "")
        chosen["region"] = region_code(args)
        if not chosen["rule"] and args.get("failed"):
            chosen["rule"] = FAILED  # older addresses of this page have failed=1
        chosen |= {name: iso_date(args, name) for name in DATES}
        sort = present_key(args.get("sort") or "relevance")
        if sort not in SORTS:
            raise BadValue(sort[:40])
        typed = bool(args.get("typed"))
        return cls(text=text, typed=typed, sort=sort, page=page_number(args), **chosen)

    @property
    def chosen(self) -> dict[str, str]:
        """The chosen values by facet."""
        return {name: value for name in FACETS if (value := getattr(self, name))}

    @property
    def dates(self) -> dict[str, str]:
        """The chosen bounds of dates by name."""
        return {name: value for name in DATES if (value := getattr(self, name))}

    @property
    def is_empty(self) -> bool:
        """Whether there are neither words nor chosen values."""
        return not (self.text or self.chosen or self.dates)

    @property
    def has_order(self) -> bool:
        """Whether there are words that a report may fit more or less."""
        return bool(parse(self.text).groups)

    def query_string(self, page: int = 1, *, typed: bool | None = None, **changed: str) -> str:
        """Return the query string of another page, or of another choice."""
        as_typed = self.typed if typed is None else typed
        wanted = replace(self, page=page, typed=as_typed, **changed)
        pairs = {
            "q": wanted.text,
            "typed": "1" if wanted.typed and wanted.text else "",
            **wanted.chosen,
            **wanted.dates,
            "sort": "" if wanted.sort == "relevance" else wanted.sort,
            "page": "" if page == 1 else str(page),
        }
        return urlencode({name: value for name, value in pairs.items() if value != ""})
