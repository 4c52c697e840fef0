"""Requests for lists, as the scripts of a page write them: address, fields, and which one is the page.

`$.ajax({url: "/search.jsp", type: "post", data: {area: "11", currpage: n}})` and its kin (Ls.ajax,
axios, fetch, $.post, .load) say all that a request needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urljoin, urlsplit

from gongkai.crawler.discovery.list_request import Json
from gongkai.crawler.discovery.numbered_request import (
    MAX_DEPTH,
    NumberedRequest,
    is_number_field,
    leaves,
    number_field_of,
    with_number,
)
from gongkai.crawler.discovery.script_evaluation import Evaluator, ScriptContext
from gongkai.crawler.discovery.scripting.script_values import (
    Call,
    Name,
    NotReadable,
    Other,
    Value,
    read_arguments,
    read_value,
)

AJAX = re.compile(r"\b(?:ajax|axios|request|fetchJson)\s*+\(\s*+(?=\{)", re.I)
SHORT = re.compile(
    r"(?:[$)]|\b(?:jQuery|(axios)|https?|Ls|util|request))\s*+\.\s*+(get|post|getJSON|load)\s*+\(|"
    r"\b(fetch|loadDynamic|loadList)\s*+\("
)
ASSET = re.compile(r"\.(?:js|css|png|jpe?g|gif|svg|woff2?)(?:\?|$)", re.I)
PATH = re.compile(r"[/?.]")
IDENTITY = re.compile(
    r"(?:id|ids|code|channel|column|cat|catalog|organ|dept|area|site|unit)$", re.I
)
"""Names of fields that choose the column: without their value the list would be another one."""

FORBIDDEN = re.compile(
    r"submit|save|login|logout|visit|hits?\b|count(?:er)?\b|vote|comment|message(?!Controller)|upload|update|delete|feedback|regist",
    re.I,
)
"""Part of an address that changes something or counts visitors: it is no list."""

ONE_LESS = re.compile(r"-\s{0,5}+1\)?$")
MAX_CALLS = 30
MAX_URL_CHARS = 1_500


def read_requests(context: ScriptContext) -> Iterator[NumberedRequest]:
    """Yield the requests that the scripts of a page write down, in order.

    A request is left out where a field that chooses the column is unknown; other unknown fields, such
    as words to search for, are sent empty.
    """
    calls = [*AJAX.finditer(context.text), *SHORT.finditer(context.text)]
    if not calls:
        return
    reader = _CallReader(context)
    for call in sorted(calls, key=lambda match: match.start())[:MAX_CALLS]:
        try:
            if call.re is AJAX:
                options = read_value(context.text, call.end())
                found = reader.ajax(options) if isinstance(options, dict) else None
            else:
                arguments = read_arguments(context.text, call.end())
                found = reader.short(
                    str(call[2] or call[3]).lower(), arguments, is_axios=call[1] is not None
                )
        except NotReadable:
            continue
        if found:
            yield found


class _CallReader:
    """Makes requests of the calls of one page."""

    def __init__(self, context: ScriptContext) -> None:
        self.base_url = context.base_url
        self.evaluator = Evaluator(context)

    def ajax(self, options: Mapping[str, Value]) -> NumberedRequest | None:
        """Return the request of the options of an ajax call."""
        method = self.evaluator.text(options.get("type", options.get("method", "GET"))) or "GET"
        given = options.get("data", options.get("params", options.get("body")))
        media_type = self.evaluator.text(options.get("contentType", "")) or ""
        return self.made(options.get("url"), method, given, is_json="json" in media_type)

    def short(
        self, function: str, arguments: tuple[Value, ...], *, is_axios: bool
    ) -> NumberedRequest | None:
        """Return the request of a call with an address and its data; axios posts JSON."""
        if not arguments:
            return None
        given = self.evaluator.resolved(arguments[1]) if len(arguments) > 1 else None
        if len(arguments) == 2 and isinstance(given, Name | Other):
            given = None  # what handles the answer
        if function == "fetch":
            options = given if isinstance(given, dict) else {}
            return self.ajax({"url": arguments[0]} | options)
        if function.startswith("load"):  # jQuery sends an object by POST, loadDynamic everything
            is_post = isinstance(given, dict) or function != "load"
            given = given if isinstance(given, dict) else None
            return self.made(arguments[0], "POST" if is_post else "GET", given)
        if isinstance(given, dict) and "params" in given:
            given = given["params"]
        method = "POST" if function == "post" else "GET"
        return self.made(arguments[0], method, given, is_json=is_axios and isinstance(given, dict))

    def made(
        self, url: Value, method: str, given: Value, *, is_json: bool = False
    ) -> NumberedRequest | None:
        """Return a request, None where its address or a field that chooses the column is unknown."""
        address = self.evaluator.joined(url, _may_be_empty)
        if not address or not PATH.search(address):
            return None
        if len(address) > MAX_URL_CHARS or ASSET.search(address) or FORBIDDEN.search(address):
            return None
        given = self.evaluator.resolved(given)
        if isinstance(given, Call) and given.function == "JSON.stringify" and given.arguments:
            given, is_json = self.evaluator.resolved(given.arguments[0]), True
        if not isinstance(given, dict):
            text = "" if given is None else self.evaluator.joined(given, _may_be_empty)
            if text is None:
                return None
            given = dict(parse_qsl(text.lstrip("?&"), keep_blank_values=True))
        fields = self.known_fields(given)
        if fields is None:
            return None
        parts = urlsplit(urljoin(self.base_url, address))
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        is_post = method.upper() == "POST"
        return NumberedRequest(
            parts._replace(query="", fragment="").geturl(),
            "POST" if is_post else "GET",
            query,
            fields,
            is_json and is_post,
        )

    def known_fields(self, given: Mapping[str, Value]) -> dict[str, Json] | None:
        """Return the fields with their values, None where one that chooses the column is unknown."""
        known: dict[str, Json] = {}
        for name, value in given.items():
            found = self.evaluator.json(value)
            if found is None and value is not None and not _may_be_empty(name):
                return None
            if _lacks_identity(found):
                return None
            known[name] = "" if found is None else found
        number = next((item for name, item in leaves(known) if is_number_field(name)), None)
        if not str(number).isdigit():  # a variable that counts from there
            field = given.get(number_field_of(known))
            return with_number(known, 0 if _is_one_less(field) else 1)
        return known


def _lacks_identity(found: Json, depth: int = 0) -> bool:
    """Return whether an object chooses the column by a value that is not known."""
    if isinstance(found, list):
        return depth < MAX_DEPTH and any(_lacks_identity(item, depth + 1) for item in found)
    if not isinstance(found, dict) or depth == MAX_DEPTH:
        return False
    return any(
        (item is None and (name == "value" or IDENTITY.search(name) is not None))
        or _lacks_identity(item, depth + 1)
        for name, item in found.items()
    )


def _is_one_less(value: Value) -> bool:
    """Return whether the number of a page is one less than what the pager shows: `page - 1`."""
    return isinstance(value, Other) and ONE_LESS.search(value.source) is not None


def _may_be_empty(name: str) -> bool:
    """Return whether a parameter may be sent without a value: the number of the page is set later."""
    return is_number_field(name) or not IDENTITY.search(name)
