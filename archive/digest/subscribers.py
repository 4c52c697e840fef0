"""The file of subscribers: who gets a digest, in which language, of what.

[[subscriber]]
address = "editor@example.org"
language = "en"                       # or "zh", the default
searches = ["行政复议 -诉讼", "q=公安&region=640000"]   # words, or the query string of a search
tables = ["region=640000&year=2024&m=refused"]         # the query string of a built table
agencies = ["640221-gongyehexinxihuaju-1f0a"]
regions = ["640000"]
rules = ["requests_balance"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

from gongkai.archive.errors import ArchiveError
from gongkai.catalogue import Language
from gongkai.errors import reason_of
from gongkai.publish.http.query_args import BadValue, TooManyValues
from gongkai.publish.pages.builder.table_query import TableQuery
from gongkai.publish.pages.lists.search_query import QueryTooLong, SearchQuery
from gongkai.publish.wording.rules import RULES

LANGUAGES = ("zh", "en")
MOST_SUBSCRIPTIONS = 100
"""Searches, tables, agencies, regions and rules of one subscriber."""

MAX_ADDRESS = 254
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")
_QUERY = re.compile(r"[a-z_]{1,20}=")
_LISTS = ("searches", "tables", "agencies", "regions", "rules")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who gets a digest, and of what."""

    address: str
    lang: Language = "zh"
    searches: tuple[SearchQuery, ...] = ()
    agencies: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    tables: tuple[TableQuery, ...] = ()


@dataclass(frozen=True, slots=True)
class _Arguments:
    """The arguments of a query string, as a request has them."""

    values: Mapping[str, list[str]]

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the first value of a name."""
        return self.values.get(name, [default])[0]

    def getlist(self, name: str) -> list[str]:
        """Return all values of a name."""
        return self.values.get(name, [])

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)


def read_subscribers(path: Path) -> tuple[Subscriber, ...]:
    """Return the subscribers of a file.

    Raises:
        ArchiveError: The file cannot be read, or something in it cannot be used.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ArchiveError(
            "digest_file_unreadable", path=str(path), why=reason_of(problem)
        ) from problem
    tables = content.get("subscriber", [])
    if set(content) - {"subscriber"} or not isinstance(tables, list):
        raise ArchiveError("digest_file_names", path=str(path))
    found = tuple(_subscriber(path, table) for table in tables)
    addresses = [each.address.casefold() for each in found]
    for address in addresses:
        if addresses.count(address) > 1:
            raise ArchiveError("digest_address_twice", path=str(path), address=address)
    return found


def is_mail_address(text: str) -> bool:
    """Return whether a text is one plain mail address and nothing else: no name, no line break."""
    return bool(
        len(text) <= MAX_ADDRESS and _ADDRESS.fullmatch(text) and parseaddr(text)[1] == text
    )


def _subscriber(path: Path, table: object) -> Subscriber:
    if not isinstance(table, dict):
        raise ArchiveError("digest_file_names", path=str(path))
    address = table.get("address")
    if not isinstance(address, str) or not is_mail_address(address):
        raise ArchiveError("digest_address_invalid", path=str(path), address=repr(address)[:80])
    lang = table.get("language", "zh")
    if set(table) - {"address", "language", *_LISTS} or lang not in LANGUAGES:
        raise ArchiveError("digest_subscriber_names", path=str(path), address=address)
    lists = {name: _texts(path, address, table.get(name, [])) for name in _LISTS}
    if not 0 < sum(map(len, lists.values())) <= MOST_SUBSCRIPTIONS:
        raise ArchiveError("digest_nothing_asked", path=str(path), address=address)
    for rule in lists["rules"]:
        if rule not in RULES:
            raise _wrong(path, address, rule)
    searches = tuple(_search(path, address, text) for text in lists["searches"])
    return Subscriber(
        address,
        cast(Language, lang),
        searches,
        lists["agencies"],
        lists["regions"],
        lists["rules"],
        tuple(_table(path, address, text) for text in lists["tables"]),
    )


def _texts(path: Path, address: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ArchiveError("digest_subscriber_names", path=str(path), address=address)
    return tuple(dict.fromkeys(each.strip() for each in value))


def _search(path: Path, address: str, text: str) -> SearchQuery:
    """Return a search, given as words, as a query string or as the address of its page."""
    query = _query_of(text)
    values = parse_qs(query) if _QUERY.match(query) else {"q": [text]}
    try:
        found = SearchQuery.parse(_Arguments(values))
    except (BadValue, QueryTooLong) as problem:
        raise _wrong(path, address, text) from problem
    if found.is_empty:
        raise _wrong(path, address, text)
    return found


def _table(path: Path, address: str, text: str) -> TableQuery:
    """Return a built table, given as a query string or as the address of its page."""
    query = _query_of(text)
    if not _QUERY.match(query):
        raise _wrong(path, address, text)
    try:
        return TableQuery.parse(_Arguments(parse_qs(query)))
    except (BadValue, TooManyValues) as problem:
        raise _wrong(path, address, text) from problem


def _query_of(text: str) -> str:
    """Return the query string of an address; what is no address is returned as it is."""
    return text.partition("?")[2] if text.startswith(("http://", "https://", "/")) else text


def _wrong(path: Path, address: str, value: str) -> ArchiveError:
    return ArchiveError(
        "digest_value_wrong", path=str(path), address=address, value=repr(value[:80])
    )
