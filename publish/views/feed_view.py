"""Atom feeds: /feeds/<kind>.atom of the archive, a region, an agency or a rule; any search; any table."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from datasette.utils.asgi import BadRequest, NotFound

from gongkai.publish.datasette_types import Datasette, Request, Response, Row
from gongkai.publish.facets.bitmaps import Facets, facets_of
from gongkai.publish.http.query_args import BadValue, choice, page_number, region_code, short_text
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.pages.lists.atom import to_atom
from gongkai.publish.pages.lists.feed_rows import (
    FeedFilter,
    load_reports,
    load_rows,
    searched_rows,
    table_rows,
)
from gongkai.publish.pages.lists.feeds import (
    ENTRIES,
    KINDS,
    FeedPage,
    clocks_of,
    entries_of,
    scope_names,
)
from gongkai.publish.pages.lists.search_query import QueryTooLong, SearchQuery
from gongkai.publish.pages.report.originals import WrongClock
from gongkai.publish.site import archive_of, public_address, site_of
from gongkai.publish.views.responses import query_archive, respond
from gongkai.publish.wording.rules import RULES
from gongkai.publish.wording.translation import translator_of

PATTERN = rf"^/feeds/(?P<kind>{'|'.join(KINDS)})\.atom$"
MAX_AGENCY_ID = 200
Find = Callable[[sqlite3.Connection, Facets, int, int], list[int]]
"""Returns rowids of the reports that a feed tells of, for a limit and an offset."""
Found = tuple[list[Row], dict[str, WrongClock]]
"""The rows of a page of a feed, and what was wrong with our clock at their times, by their keys."""

_PAGES = {"reports": "/search", "changes": "/changes", "checks": "/checks"}


async def feed(request: Request, datasette: Datasette) -> Response:
    """Return a feed of the archive, a region, an agency or a rule.

    Raises:
        NotFound: There is no such region or agency.
        BadValue: Another feed than that of failed checks has a rule.
    """
    kind, t, lang = request.url_vars["kind"], translator_of(datasette), site_of(datasette).lang
    chosen = FeedFilter(
        region_code(request.args),
        short_text(request.args, "agency", MAX_AGENCY_ID),
        choice(request.args, "rule", RULES),
    )
    if chosen.rule and kind != "checks":
        raise BadValue(chosen.rule)
    page = page_number(request.args)

    def load(conn: sqlite3.Connection) -> tuple[tuple[str, ...] | None, Found]:
        rows = load_rows(conn, kind, chosen, ENTRIES + 1, ENTRIES * (page - 1))
        return scope_names(conn, chosen), (rows, clocks_of(conn, rows))

    names, (rows, clocks) = await query_archive(datasette, load)
    if names is None:
        raise NotFound(t("feed_unknown"))
    if chosen.rule:
        names += (RULES[chosen.rule].title(lang),)
    title = " · ".join((t(f"feed_{kind}"), *names))
    entries = entries_of(kind, rows, clocks, lang, t)
    path = _with_query(f"/feeds/{kind}.atom", _query(chosen))
    return _answer(datasette, FeedPage.cut(path, title, _about(kind, chosen), entries, page))


def _query(chosen: FeedFilter) -> str:
    pairs = {"region": chosen.region, "agency": chosen.agency, "rule": chosen.rule}
    return urlencode({name: value for name, value in pairs.items() if value})


def _about(kind: str, chosen: FeedFilter) -> str:
    """Return the path of the page about what a feed tells."""
    if chosen.rule:
        return _with_query("/checks", urlencode({"rule": chosen.rule}))
    if chosen.agency:
        return f"/agency/{chosen.agency}"
    return f"/region/{chosen.region}" if chosen.region else _PAGES[kind]


async def search_feed(request: Request, datasette: Datasette) -> Response:
    """Return the reports that a search finds, by the time of their present version.

    Raises:
        BadRequest: The words are too many.
    """
    t = translator_of(datasette)
    try:
        query = SearchQuery.parse(request.args)
    except QueryTooLong as problem:
        raise BadRequest(t("too_long", n=problem.limit)) from problem
    own = query.query_string(sort="relevance")
    title = t("feed_search", words=query.text) if query.text else t("feed_reports")

    def find(conn: sqlite3.Connection, facets: Facets, limit: int, offset: int) -> list[int]:
        return searched_rows(conn, facets, query, limit, offset)

    rows, clocks = await query_archive(
        datasette, lambda conn: _newest(conn, datasette, find, query.page)
    )
    entries = entries_of("reports", rows, clocks, site_of(datasette).lang, t)
    path, about = _with_query("/search.atom", own), _with_query("/search", own)
    return _answer(datasette, FeedPage.cut(path, title, about, entries, query.page))


async def table_feed(request: Request, datasette: Datasette) -> Response:
    """Return the reports that a built table counts, by the time of their present version."""
    t, query = translator_of(datasette), TableQuery.parse(request.args)
    own = query.query_string(sort="")

    def find(conn: sqlite3.Connection, facets: Facets, limit: int, offset: int) -> list[int]:
        return table_rows(conn, facets, query, limit, offset)

    rows, clocks = await query_archive(
        datasette, lambda conn: _newest(conn, datasette, find, query.page)
    )
    entries = entries_of("reports", rows, clocks, site_of(datasette).lang, t)
    path, about = _with_query("/table.atom", own), _with_query("/table", own)
    return _answer(datasette, FeedPage.cut(path, t("feed_table"), about, entries, query.page))


def _newest(conn: sqlite3.Connection, datasette: Datasette, find: Find, page: int) -> Found:
    facets = facets_of(archive_of(datasette).path)
    rows = load_reports(conn, find(conn, facets, ENTRIES + 1, ENTRIES * (page - 1)))
    return rows, clocks_of(conn, rows)


def _with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _answer(datasette: Datasette, page: FeedPage) -> Response:
    site = translator_of(datasette)("site_name")
    body = to_atom(page, site_of(datasette).lang, site, partial(public_address, datasette))
    return respond(body, "application/atom+xml; charset=utf-8")
