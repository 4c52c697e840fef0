"""Lists that come as data: JSON and XML answers, records in CDATA, objects inside scripts.

Their addresses and titles are ordinary ones; only the format differs from that of a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from gongkai.crawler.discovery.scripting.scripts import unescape_script

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

CDATA_START, CDATA_END = "<![CDATA[", "]]>"
DATA_START = re.compile(r"(?<!\s)\s*+(?:(?:[\w.$]{0,60}+\(\s*+)?[\[{]|<\?xml|<datastore)", re.I)
JSONP = re.compile(r"^\s*+[\w.$]{1,60}+\((.*)\)\s*+(?:;\s*+)?$", re.S)

TITLE_FIELDS = (
    "title", "name", "text", "articletitle", "doctitle", "titlehtml", "realtitle", "doctitlehtml",
    "filename", "subject",
)  # fmt: skip
ADDRESS_FIELDS = (
    "url", "href", "link", "linkurl", "puburl", "docpuburl", "chnldocurl", "doc_pub_url", "infourl",
    "visiturl", "arturl", "filepath",
)  # fmt: skip
ADDRESS_PARTS = (("domain", "path"), ("domainname", "filepath"))
DATE_FIELD = re.compile(r"date|time|pubtm|\brq\b", re.I)
FILES = re.compile(r"files?|attach|annex|appendix|pics?|images?|resources?", re.I)
"""Names of what is attached to a row."""

NAME_BEFORE = re.compile(r"""(?:name|title|alt|text)["']?\s{0,3}:\s{0,3}["']?$""", re.I)
MAX_KEY_CHARS = 30
NUMBERED_FIELD = re.compile(r"f_\d{4,20}")
"""The name of a column of a database that a portal shows as it is (TRS IRS)."""

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MAX_TITLE_CHARS = 200
"""Of a title that stands in such a column."""
_TITLE = r"""["']?\b(?:(?:doc)?title|name|text)["']?\s*:\s*["']([^"'{}<>]{2,120})["']"""
_ADDRESS = r"""["']?\b(?:url|href|link(?:Url)?|chnldocurl|doc_?puburl)["']?\s*:\s*["']([^"'{}<>\s]{2,400})["']"""
OBJECT_LITERALS = (
    re.compile(_TITLE + r"[^{}]{0,300}?" + _ADDRESS, re.I),
    re.compile(_ADDRESS + r"[^{}]{0,300}?" + _TITLE, re.I),
)
TREE_NODE = re.compile(
    r"""\.\s?add\(\s?["']?[\w-]{1,60}+["']?\s?,\s?["']?[\w-]{1,60}+["']?\s?,\s?"""
    r"""(?:"([^"<>]{2,120}+)"|'([^'<>]{2,120}+)')\s?,\s?["']([^"'\s<>]{2,400}+)["']"""
)
"""A node of dTree, the menu of many older catalogues: `d.add(12, 3, '县教育局', '/col/col12/index.html')`."""

MAX_DEPTH = 40
VALUE_START = re.compile(r"(?:^\s*|[=(]\s*)(?=[\[{]\s*[\[{\"])")
MAX_VALUES = 20
DECODER = json.JSONDecoder()


def is_data_answer(text: str) -> bool:
    """Return whether an answer is data rather than a page.

    >>> is_data_answer('{"articles": []}'), is_data_answer("<!DOCTYPE html><p>{")
    (True, False)
    >>> is_data_answer("cb([1])")
    True
    """
    return DATA_START.match(text) is not None and "<html" not in text[:2_000].lower()


def html_fragments(text: str) -> Iterator[str]:
    """Yield the pieces of HTML that a page or an answer contains as text.

    In JSON they are looked for in its strings alone: in the source their quotes are escaped.
    """
    value = parse_json(text)
    if value is None:
        yield from _cdata(text)
        return
    for each in _walk(value):
        if isinstance(each, str) and "<" in each and ">" in each:
            yield from _cdata(each) if CDATA_START in each else (each,)


def _cdata(text: str) -> Iterator[str]:
    start = text.find(CDATA_START)
    while start >= 0:
        end = text.find(CDATA_END, start)
        if end < 0:
            return
        yield text[start + len(CDATA_START) : end]
        start = text.find(CDATA_START, end)


@dataclass(frozen=True, slots=True)
class DataLink:
    """An address in data, with its title and whether a date stands beside it.

    `owner` is the address of the row that a file is attached to, "" for rows themselves.
    """

    address: str
    title: str
    dated: bool = False
    owner: str = ""


def json_links(text: str) -> Iterator[DataLink]:
    """Yield the objects in a JSON answer that have an address, in order."""
    yield from _object_links(parse_json(text), "", 0)


def _object_links(value: Json, owner: str, depth: int) -> Iterator[DataLink]:
    if depth > MAX_DEPTH or not isinstance(value, dict | list):
        return
    if isinstance(value, list):
        for item in value:
            yield from _object_links(item, owner, depth + 1)
        return
    known = {str(name).lower(): item for name, item in value.items()}
    address = row_address(known)
    if address:
        title = _first_string(known, TITLE_FIELDS) or _numbered_title(known)
        yield DataLink(address, title, _is_dated(known), owner)
    for name, item in value.items():
        of_row = address if FILES.search(str(name)) else ""
        yield from _object_links(item, owner or of_row, depth + 1)


def script_links(script: str) -> Iterator[DataLink]:
    """Yield the objects in a script that have an address, such as a tree of units."""
    titled, addressed = OBJECT_LITERALS
    for text in _json_values(script):
        yield from json_links(text)
    script = unescape_script(script) if "\\u" in script or "\\/" in script else script
    for title, address in titled.findall(script):
        yield DataLink(address, title)
    for double, single, address in TREE_NODE.findall(script):
        yield DataLink(address, double or single)
    for address, title in addressed.findall(script):
        yield DataLink(address, title)


def is_file_name(script: str, place: int) -> bool:
    """Return whether the string at a place of a script is the name of something, not an address.

    >>> is_file_name('{"fileName": "a.pdf"}', 13), is_file_name('{"filePath": "a.pdf"}', 13)
    (True, False)
    """
    return NAME_BEFORE.search(script[max(0, place - MAX_KEY_CHARS) : place]) is not None


def _json_values(script: str) -> Iterator[str]:
    """Yield the JSON in a script: all of it, or the values that it assigns or passes."""
    for count, start in enumerate(VALUE_START.finditer(script)):
        if count == MAX_VALUES:
            return
        try:
            _, end = DECODER.raw_decode(script, start.end())
        except (ValueError, RecursionError):
            continue
        yield script[start.end() : end]


def _first_string(known: dict[str, Json], names: tuple[str, ...]) -> str:
    for name in names:
        value = known.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def walk_json(text: str) -> Iterator[Json]:
    """Yield the value of a JSON answer and all that it contains; nothing for other texts."""
    if (value := parse_json(text)) is not None:
        yield from _walk(value)


def row_address(known: dict[str, Json]) -> str:
    """Return the address of an object, "" where it has none; its names are in lower case.

    An address may be in two parts: `domain` and `path` (淮安), `domainName` and `filePath`; or it is one
    of several versions of a page: `urls` with `pc`, also as a text of JSON (/pc/list/).
    """
    for first, second in ADDRESS_PARTS:
        domain, path = known.get(first), known.get(second)
        if isinstance(domain, str) and isinstance(path, str) and path.strip("/"):
            if path.startswith(("http://", "https://", "//")):
                return path
            return f"{domain.rstrip('/')}/{path.lstrip('/')}"
    return _first_string(known, ADDRESS_FIELDS) or _address_of_version(known.get("urls"))


def _address_of_version(urls: Json) -> str:
    """Return the address of the version for computers, "" where a value is no list of versions."""
    versions = parse_json(urls) if isinstance(urls, str) else urls
    if not isinstance(versions, dict):
        return ""
    known = {str(name).lower(): value for name, value in versions.items()}
    return _first_string(known, ("pc", "common", "web"))


def _is_dated(known: dict[str, Json]) -> bool:
    return any(
        DATE_FIELD.search(name) and isinstance(value, str | int) and bool(value)
        for name, value in known.items()
    )


def _numbered_title(known: dict[str, Json]) -> str:
    for name, value in known.items():
        is_title = isinstance(value, str) and len(value) <= MAX_TITLE_CHARS
        if is_title and NUMBERED_FIELD.fullmatch(name) and CHINESE.search(str(value)):
            return str(value)
    return ""


def parse_json(text: str) -> Json:
    """Return the value of a JSON or JSONP answer, None for anything else."""
    if not is_data_answer(text):
        return None
    padded = JSONP.match(text)
    try:
        value: Json = json.loads(padded[1] if padded else text)
    except (ValueError, RecursionError):
        return None
    return value


def _walk(value: Json, depth: int = 0) -> Iterator[Json]:
    """Yield a value and all that it contains, down to `MAX_DEPTH`."""
    yield value
    if depth == MAX_DEPTH or not isinstance(value, dict | list):
        return
    for item in value.values() if isinstance(value, dict) else value:
        yield from _walk(item, depth + 1)
