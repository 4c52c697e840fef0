"""A fetched page as the crawl sees it: its text, its titles, and links of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from scrapy import Selector
from scrapy.http import Response

from gongkai.crawler.discovery.embedded_data import fragments, is_data, objects, scripted_objects
from gongkai.crawler.discovery.scripts import Scripts
from gongkai.crawler.discovery.urls import absolute
from gongkai.extract.chinese.charset import decode

SCRIPTED = re.compile(
    r"""(?:window\.open|(?:window\.|document\.|self\.|top\.|parent\.)?location(?:\.href)?\s*=|"""
    r"""location\.(?:assign|replace)|openwin\w*|openurl\w*)\s*\(?\s*['"]([^'"]+)['"]""",
    re.I,
)
QUOTED_DOCUMENT = re.compile(
    r"""['"]([^'"]+\.(?:pdf|docx?|wps|xlsx?|rtf|ofd|zip)(?:\?[^'"<>\s]{0,200})?)['"]""", re.I
)
PAGE_LIKE = re.compile(r"/|\.(?:s?html?|jsp|aspx?)$", re.I)
DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}|\b\d\d-\d\d\b")
FRAMES = (("iframe", "src"), ("frame", "src"), ("embed", "src"), ("object", "data"))
MOST_LINKS = 5_000
LONGEST_ROW = 400
BESIDE = "string(following-sibling::*[1][self::span or self::em or self::i or self::time])"
POINTER = re.compile(
    r"[\[【(（]?(?:点击|阅读|浏览)?(?:查看|详情|全文|更多|详细|more|下载|打开|进入|报告全文|原文)+(?:内容|详情|全文)?[\]】)）]?[>》»›]*",
    re.I,
)
"""Says nothing itself: what it leads to is said beside it."""

LONGEST_POINTED = 120
SHELL = 3
"""So many links a page may have and still be one that only sends the reader on."""
BLANK = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a page leads. `text` is what the reader sees, blanks dropped; the longer of anchor
    text and title. `embedded` is shown inside the page (a frame, an object, data that a script
    fills in); `dated` stands in a row with a date, as the rows of lists do.
    """

    url: str
    text: str
    embedded: bool = False
    dated: bool = False


class Page:
    """A page that was fetched, or an answer in data that is part of one.

    `url` is where its links start from: for data the page that asked for them, given as `base`.
    """

    def __init__(self, response: Response, base: str = "") -> None:
        self.text = text_of(response)
        self.address = response.url
        self.is_data = is_data(self.text)
        self.pieces = "\n".join(fragments(self.text))
        """HTML that stands in the page as text, or in the strings of an answer."""
        self._selector = Selector(text=self.pieces if self.is_data else self.text, type="html")
        self.scripts = Scripts([] if self.is_data else self._scripts())
        written = () if self.is_data else (self.pieces, *self.scripts.written())
        self._hidden = Selector(text="\n".join(written), type="html")
        self._rows: dict[object, bool] = {}
        own = self._selector.xpath("//base/@href").get()
        self.url = (base if self.is_data else "") or response.url
        self.url = (own and absolute(self.url, own)) or self.url

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link in order, each address and text once."""
        found = [*self._anchors(self._selector), *self._anchors(self._hidden)]
        found += [*self._frames(self._selector), *self._frames(self._hidden)]
        found += [*self._clicks(), *self._marked(), *self._options(), *self._objects()]
        if len(found) <= SHELL:  # a shell that only sends the reader on
            found += self._sent_on()
        return tuple(dict.fromkeys(found))

    @cached_property
    def asked(self) -> tuple[Link, ...]:
        """What the page's scripts ask for at once: data that may be its list."""
        found = (absolute(self.url, address) for address in self.scripts.asked())
        return tuple(Link(url, "", embedded=True) for url in dict.fromkeys(found) if url)

    @property
    def title(self) -> str:
        """The page's own title, without the site's name behind it."""
        title = squash(self._selector.xpath("string(//title)").get(default=""))
        return re.split(r"[-_|—－]", title)[0]

    def meta(self, name: str) -> str:
        """Give the first meta tag of that name in any case, blanks dropped."""
        for tag in self._selector.xpath("//meta[@name]"):
            if tag.attrib["name"].lower() == name.lower():
                return squash(tag.attrib.get("content", ""))
        return ""

    def _anchors(self, selector: Selector) -> Iterator[Link]:
        for anchor in selector.xpath("//a[@href or @data-href] | //area[@href]")[:MOST_LINKS]:
            text = squash(anchor.xpath("string()").get(default=""))
            shown = squash(
                anchor.attrib.get("title", "")
                or anchor.xpath("string(.//img/@alt)").get(default="")
            )
            cut = text.endswith(("…", "..."))
            text = shown if cut and shown else max(text, shown, key=len)
            if POINTER.fullmatch(text):
                text = _pointed_at(anchor, text) or text
            elif not text and anchor.attrib.get("rel") == "next":
                text = "下一页"
            dated = len(text) > 5 and self._in_dated_row(anchor)
            for name in ("href", "data-href"):
                href = anchor.attrib.get(name, "").strip()
                if href.lower().startswith("javascript:"):
                    yield from self._scripted(unquote(href), text)
                elif url := absolute(self.url, href):
                    yield Link(url, text, dated=dated)

    def _in_dated_row(self, anchor: Selector) -> bool:
        """Tell whether a date stands beside a link, in its row of a list or a table."""
        row = anchor.xpath("(ancestor::li | ancestor::tr | ancestor::dd | ancestor::p)[last()]")
        if not row:
            return _is_dated(anchor.xpath(BESIDE).get(default=""))
        element = row[0].root  # rows of many links are read once
        if element not in self._rows:
            self._rows[element] = _is_dated(row.xpath("string()").get(default=""))
        return self._rows[element]

    def _frames(self, selector: Selector) -> Iterator[Link]:
        for tag, attribute in FRAMES:
            for source in selector.xpath(f"//{tag}/@{attribute}")[:MOST_LINKS].getall():
                if url := absolute(self.url, source):
                    yield Link(url, "", embedded=True)

    def _clicks(self) -> Iterator[Link]:
        for tag in self._selector.xpath("//*[@onclick]")[:MOST_LINKS]:
            text = squash(tag.attrib.get("title", "") or tag.xpath("string()").get(default=""))
            text = text or squash(tag.attrib.get("value", ""))  # of a button
            if POINTER.fullmatch(text):
                text = _pointed_at(tag, text) or text
            yield from self._scripted(tag.attrib["onclick"], text)

    def _marked(self) -> Iterator[Link]:
        """Rows that are no links and bear their address for a script."""
        for tag in self._selector.xpath("//*[not(self::a)][@data-url or @data-href or @data-link]")[
            :MOST_LINKS
        ]:
            text = squash(tag.xpath("string()").get(default=""))
            named = [tag.attrib.get(name, "") for name in ("data-url", "data-href", "data-link")]
            for address in filter(PAGE_LIKE.search, named):
                url = absolute(self.url, address)
                if url and len(text) < LONGEST_POINTED:
                    yield Link(url, text)

    def _options(self) -> Iterator[Link]:
        """Units and years that are chosen from a list."""
        for select in self._selector.xpath("//select"):
            names = [
                select.attrib[name] for name in ("id", "name", "class") if name in select.attrib
            ]
            handler = select.attrib.get("onchange", "")
            for option in select.xpath(".//option[@value]")[:MOST_LINKS]:
                value = option.attrib["value"].strip()
                text = squash(option.xpath("string()").get(default=""))
                found = [value] if PAGE_LIKE.search(value) else []
                if value and not found:
                    found = [*self.scripts.chosen(names, handler, value)]
                for address in found:
                    if url := absolute(self.url, address):
                        yield Link(url, text)

    def _objects(self) -> Iterator[Link]:
        """What an answer in data names, and what scripts name: trees of units, attached files."""
        if self.is_data:
            named = [*objects(self.text)]
        else:
            named = [pair for script in self._scripts() for pair in scripted_objects(script)]
        for address, title in named[:MOST_LINKS]:
            if url := absolute(self.url, address):
                yield Link(url, squash(re.sub(r"<[^<>]*>", "", title)))
        for script in self._scripts():
            for address in QUOTED_DOCUMENT.findall(script):
                if url := absolute(self.url, address):
                    yield Link(url, "", embedded=True)

    def _sent_on(self) -> Iterator[Link]:
        for script in self._scripts():
            if "function" not in script:  # what is only defined sends nobody anywhere
                yield from self._scripted(script, "", embedded=True)

    def _scripts(self) -> list[str]:
        return self._selector.xpath("//script[not(@src)]/text()").getall()

    def _scripted(self, script: str, text: str, embedded: bool = False) -> Iterator[Link]:
        for pattern in (SCRIPTED, QUOTED_DOCUMENT):
            for address in pattern.findall(script):
                if url := absolute(self.url, address):
                    yield Link(url, text, embedded)
        if not embedded:
            for address in self.scripts.led(script):
                if url := absolute(self.url, address):
                    yield Link(url, text)


def _pointed_at(tag: Selector, own: str) -> str:
    """What stands beside a link that only says 查看 or 更多, in its row or under its heading."""
    for ancestor in tag.xpath("ancestor::*[position() <= 3]")[::-1]:
        beside = squash(ancestor.xpath("string()").get(default="")[: 4 * LONGEST_ROW])
        if len(beside) > LONGEST_POINTED:
            return ""
        if beside != own:
            return beside.replace(own, "", 1) if beside.count(own) == 1 else ""
    return ""


def _is_dated(row: str) -> bool:
    return len(row) < LONGEST_ROW and DATE.search(row) is not None


def squash(text: str) -> str:
    """Drop every blank: editors put them between the characters of a title.

    >>> squash("政府信息\u3000公开 年报\\n")
    '政府信息公开年报'
    """
    return BLANK.sub("", text)


def text_of(response: Response) -> str:
    """Decode a page as the build will: strict UTF-8, then what it declares, then GB18030.

    Never as Scrapy guesses: its detector takes a short GB18030 page for Korean.
    """
    return decode(response.body, (response.headers.get("Content-Type") or b"").decode("latin-1"))
