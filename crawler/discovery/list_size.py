"""What a list says about its own size: 共41条, 第1/3页, `recordCount: '41'`, {"total": 41, "rows": 20}.

A page may count other things too: the visits, what a search of the whole site would find. Only what is
said beside a pager counts on a page, and in data only what stands beside the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.crawler.discovery.embedded_data import Json, parse_json, row_address
from gongkai.crawler.discovery.page import WebPage

ROWS_SAID = re.compile(
    r"(?:共有?|总共有?|合计|总计|总记录数?|记录总数|总条数|总数)[:：]?(\d{1,7}+)(?:条|篇|项|个|则|件)?(?:记录|数据|信息|文章|文件)?"
)
COUNT_UNIT = re.compile(r"条|篇|项|记录|数据|信息|文章|文件|总条数|总数")
PAGES_SAID = re.compile(
    r"(?:共有?|总共|总页数|页数|总计|/共?)[:：]?(\d{1,5}+)页|(?:页次|页码)[:：]?\d{1,5}+/(\d{1,5}+)"
    r"|(?<!\d)\d{1,5}+/(\d{1,5}+)页|第\d{1,5}+页?/共?(\d{1,5}+)页?|page\d{1,5}+of(\d{1,5}+)|总页数[:：](\d{1,5}+)",
    re.I,
)
PAGER_WORDS = re.compile(r"页|每页|显示")
PAGER_WORD_CHARS = 40

_NAME_END = r"""["']?\s{0,5}+[:=]\s{0,5}+["']?(\d{1,7}+)\b"""
ROWS_IN_SCRIPT = re.compile(
    r"(?<![\w.])(?:record_?count|total_?records?|total_?counts?|total_?rows?|total_?nums?|total_?elements|total_?size|rows?_?count)"
    + _NAME_END,
    re.I,
)
ROWS_IN_DATA = re.compile(
    r"(?<![\w.])(?:total|record_?count|total_?records?|total_?counts?)" + _NAME_END, re.I
)
PAGES_IN_SCRIPT = re.compile(
    r"(?<![\w.])(?:page_?count|total_?pages?|count_?page|page_?total|max_?page|pages_?count)"
    + _NAME_END,
    re.I,
)
SIZE_IN_SCRIPT = re.compile(
    r"(?<![\w.])(?:page_?size|pre_?page|per_?page|page_?rows?)" + _NAME_END, re.I
)
PAGER_CALL = re.compile(
    r"""\bcreatePage\w{0,40}+\(\s{0,9}+(?:["'][^"'\n]{0,60}+["']\s{0,5}+,\s{0,5}+)?(\d{1,4}+)\s{0,5}+,\s{0,5}+\d"""
    r"""(?:[^()\n]{0,100}?["']\w{2,6}+["']\s{0,5}+,\s{0,5}+(\d{1,6}+)\s{0,5}+\))?""",
    re.I,
)
XML_COUNT = re.compile(
    r"<total_?(record|row|count|page)s?>\s{0,9}+(?:<!\[CDATA\[)?\s{0,9}+(\d{1,7}+)", re.I
)
PAGER_TAG = re.compile(r"<\w{1,10}\s[^<>]{0,300}?\bpag[^<>]{0,600}+>", re.I)
ROWS_ATTRIBUTE = re.compile(
    r"""\b(?:data-)?(?:count|total(?:count|record)?)=\\?["']?(\d{1,7}+)""", re.I
)
PAGES_ATTRIBUTE = re.compile(
    r"""\b(?:data-)?(?:pages|totalpages?|pagecount)=\\?["']?(\d{1,5}+)""", re.I
)

ROW_KEYS = (
    "records", "total", "recordcount", "totalcount", "totalrecord", "totalrecords", "totalelements", "totalnum",
    "totalrow", "totalrows", "totalsize", "totalhits", "numfound", "total_count", "count",
)  # fmt: skip
PAGE_KEYS = (
    "pagecount",
    "totalpage",
    "totalpages",
    "pages",
    "pagetotal",
    "total_page",
    "page_count",
)
SIZE_KEYS = ("pagesize", "prepage", "perpage", "page_size", "size", "limit", "rows")
OF_FILE = re.compile(r"file_?(?:name|path|url|type|ext)", re.I)
"""Names of fields of an attached file, in the object that describes it."""

MAX_OBJECT_CHARS = 400
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class ListSize:
    """How many rows and pages a list has by its own words, None for what it does not say."""

    rows: int | None = None
    pages: int | None = None

    def __bool__(self) -> bool:
        """Return whether it says anything."""
        return self.rows is not None or self.pages is not None


@dataclass(frozen=True, slots=True)
class _RowList:
    """The rows of an answer, and the objects around them, the nearest first."""

    count: int
    around: tuple[dict[str, Json], ...]


def read_list_size(page: WebPage) -> ListSize:
    """Return what a page of a list, or an answer, says about the size of the list."""
    if page.is_data:
        value = parse_json(page.text)
        found = _size_in_json(value) if value is not None else _size_in_text(page.text)
        return found or _size_in_pager_tags(page.embedded_html)
    rows, pages = _said(page.shown_text)
    script_rows, script_pages = _size_in_scripts(page)
    rows, pages = rows or script_rows, pages or script_pages
    return ListSize(rows, pages) if rows or pages else _size_in_pager_tags(page.text)


def count_json_rows(page: WebPage) -> int:
    """Return how many rows an answer in JSON has, 0 where it is none."""
    return _row_list(parse_json(page.text)).count if page.is_data else 0


def _size_in_json(value: Json) -> ListSize:
    for around in _row_list(value).around or ((value,) if isinstance(value, dict) else ()):
        candidates = [around, *(item for item in around.values() if isinstance(item, dict))]
        for each in candidates:
            known = {str(name).lower(): item for name, item in each.items()}
            rows = _first_count(known, ROW_KEYS)
            pages = _first_count(known, PAGE_KEYS)
            size = _first_count(known, SIZE_KEYS)
            if rows is not None and pages is None and size:
                pages = -(-rows // size)
            if rows is not None or pages is not None:
                return ListSize(rows, pages)
    return ListSize()


def _row_list(value: Json) -> _RowList:
    """Return the longest list of objects with addresses."""
    best = _RowList(0, ())
    for items, around in _lists(value, ()):
        count = sum(1 for item in items if isinstance(item, dict) and _is_row(item))
        if count > best.count:
            best = _RowList(count, around)
    return best


def _lists(
    value: Json, around: tuple[dict[str, Json], ...]
) -> Iterator[tuple[list[Json], tuple[dict[str, Json], ...]]]:
    if len(around) > MAX_DEPTH:
        return
    if isinstance(value, list):
        yield value, around
    elif isinstance(value, dict):
        for item in value.values():
            yield from _lists(item, (value, *around))


def _is_row(item: dict[str, Json]) -> bool:
    return bool(row_address({str(name).lower(): value for name, value in item.items()}))


def _first_count(known: dict[str, Json], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = known.get(name)
        if isinstance(value, dict):  # {"total": {"value": 41}}
            value = value.get("value")
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if isinstance(value, str) and value.isdigit() and len(value) <= 7:
            return int(value)
    return None


def _size_in_text(text: str) -> ListSize:
    """Return what data says that is XML, or not quite JSON."""
    rows = pages = None
    if found := ROWS_IN_DATA.search(text):
        rows = int(found[1])
    if found := PAGES_IN_SCRIPT.search(text):
        pages = int(found[1])
    for name, number in XML_COUNT.findall(text):
        if name.lower() == "page":
            pages = int(number)
        else:
            rows = int(number)
    return ListSize(rows, pages)


def _size_in_pager_tags(text: str) -> ListSize:
    for tag in PAGER_TAG.findall(text):
        rows, pages = ROWS_ATTRIBUTE.search(tag), PAGES_ATTRIBUTE.search(tag)
        if rows or pages:
            return ListSize(int(rows[1]) if rows else None, int(pages[1]) if pages else None)
    return ListSize()


def _said(text: str) -> tuple[int | None, int | None]:
    """Return rows and pages that the text says beside the words of a pager, the least of several."""
    rows, pages = [], []
    for found in ROWS_SAID.finditer(text):
        near = text[max(0, found.start() - PAGER_WORD_CHARS) : found.end() + PAGER_WORD_CHARS]
        is_pages = text[found.end() : found.end() + 1] == "页"
        if not is_pages and COUNT_UNIT.search(found[0]) and PAGER_WORDS.search(near):
            rows.append(int(found[1]))
    for found in PAGES_SAID.finditer(text):
        pages.append(int(next(group for group in found.groups() if group)))
    return min(filter(None, rows), default=None), min(filter(None, pages), default=None)


def _is_of_file(text: str, place: int) -> bool:
    """Return whether a number is the size of a file: {"fileName": "a.pdf", "totalSize": 12345}."""
    inside = text[max(0, place - MAX_OBJECT_CHARS) : place].rpartition("{")[2]
    behind = text[place : place + MAX_OBJECT_CHARS].partition("}")[0]
    return "}" not in inside and OF_FILE.search(inside + behind) is not None


def _size_in_scripts(page: WebPage) -> tuple[int | None, int | None]:
    """Return rows and pages that the calls and variables of a page's scripts give."""
    text = page.scripts.text
    calls = [(int(pages), int(rows or 0)) for pages, rows in PAGER_CALL.findall(text)]
    if calls:
        pages, rows = min(calls)
        return rows or None, pages or None
    hidden = " ".join(
        f"{name}={value}" for name, value in page.script_context.fields.items() if value.isdigit()
    )
    said = f"{text} {hidden}"
    found_rows = [
        int(found[1])
        for found in ROWS_IN_SCRIPT.finditer(said)
        if not _is_of_file(said, found.start())
    ]
    found_pages = [int(number) for number in PAGES_IN_SCRIPT.findall(f"{text} {hidden}")]
    sizes = [int(number) for number in SIZE_IN_SCRIPT.findall(f"{text} {hidden}")]
    rows_known = min(filter(None, found_rows), default=None)
    if rows_known and sizes and sizes[0]:  # some scripts call the rows of a page pageCount
        return rows_known, -(-rows_known // sizes[0])
    return rows_known, min(filter(None, found_pages), default=None)
