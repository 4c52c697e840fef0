"""What is new for a subscriber: entries of the feeds of their searches, tables, agencies, regions and rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from gongkai.archive.digest.digest_ledger import DigestLedger
from gongkai.archive.digest.subscribers import Subscriber
from gongkai.catalogue import text
from gongkai.messages import Message, message
from gongkai.publish.datasette_types import Row
from gongkai.publish.facets.bitmaps import Facets, to_bits
from gongkai.publish.http.query_args import BadValue
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.pages.lists.feed_rows import (
    FeedFilter,
    all_keys,
    load_reports,
    load_rows,
    newest,
    searched_bits,
    table_bits,
)
from gongkai.publish.pages.lists.feeds import KINDS, FeedEntry, clocks_of, entries_of, scope_names
from gongkai.publish.pages.lists.search_query import SearchQuery
from gongkai.publish.wording.rules import RULES

VERSIONS = "versions"
"""The kind of what searches and tables tell: a report with the document that stands for it."""

MOST_ENTRIES = 50
"""Entries of one section of a digest. Its page on the site has the others."""


@dataclass(frozen=True, slots=True)
class NewsSection:
    """The news of one subscription: `total` of them, of which the first are here."""

    title: str
    path: str
    entries: tuple[FeedEntry, ...]
    total: int


@dataclass(frozen=True, slots=True)
class News:
    """What is new for a subscriber. `unknown` are subscriptions to what the archive does not have."""

    sections: tuple[NewsSection, ...] = ()
    unknown: tuple[Message, ...] = ()

    @property
    def total(self) -> int:
        """The number of all entries."""
        return sum(section.total for section in self.sections)


def known_keys(conn: sqlite3.Connection) -> Mapping[str, Iterable[str]]:
    """Return the keys of all that digests tell, by kind."""
    versions = (f"{id} {digest}" for id, digest in conn.execute("SELECT id, digest FROM reports"))
    return {**{kind: all_keys(conn, kind) for kind in KINDS}, VERSIONS: versions}


@dataclass(frozen=True, slots=True)
class NewsDesk:
    """Where news are looked up: the archive after a night, and the ledger of what was known."""

    conn: sqlite3.Connection
    facets: Facets
    ledger: DigestLedger

    def news(self, subscriber: Subscriber, since: int) -> News:
        """Return what became known for a subscriber after a night."""
        sections: list[NewsSection] = []
        unknown: list[Message] = []
        for query in subscriber.searches:
            try:
                sections += self._search(subscriber, query, since)
            except BadValue as problem:
                unknown.append(_unknown(subscriber, str(problem.args[0])))
        for table in subscriber.tables:
            chosen = FeedFilter(table.filters.get("region", ""), table.filters.get("agency", ""))
            names = scope_names(self.conn, chosen)
            if names is None:
                unknown.append(_unknown(subscriber, chosen.agency or chosen.region))
                continue
            sections += self._table(subscriber, table, names, since)
        scopes = [
            *(FeedFilter(agency=id) for id in subscriber.agencies),
            *(FeedFilter(region=code) for code in subscriber.regions),
            *(FeedFilter(rule=rule) for rule in subscriber.rules),
        ]
        for scope in scopes:
            names = scope_names(self.conn, scope)
            if names is None:
                unknown.append(_unknown(subscriber, scope.agency or scope.region))
                continue
            sections += self._feeds(subscriber, scope, names, since)
        return News(tuple(sections), tuple(unknown))

    def _search(
        self, subscriber: Subscriber, query: SearchQuery, since: int
    ) -> Iterator[NewsSection]:
        words = query.text or text(subscriber.lang, "feed_reports")
        title = text(subscriber.lang, "feed_search", words=words) if query.text else words
        bits = searched_bits(self.conn, self.facets, query)
        yield from self._fresh(subscriber, title, f"/search?{query.query_string()}", bits, since)

    def _table(
        self, subscriber: Subscriber, query: TableQuery, names: tuple[str, ...], since: int
    ) -> Iterator[NewsSection]:
        lang = subscriber.lang
        measures = text(lang, "list_comma").join(each.title(lang) for each in query.columns)
        years = (str(year) for year in query.years)
        title = " · ".join((text(lang, "feed_table"), *names, *years, measures))
        bits = table_bits(self.conn, self.facets, query)
        yield from self._fresh(subscriber, title, f"/table?{query.query_string()}", bits, since)

    def _fresh(
        self, subscriber: Subscriber, title: str, path: str, bits: int, since: int
    ) -> Iterator[NewsSection]:
        """Yield a section with those of some reports of which a version became known after a night."""
        bits &= to_bits(self._new_rows(since), self.facets.every.bit_length())
        rows = load_reports(self.conn, newest(self.facets, bits, MOST_ENTRIES))
        yield from self._section(subscriber, "reports", title, path, rows, bits.bit_count())

    def _new_rows(self, since: int) -> Iterator[int]:
        fresh = set(self.ledger.new_keys(VERSIONS, since))
        for row, id, digest in self.conn.execute("SELECT rowid, id, digest FROM reports"):
            if f"{id} {digest}" in fresh:
                yield row

    def _feeds(
        self, subscriber: Subscriber, scope: FeedFilter, names: tuple[str, ...], since: int
    ) -> Iterator[NewsSection]:
        lang = subscriber.lang
        path = f"/agency/{scope.agency}" if scope.agency else f"/region/{scope.region}"
        if scope.rule:
            path, names = f"/checks?rule={scope.rule}", (RULES[scope.rule].title(lang),)
        for kind in ("checks",) if scope.rule else KINDS:
            keys = self.ledger.new_keys(kind, since)
            chosen = FeedFilter(scope.region, scope.agency, scope.rule, keys)
            rows = load_rows(self.conn, kind, chosen, -1) if keys else []
            title = " · ".join((*names, text(lang, f"feed_{kind}")))
            yield from self._section(subscriber, kind, title, path, rows[:MOST_ENTRIES], len(rows))

    def _section(
        self, subscriber: Subscriber, kind: str, title: str, path: str, rows: list[Row], total: int
    ) -> Iterator[NewsSection]:
        if rows:
            lang = subscriber.lang
            clocks = clocks_of(self.conn, rows)
            entries = entries_of(kind, rows, clocks, lang, partial(text, lang))
            yield NewsSection(title, path, entries, total)


def _unknown(subscriber: Subscriber, value: str) -> Message:
    return message("digest_unknown", address=subscriber.address, value=value[:80])
