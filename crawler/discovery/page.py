"""A fetched page: its text, its titles, and links of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from parsel import Selector

from gongkai.crawler.discovery.embedded_data import (
    html_fragments,
    is_data_answer,
    json_links,
    script_links,
)
from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.script_evaluation import ScriptContext
from gongkai.crawler.discovery.scripts import PageScripts
from gongkai.crawler.discovery.urls import absolute_url
from gongkai.extract.chinese.charset import decode_document
from gongkai.extract.formats.suffixes import ATTACHMENT_SUFFIXES

SCRIPT_NAVIGATION = re.compile(
    r"""(?:window\.open|(?:window\.|document\.|self\.|top\.|parent\.)?location(?:\.href)?\s*+=|"""
    r"""location\.(?:assign|replace)|openwin\w{0,40}+|openurl\w{0,40}+)\s*+(?:\(\s*+)?['"]([^'"]++)['"]""",
    re.I,
)
QUOTED_DOCUMENT = re.compile(
    rf"""['"]([^'"]+{ATTACHMENT_SUFFIXES}(?:\?[^'"<>\s]{{0,200}})?)['"]""", re.I
)
PAGE_ADDRESS = re.compile(r"/|\.(?:s?html?|jsp|aspx?)$", re.I)
DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}|\b\d\d-\d\d\b")
WHOLE_PAGE = re.compile(r"<(?:html|body|frameset)\b", re.I)
FRAMES = (("iframe", "src"), ("frame", "src"), ("embed", "src"), ("object", "data"))
MAX_LINKS = 5_000
MAX_OPTIONS = 2_000
"""Options of all lists of a page: units and years; each may cost several calls of a script."""

MAX_ROW_CHARS = 400
NEXT_SIBLING = "following-sibling::*[1]"  # with a second condition, libxml2 visits all siblings
TEXT_OF_A_DATE = "string(self::span | self::em | self::i | self::time)"
LINK_WITHOUT_TITLE = re.compile(
    r"[\[【(（]?(?:点击|阅读|浏览)?(?:查看|详情|全文|更多|详细|more|下载|打开|进入|报告全文|原文)+(?:内容|详情|全文)?[\]】)）]?[>》»›]*",
    re.I,
)
"""Link text without a title: what the link leads to is told beside it."""

MAX_CONTEXT_CHARS = 120
MAX_SHELL_LINKS = 3
"""A page with no more links than this may be one that only redirects by a script."""
REFUSED_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WHITESPACE = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page.

    `text` is what the reader sees without white space: the longer of anchor text and title.
    `embedded` content is shown inside the page: a frame, an object, data that a script inserts. A
    `dated` link stands in a row with a date, as the rows of lists do.
    """

    url: str
    text: str
    embedded: bool = False
    dated: bool = False


class WebPage:
    """A page that was fetched, or an answer in data that is part of one.

    `address` is where it was fetched. `base_url` is what its links are relative to: for data, the
    page that requested them. `request` is what a script sends for this answer, None for an ordinary
    page. `embedded_html` is HTML that the page contains as text, or that the
    strings of an answer contain.
    """

    def __init__(
        self,
        address: str,
        body: bytes,
        content_type: str = "",
        base_url: str = "",
        request: ListRequest | None = None,
    ) -> None:
        # Scrapy's own guess is not used: its detector takes a short GB18030 page for Korean
        decoded = decode_document(body, content_type)
        self.text, self.encoding = decoded.text, decoded.encoding
        self.address = address
        self.request = request
        self.is_data = is_data_answer(self.text)
        self.embedded_html = "\n".join(html_fragments(self.text))
        self._selector = _parse_html(self.embedded_html if self.is_data else self.text)
        self.scripts = PageScripts([] if self.is_data else self._scripts())
        written = () if self.is_data else (self.embedded_html, *self.scripts.written_html())
        self._hidden = _parse_html("\n".join(written))
        self._rows: dict[object, bool] = {}
        self._contexts: dict[object, str] = {}
        declared = self._selector.xpath("//base/@href").get()
        # a script puts such a piece into the page that requested it
        is_piece = self.is_data or (request is not None and not WHOLE_PAGE.search(self.text))
        self.base_url = (base_url if is_piece else "") or address
        self.base_url = (declared and self.url_of(declared)) or self.base_url

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link in order, each pair of address and text once."""
        found = [*self._anchors(self._selector), *self._anchors(self._hidden)]
        found += [*self._frames(self._selector), *self._frames(self._hidden)]
        found += [*self._clicks(), *self._rows_with_address(), *self._options(), *self._objects()]
        if len(found) <= MAX_SHELL_LINKS:  # it may only redirect
            found += self._script_redirects()
        return tuple(dict.fromkeys(found))

    @cached_property
    def data_requests(self) -> tuple[Link, ...]:
        """What the page's scripts request when it is opened: data that may be its list."""
        found = (self.url_of(address) for address in self.scripts.data_addresses())
        return tuple(Link(url, "", embedded=True) for url in dict.fromkeys(found) if url)

    def url_of(self, address: str) -> str:
        """Return an address of this page as a browser would ask for it, "" where it would not."""
        return absolute_url(self.base_url, address, self.encoding)

    @cached_property
    def script_context(self) -> ScriptContext:
        """The scripts of the page, with its form fields and meta tags, which they read."""
        fields: dict[str, str] = {}
        for tag in self._selector.xpath("//input[@value] | //textarea")[:MAX_OPTIONS]:
            for name in ("id", "name"):
                if tag.attrib.get(name):
                    fields.setdefault(tag.attrib[name], tag.attrib.get("value", ""))
        metas = {
            tag.attrib["name"].lower(): tag.attrib.get("content", "")
            for tag in self._selector.xpath("//meta[@name]")[:MAX_OPTIONS]
        }
        return ScriptContext(self.scripts.text, self.base_url, fields, metas)

    @property
    def title(self) -> str:
        """The title of the page, without the name of the site behind it."""
        title = strip_whitespace(self._selector.xpath("string(//title)").get(default=""))
        return re.split(r"[-_|—－]", title)[0]

    def meta(self, name: str) -> str:
        """Return the first meta tag of a name, in upper or lower case, without white space."""
        for tag in self._selector.xpath("//meta[@name]"):
            if tag.attrib["name"].lower() == name.lower():
                return strip_whitespace(tag.attrib.get("content", ""))
        return ""

    def _anchors(self, selector: Selector) -> Iterator[Link]:
        for anchor in selector.xpath("//a[@href or @data-href] | //area[@href]")[:MAX_LINKS]:
            text = strip_whitespace(anchor.xpath("string()").get(default=""))
            shown = strip_whitespace(
                anchor.attrib.get("title", "")
                or anchor.xpath("string(.//img/@alt)").get(default="")
            )
            cut = text.endswith(("…", "..."))
            text = shown if cut and shown else max(text, shown, key=len)
            if LINK_WITHOUT_TITLE.fullmatch(text):
                text = _context_text(anchor, text, self._contexts) or text
            elif not text and anchor.attrib.get("rel") == "next":
                text = "下一页"
            dated = len(text) > 5 and self._in_dated_row(anchor)
            for name in ("href", "data-href"):
                href = anchor.attrib.get(name, "").strip()
                if href.lower().startswith("javascript:"):
                    yield from self._scripted(unquote(href), text)
                elif url := self.url_of(href):
                    yield Link(url, text, dated=dated)

    def _in_dated_row(self, anchor: Selector) -> bool:
        """Return whether a date stands beside a link, in its row of a list or a table."""
        row = anchor.xpath("(ancestor::li | ancestor::tr | ancestor::dd | ancestor::p)[last()]")
        if not row:
            return _is_dated(anchor.xpath(NEXT_SIBLING).xpath(TEXT_OF_A_DATE).get(default=""))
        element = row[0].root  # a row with many links is read once
        if element not in self._rows:
            self._rows[element] = _is_dated(row.xpath("string()").get(default=""))
        return self._rows[element]

    def _frames(self, selector: Selector) -> Iterator[Link]:
        for tag, attribute in FRAMES:
            for source in selector.xpath(f"//{tag}/@{attribute}")[:MAX_LINKS].getall():
                if url := self.url_of(source):
                    yield Link(url, "", embedded=True)

    def _clicks(self) -> Iterator[Link]:
        for tag in self._selector.xpath("//*[@onclick]")[:MAX_LINKS]:
            text = strip_whitespace(
                tag.attrib.get("title", "") or tag.xpath("string()").get(default="")
            )
            text = text or strip_whitespace(tag.attrib.get("value", ""))  # of a button
            if LINK_WITHOUT_TITLE.fullmatch(text):
                text = _context_text(tag, text, self._contexts) or text
            yield from self._scripted(tag.attrib["onclick"], text)

    def _rows_with_address(self) -> Iterator[Link]:
        """Yield rows that are not links and have their address in an attribute for a script."""
        for tag in self._selector.xpath("//*[not(self::a)][@data-url or @data-href or @data-link]")[
            :MAX_LINKS
        ]:
            text = strip_whitespace(tag.xpath("string()").get(default=""))
            named = [tag.attrib.get(name, "") for name in ("data-url", "data-href", "data-link")]
            for address in filter(PAGE_ADDRESS.search, named):
                url = self.url_of(address)
                if url and len(text) < MAX_CONTEXT_CHARS:
                    yield Link(url, text)

    def _options(self) -> Iterator[Link]:
        """Yield units and years that are chosen from a list."""
        options_left = MAX_OPTIONS
        for select in self._selector.xpath("//select"):
            names = [
                select.attrib[name] for name in ("id", "name", "class") if name in select.attrib
            ]
            handler = select.attrib.get("onchange", "")
            for option in select.xpath(".//option[@value]")[:options_left]:
                options_left -= 1
                value = option.attrib["value"].strip()
                text = strip_whitespace(option.xpath("string()").get(default=""))
                found = [value] if PAGE_ADDRESS.search(value) else []
                if value and not found:
                    found = [*self.scripts.option_destinations(names, handler, value)]
                for address in found:
                    if url := self.url_of(address):
                        yield Link(url, text)

    def _objects(self) -> Iterator[Link]:
        """Yield what data and scripts name: trees of units, attached files."""
        if self.is_data:
            named = [*json_links(self.text)]
        else:
            named = [pair for script in self._scripts() for pair in script_links(script)]
        for address, title in named[:MAX_LINKS]:
            if url := self.url_of(address):
                yield Link(url, strip_whitespace(re.sub(r"<[^<>]*>", "", title)))
        for script in self._scripts():
            for address in QUOTED_DOCUMENT.findall(script):
                if url := self.url_of(address):
                    yield Link(url, "", embedded=True)

    def _script_redirects(self) -> Iterator[Link]:
        for script in self._scripts():
            if "function" not in script:  # a function that is only defined redirects nobody
                yield from self._scripted(script, "", embedded=True)

    def _scripts(self) -> list[str]:
        return self._selector.xpath("//script[not(@src)]/text()").getall()

    def _scripted(self, script: str, text: str, embedded: bool = False) -> Iterator[Link]:
        for pattern in (SCRIPT_NAVIGATION, QUOTED_DOCUMENT):
            for address in pattern.findall(script):
                if url := self.url_of(address):
                    yield Link(url, text, embedded)
        if not embedded:
            for address in self.scripts.destinations(script):
                if url := self.url_of(address):
                    yield Link(url, text)


def _parse_html(text: str) -> Selector:
    """Return the tree of HTML, without the characters that lxml refuses in names of attributes."""
    return Selector(text=REFUSED_CHARACTERS.sub("", text), type="html")


def _context_text(tag: Selector, own: str, known: dict[object, str]) -> str:
    """Return the text beside a link that only says 查看 or 更多: of its row, or its heading.

    "" where there is none, or where the text is too long to belong to this link alone. `known` has the
    texts of elements, because many links can share one.
    """
    for ancestor in tag.xpath("ancestor::*[position() <= 3]")[::-1]:
        element = ancestor.root
        if element not in known:
            text = ancestor.xpath("string()").get(default="")
            known[element] = strip_whitespace(text[: 4 * MAX_ROW_CHARS])
        beside = known[element]
        if len(beside) > MAX_CONTEXT_CHARS:
            return ""
        if beside != own:
            return beside.replace(own, "", 1) if beside.count(own) == 1 else ""
    return ""


def _is_dated(row: str) -> bool:
    return len(row) < MAX_ROW_CHARS and DATE.search(row) is not None


def strip_whitespace(text: str) -> str:
    r"""Return a text without white space, which editors put between the characters of a title.

    >>> strip_whitespace("政府信息\u3000公开 年报\n")
    '政府信息公开年报'
    """
    return WHITESPACE.sub("", text)
