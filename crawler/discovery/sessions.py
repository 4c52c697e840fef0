"""Session ids in addresses: dropped from what is asked for and kept, since each visit gets another one.

Some forms are certain. A parameter such as `sid` may as well be the id of an article: the links of a
page, or the content behind two values, tell which of the two it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

SESSION_IN_PATH = re.compile(
    r";\s?(?:jsession\w{0,20}|phpsessid|session_?id|sid)=[^/?#;]*+"  # Java and PHP
    # ASP.NET without cookies: /(S(…))/, /(X(1)S(…)A(…))/, and its first form
    r"|/\((?:[A-Z]\([^()/?#]{1,2000}\)){1,5}\)(?=/|$)|/\([a-z0-5]{24}\)(?=/)",
    re.I,
)
SESSION_NAME = re.compile(r"jsessionid\w*|phpsessid|aspsessionid\w*|asp\.net_sessionid", re.I)
"""Parameters that have no other meaning, whatever their value is."""

LIKELY_NAME = re.compile(r"sid|ssid|sess|sessid|session|session_?id", re.I)
"""Parameters that mean a session where nothing speaks against it."""

SESSION_VALUE = re.compile(r"[0-9a-zA-Z_!.-]{16,}")
"""A shorter `sid` is the number of a site."""

TIME_NAME = re.compile(r"_|_t|_dc|timestamp|rand|random|nocache", re.I)
TIME_VALUE = re.compile(r"[\d.]*")
"""A time or a random number, by which pages get past a cache."""

NUMBER = re.compile(r"\d{4}")
STATIC_SUFFIXES = (".html", ".htm", ".shtml")
"""A file with such a suffix and a number names its own article, and needs no parameter for it."""

SessionLink: TypeAlias = tuple[str, str]
"""Name and value of a parameter, in the form in which the address has them."""


def without_session(url: str) -> str:
    """Return an address without session ids, and without numbers against caches.

    >>> without_session("http://x.gov.cn/a.jsp;jsessionid=0A1B?b=2&PHPSESSID=9")
    'http://x.gov.cn/a.jsp?b=2'
    >>> without_session("http://x.gov.cn/(S(lit3py55t21z5v55vlm25s55))/list.aspx?id=1&_=1700000000000")
    'http://x.gov.cn/list.aspx?id=1'
    """
    head, question, query = url.partition("?")
    start = head.find("/", head.find("//") + 2)
    if start >= 0:
        head = head[:start] + SESSION_IN_PATH.sub("", head[start:])
        head += "/" if len(head) == start else ""
    if not question:
        return head
    file = head.rpartition("/")[2].lower()
    names_itself = file.endswith(STATIC_SUFFIXES) and NUMBER.search(file) is not None
    kept = [part for part in query.split("&") if not _is_session(part, names_itself)]
    # an address that never had a parameter keeps its lonely question mark
    return head + (f"?{'&'.join(kept)}" if kept else "")


def shared_sessions(urls: Iterable[str], own: str) -> frozenset[SessionLink]:
    """Return the parameters by which all links of a page to its own host carry one session id.

    `own` is the address of the page: what stands in it, its links repeat for another reason. A
    value that only few of the links have is that of an article.
    """
    host = urlsplit(own).netloc
    carriers: dict[SessionLink, set[str]] = defaultdict(set)
    values: dict[str, set[str]] = defaultdict(set)
    inside: set[str] = set()
    for url in urls:
        if urlsplit(url).netloc != host:
            continue
        inside.add(url)
        for name, value in _likely(url):
            carriers[name, value].add(without_values(url, {(name, value)}))
            values[name].add(value)
    return frozenset(
        (name, value)
        for (name, value), pages in carriers.items()
        if len(values[name]) == 1
        and len(pages) > 1
        and 2 * len(pages) > len(inside)
        and f"{name}={value}" not in own
    )


def without_values(url: str, sessions: Iterable[SessionLink]) -> str:
    """Return an address without the parameters given."""
    dropped = {f"{name}={value}" for name, value in sessions}
    head, _, query = url.partition("?")
    kept = "&".join(part for part in query.split("&") if part not in dropped)
    return head + (f"?{kept}" if kept else "")


class LearntSessions:
    """Which parameters of a site are sessions: all values of one had the same content."""

    def __init__(
        self, reports: Iterable[tuple[str, str]] = (), digest_of: Callable[[str], str] = str
    ) -> None:
        """Learn from reports: pairs of address and snapshot, and the digest of a snapshot.

        Two values with two contents are two articles, even where a column lists one of them twice.
        """
        digests: dict[SessionLink, dict[str, str]] = defaultdict(dict)
        for url, snapshot in reports:
            for name, value in _likely(url):
                digests[without_values(url, {(name, value)}), name][value] = digest_of(snapshot)
        self._pages = {
            page
            for page, found in digests.items()
            if len(found) > 1 and len(set(found.values())) == 1
        }

    def clean(self, url: str) -> str:
        """Return an address without the parameters that were found to be sessions."""
        if not self._pages:
            return url
        for name, value in _likely(url):
            page = without_values(url, {(name, value)})
            if (page, name) in self._pages:
                return page
        return url


def _likely(url: str) -> Iterator[SessionLink]:
    for part in url.partition("?")[2].split("&"):
        name, _, value = part.partition("=")
        if LIKELY_NAME.fullmatch(name) and SESSION_VALUE.fullmatch(value):
            yield name, value


def _is_session(part: str, names_itself: bool) -> bool:
    name, _, value = part.partition("=")
    name, value = unquote(name), unquote(value)
    if SESSION_NAME.fullmatch(name) or (TIME_NAME.fullmatch(name) and TIME_VALUE.fullmatch(value)):
        return True
    if not (LIKELY_NAME.fullmatch(name) and SESSION_VALUE.fullmatch(value)):
        return False
    return names_itself or name.lower() in {"sessionid", "session_id", "sessid"}
