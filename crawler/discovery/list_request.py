"""Requests that the scripts of a page send for its list, and the address that tells them apart.

A list is often requested by POST from one address for all columns; the body names the column and the
page. The address under which an answer is kept therefore contains the body, in the way in which replay
tools write it (pywb, ReplayWeb.page: `__wb_method=POST&…`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlencode, urlsplit

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

FORM_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"
JSON_TYPE = "application/json;charset=UTF-8"
SCRIPT_HEADERS = (
    ("Accept", "application/json, text/javascript, */*; q=0.01"),
    ("X-Requested-With", "XMLHttpRequest"),
)
"""What the usual library of scripts (jQuery) adds to its requests."""

METHOD_PARAMETER = "__wb_method"
BODY_PARAMETER = "__wb_post_data"
MAX_JSON_DEPTH = 20


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One request for a page of a list.

    `page` is the number of that page, from 1. `media_type` describes the body of a POST. The crawl
    adds the Referer: the page whose script would send the request. `rows_before` is a digest of the
    rows of the page before, where the list does not tell how many pages it has: it ends when rows
    repeat.
    """

    url: str
    page: int = 1
    method: str = "GET"
    body: str = ""
    media_type: str = FORM_TYPE
    headers: tuple[tuple[str, str], ...] = SCRIPT_HEADERS
    rows_before: str = ""

    @property
    def address(self) -> str:
        """The address under which the answer is kept; it contains the body of a POST."""
        return request_address(self.url, self.method, self.body.encode(), self.media_type)


def get_request(url: str, fields: Mapping[str, object], page: int = 1) -> ListRequest:
    """Return a GET request with parameters, added to those that the address has."""
    return ListRequest(_with_query(url, urlencode(fields)) if fields else url, page)


def form_request(url: str, fields: Mapping[str, object], page: int = 1) -> ListRequest:
    """Return a POST request with the fields of a form."""
    return ListRequest(url, page, "POST", urlencode(fields))


def json_request(url: str, value: Json, page: int = 1) -> ListRequest:
    """Return a POST request with a JSON body."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return ListRequest(url, page, "POST", body, JSON_TYPE)


def request_address(url: str, method: str, body: bytes, media_type: str) -> str:
    """Return the address that tells a request apart: its own, with the body of a POST in the query.

    >>> request_address("http://x.gov.cn/search", "POST", b"channelid=7&page=2", FORM_TYPE)
    'http://x.gov.cn/search?__wb_method=POST&channelid=7&page=2'
    >>> request_address("http://x.gov.cn/list", "POST", b'{"page": {"no": 2}}', JSON_TYPE)
    'http://x.gov.cn/list?__wb_method=POST&no=2'
    """
    if method != "POST":
        return url
    return _with_query(url, f"{METHOD_PARAMETER}={method}&" + _body_query(body, media_type))


def _body_query(body: bytes, media_type: str) -> str:
    kind = media_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            return body.decode("ascii")
        if kind == "application/json":
            return urlencode(_named_values(json.loads(body)))
    except (ValueError, RecursionError):
        pass
    return urlencode({BODY_PARAMETER: base64.b64encode(body).decode()})


def _named_values(value: Json) -> dict[str, str]:
    """Return the values of a JSON body by their names; a repeated name gets a number behind it."""
    named: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name, leaf in _leaves(value, "", 0):
        counts[name] = counts.get(name, 0) + 1
        named[name if counts[name] == 1 else f"{name}.{counts[name]}_"] = str(leaf)
    return named


def _leaves(value: Json, name: str, depth: int) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict) and depth < MAX_JSON_DEPTH:
        for key, item in value.items():
            yield from _leaves(item, key, depth + 1)
    elif isinstance(value, list) and depth < MAX_JSON_DEPTH:
        for item in value:
            yield from _leaves(item, name, depth + 1)
    elif name:
        yield name, value


def _with_query(url: str, query: str) -> str:
    parts = urlsplit(url)
    return parts._replace(query=f"{parts.query}&{query}" if parts.query else query).geturl()
