"""Hundreds of odd addresses: each is answered, refused or not found, and none breaks a page."""

from __future__ import annotations

import os
import random
from typing import Any
from urllib.parse import quote

import pytest
from datasette.app import Datasette

from gongkai.publish.datasette_types import AsgiApp, Message
from gongkai.publish.server.datasette_server import mount_languages
from tests.publish.samples import PINGLUO

REQUESTS = int(os.environ.get("GONGKAI_FUZZ", "400"))
"""How many in a test; `GONGKAI_FUZZ=20000` looks further."""

PAGES = (
    *(
        "/",
        "/search",
        "/search.csv",
        "/region",
        "/region/640000",
        "/compare",
        "/compare.csv",
        "/table",
        "/table.csv",
        "/table.json",
    ),
    *("/checks", "/checks.csv", "/changes", "/changes.csv", "/coverage", "/coverage.csv"),
    *("/status", "/data", "/data/dictionary", "/codebook", "/download/x", "/feeds/reports.atom"),
    *(
        "/feeds/changes.atom",
        "/feeds/checks.atom",
        f"/report/{PINGLUO}-2024",
        f"/report/{PINGLUO}-2024.json",
        f"/report/{PINGLUO}-2024.csv",
    ),
    *(f"/agency/{PINGLUO}", "/archive", "/archive.json", "/archive.csv", "/archive.db"),
    *(f"/archive/reports/{PINGLUO}-2024.json", f"/archive/requests/{PINGLUO}-2024,new"),
    *(f"/archive/requests/{PINGLUO}-2024", "/archive/sections/9223372036854775808"),
    "/archive/sites/pingluo.blob?_blob_column=name&_blob_hash=x",
)
TABLES = (
    *("reports", "agencies", "regions", "revisions", "changes", "sections", "requests", "checks"),
    *("cells", "report_summary", "coverage", "refusal_reasons", "cell_notes", "readings"),
    *("search_index", "sqlite_master", "pending"),
)
NAMES = (
    *[
        "q",
        "page",
        "year",
        "region",
        "kind",
        "sector",
        "form",
        "status",
        "sort",
        "answer",
        "rule",
        "verdict",
        "event",
        "agency",
    ],
    *[
        "measure",
        "add",
        "small",
        "level",
        "checks",
        "_sort",
        "_sort_desc",
        "_facet",
        "_facet_size",
        "_facet_array",
    ],
    *[
        "_facet_date",
        "_size",
        "_next",
        "_stream",
        "_shape",
        "_nl",
        "_json",
        "_labels",
        "_dl",
        "_header",
        "_search",
    ],
    *[
        "_where",
        "_through",
        "_col",
        "_nocol",
        "_trace",
        "_ttl",
        "_timelimit",
        "sql",
        "_filter_column",
        "_filter_op",
    ],
    *["_filter_value", "year__gt", "year__in", "year__arraycontains", "id__like", "year__isnull"],
    *["published_on__date", "_fts_table", "_searchmode", "_blob_column"],
)
VALUES = (
    *("", "0", "-1", "1", "9" * 23, "9223372036854775808", "1e309", "NaN", "x", "'", '"', "\0"),
    *("a" * 3000, "复议", "２０２４", "[]", "[1,2]", "{}", "../..", "javascript:alert(1)"),
    *('{"table":"sites","column":"id","value":"1"}', "*", '"unclosed', "AND", "NEAR(", "a*"),
    *("1;drop table reports", "id", "year", "title", "nosuch", "rowid", "max", "on", "array"),
    *("objects", "desc", "date", "relevance", "640000", "2024", "source", "refused", PINGLUO),
    *("0.5", "1,2", "\r\nX: y", "__", ":p0", "\u202e"),
)
RAW = ("%00", "%FF", "%ED%A0%80", "%zz", "%", "a=b", "%2")
"""Bytes that are no text."""


def addresses(seed: int, number: int) -> list[str]:
    """Return a number of odd addresses, the same ones for the same seed."""
    dice = random.Random(seed)
    tables = [f"/archive/{table}{kind}" for table in TABLES for kind in ("", ".json", ".csv")]
    found = []
    for _ in range(number):
        path = dice.choice((*PAGES, *tables))
        values = [
            dice.choice(RAW) if dice.random() < 0.15 else quote(dice.choice(VALUES), safe="")
            for _ in range(dice.choice((1, 1, 2, 3)))
        ]
        query = "&".join(f"{dice.choice(NAMES)}={value}" for value in values)
        found.append(f"{path}{'&' if '?' in path else '?'}{query}")
    return found


@pytest.mark.parametrize("path", PAGES)
async def test_the_addresses_themselves(country: dict[str, Datasette], path: str) -> None:
    """All pages work without anything odd, in both languages."""
    for datasette in country.values():
        assert (await datasette.client.get(path)).status_code < 500, path


@pytest.mark.parametrize(
    "path",
    [
        "/\\evil.example/",
        "http://evil.example/",
        f"/static/{'a' * 2000}",
        f"/report/{'a' * 2000}",
    ],
)
async def test_no_path_leads_elsewhere_or_to_the_disk(
    country: dict[str, Datasette], path: str
) -> None:
    """The request is made by hand, because the client of the tests would correct such a path."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "scheme": "http",
    }
    await mount_languages(country)(scope, receive, send)
    assert sent[0]["status"] == 404
    assert b"location" not in dict(sent[0]["headers"])


OPERATORS = (
    *("exact", "not", "contains", "endswith", "startswith", "gt", "gte", "lt", "lte", "like"),
    *("notlike", "glob", "in", "notin", "arraycontains", "arraynotcontains", "date", "isnull"),
    *("notnull", "isblank", "notblank", "nosuch", ""),
)


@pytest.mark.parametrize("operator", OPERATORS)
async def test_no_filter_breaks_a_table(country: dict[str, Datasette], operator: str) -> None:
    """Every operator of Datasette gets unexpected values, on tables and on a view."""
    broken = []
    for table in ("reports", "report_summary.csv", "cells.json"):
        for value in ("9" * 23, "-9223372036854775809", "[1", "%00", "%FF", "a" * 3000, ""):
            path = f"/archive/{table}?year__{operator}={value}&_size=3"
            status = (await country[""].client.get(path)).status_code
            if status >= 500:
                broken.append((status, path[:80]))
    assert broken == []


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_question_breaks_the_site(country: dict[str, Datasette], seed: int) -> None:
    """A status of 4xx means that the question is wrong; 5xx would mean that the site is."""
    broken = []
    paged = f"/archive/report_summary.json?_next={'9' * 23}"
    for path in (paged, *addresses(seed, REQUESTS // 2)):
        answer = await country[""].client.get(path)
        if answer.status_code >= 500 or "Traceback" in answer.text or "sqlite3." in answer.text:
            broken.append((answer.status_code, path))
    assert broken == []


HEADERS = (
    *("host", "cookie", "authorization", "range", "if-range", "if-none-match", "accept", "referer"),
    *("if-modified-since", "accept-encoding", "accept-language", "x-forwarded-host", "forwarded"),
    *(
        "x-forwarded-proto",
        "content-length",
        "transfer-encoding",
        "upgrade",
        "x-http-method-override",
    ),
)
HEADER_VALUES = (
    *(
        "",
        "[",
        "]",
        "a]b:c",
        "evil.example",
        "evil.example:99999999",
        "http://[::1",
        "*",
        '"',
        "\\",
    ),
    *("bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 400, "bytes=0-0,-1", "bytes=9-5", "lines=1-2"),
    *("bytes=" + ",".join(["0-"] * 1500), "ds_actor=x; a@b[]=c", "ds_messages=zz;;=", "a b;=;\x01"),
    *("W/" + '"x",' * 3000, "\xff\xfe", "gzip;q=" + "9" * 99, "Bearer dstok_x", "h2c", "chunked"),
)


async def ask_raw(
    app: AsgiApp, path: str, headers: list[tuple[bytes, bytes]], query: bytes = b""
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Send a request as it is: the client of other tests would correct or refuse it."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {
        **{"type": "http", "method": "GET", "scheme": "http", "query_string": query},
        **{"path": path, "raw_path": path.encode(), "headers": headers},
    }
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


@pytest.mark.parametrize("name", HEADERS)
async def test_no_header_breaks_a_page(country: dict[str, Datasette], name: str) -> None:
    """Nor does it appear in an answer."""
    app, broken = mount_languages(country), []
    for value in HEADER_VALUES:
        for path in (
            "/",
            "/feeds/reports.atom",
            "/archive/reports.json",
            "/data",
            "/static/site.css",
        ):
            header = (name.encode(), value.encode("latin-1"))
            status, _, body = await ask_raw(app, path, [header])
            if status >= 500 or b"evil.example" in body:
                broken.append((status, path, value[:40]))
    assert broken == []


@pytest.mark.parametrize(
    "query",
    [
        b"q=" + b"a" * 5000,
        b"&".join(b"x%d=1" % number for number in range(900)),
        b"&" * 3000,
        b"&".join(b"year__gt=%d" % number for number in range(300)),
    ],
)
@pytest.mark.parametrize("path", ["/search", "/archive/reports", "/archive/reports.json", "/en/"])
async def test_very_long_addresses_are_refused(
    country: dict[str, Datasette], path: str, query: bytes
) -> None:
    """A page repeats its address in every link, so that a long one makes a page of megabytes."""
    assert (await ask_raw(mount_languages(country), path, [], query))[0] == 414


@pytest.mark.parametrize("name", ["_ttl", "%5Fttl", "_%74tl"])
@pytest.mark.parametrize(
    "path",
    ["/archive/reports", "/archive/reports.json", "/archive.json", "/archive/sites/pingluo.json"],
)
async def test_how_long_caches_keep_an_answer_is_not_the_visitors_to_say(
    country: dict[str, Datasette], path: str, name: str
) -> None:
    """Datasette has an argument for it."""
    for value in (b"0", b"31536000", b"9" * 400):
        query = name.encode() + b"=" + value + b"&_size=1"
        status, headers, body = await ask_raw(mount_languages(country), path, [], query)
        told = {key.lower(): value for key, value in headers.items()}
        assert (status, told[b"cache-control"]) == (200, b"max-age=300")
        assert b"_ttl" not in body
