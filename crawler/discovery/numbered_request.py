"""A request for one page of a list, in which the number of the page can be changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from gongkai.crawler.discovery.list_request import (
    Json,
    ListRequest,
    get_request,
    json_request,
)

NUMBER_FIELDS = frozenset(
    ("page", "pageno", "pagenum", "pagenumber", "pageindex", "currpage", "currentpage", "curpage",
     "cpage", "nowpage", "curr", "pagecurrent", "pagecurr", "pg", "pn", "p", "currentnum", "curpageno"),
)  # fmt: skip
"""Names of the number of a page, in lower case and without underscores."""

SIZE_FIELDS = frozenset(
    ("pagesize", "size", "rows", "limit", "perpage", "prepage", "pagelimit", "numperpage", "pagerows"),
)  # fmt: skip
"""Names of the number of rows of a page, likewise."""

MAX_DEPTH = 6
"""Objects within each other, in the body of a request."""


@dataclass(frozen=True, slots=True)
class NumberedRequest:
    """A request for a list: its address with `query`, and the `fields` of its body or of its query."""

    url: str
    method: str
    query: tuple[tuple[str, str], ...]
    fields: Mapping[str, Json]
    is_json: bool = False

    @property
    def number_field(self) -> str:
        """The name of the field with the number of the page, "" where there is none."""
        return next((name for name, _ in self._numbers()), "")

    @property
    def first(self) -> int:
        """The number of the first page: 0 or 1."""
        given = next((value for _, value in self._numbers()), "")
        return 0 if str(given) == "0" else 1

    @property
    def size(self) -> int:
        """The number of rows of a page that is asked for, 0 where no field says it."""
        for name, value in (*self.query, *leaves(self.fields)):
            if _simple(name) in SIZE_FIELDS and str(value).isdigit():
                return int(str(value)[:5])
        return 0

    def page(self, number: int) -> ListRequest:
        """Return the request for a page, from 1."""
        wanted = number - 1 + self.first
        query = [
            (name, str(wanted) if is_number_field(name) else value) for name, value in self.query
        ]
        url = f"{self.url}?{urlencode(query)}" if query else self.url
        fields = with_number(self.fields, wanted)
        if self.method == "GET":
            return get_request(url, dict(_form_fields(fields)), number)
        if self.is_json:
            return json_request(url, fields, number)
        return ListRequest(url, number, "POST", urlencode(list(_form_fields(fields))))

    def _numbers(self) -> Iterator[tuple[str, Json]]:
        for name, value in (*leaves(self.fields), *self.query):
            if is_number_field(name):
                yield name, value


def read_numbered(sent: ListRequest) -> NumberedRequest:
    """Return a request that was sent in the form in which its number can be changed.

    A list that counts its pages from 0 is known by the number that was sent.
    """
    parts = urlsplit(sent.url)
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    is_json = sent.method == "POST" and "json" in sent.media_type
    fields: dict[str, Json]
    if is_json:
        value = json.loads(sent.body)
        fields = value if isinstance(value, dict) else {}
    else:
        fields = dict(parse_qsl(sent.body, keep_blank_values=True))
    url = parts._replace(query="", fragment="").geturl()
    found = NumberedRequest(url, sent.method, query, fields, is_json)
    name = found.number_field
    given = next((str(value) for key, value in (*leaves(fields), *query) if key == name), "")
    if not given.isdigit():
        return found
    first = 0 if int(given) < sent.page else 1
    return NumberedRequest(
        url,
        sent.method,
        tuple((key, str(first) if key == name else old) for key, old in query),
        with_number(fields, first),
        is_json,
    )


def leaves(fields: Mapping[str, Json], depth: int = 0) -> Iterator[tuple[str, Json]]:
    """Yield name and value of each field, also of those inside another: `{"page": {"pageNo": 1}}`."""
    for name, value in fields.items():
        if not isinstance(value, dict):
            yield name, value
        elif depth < MAX_DEPTH:
            yield from leaves(value, depth + 1)


def with_number(fields: Mapping[str, Json], number: int, depth: int = 0) -> dict[str, Json]:
    """Return fields with another number of the page."""
    return {
        name: with_number(value, number, depth + 1)
        if isinstance(value, dict) and depth < MAX_DEPTH
        else number
        if is_number_field(name) and not isinstance(value, dict | list)
        else value
        for name, value in fields.items()
    }


def number_field_of(names: Iterable[str]) -> str:
    """Return the name among these that is the number of a page, "" where none is."""
    return next((name for name in names if is_number_field(name)), "")


def is_number_field(name: str) -> bool:
    """Return whether a field is the number of a page.

    >>> is_number_field("pageNo"), is_number_field("cur_page"), is_number_field("pageSize")
    (True, True, False)
    """
    return _simple(name) in NUMBER_FIELDS


def _simple(name: str) -> str:
    return name.replace("_", "").lower()


def _form_fields(fields: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a form as jQuery writes them: `filter[SITEID]=9`, `ids[]=1`."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _form_fields({f"{name}[{key}]": item for key, item in value.items()})
        elif isinstance(value, list):
            for number, item in enumerate(value):
                inner = f"{name}[{number}]" if isinstance(item, dict | list) else f"{name}[]"
                yield from _form_fields({inner: item})
        elif isinstance(value, bool):
            yield name, str(value).lower()
        else:
            yield name, "" if value is None else str(value)
