"""A fetched page as the crawl sees it: its text, its titles, and links of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from scrapy import Selector
from scrapy.http import Response, TextResponse

from crawler.address import absolute
from crawler.data import fragments, is_data, objects, scripted_objects

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
SHELL = 3
"""So many links a page may have and still be one that only sends the reader on."""
BLANK = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a page leads. `text` is what the reader sees, blanks dropped; the longer of anchor
    text and title. `embedded` is shown inside the page (a frame, an object, data that a script
    fills in); `dated` stands in a row with a date, as the rows of lists do."""

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
        self._hidden = Selector(text="" if self.is_data else self.pieces, type="html")
        self._rows: dict[object, bool] = {}
        own = self._selector.xpath("//base/@href").get()
        self.url = (base if self.is_data else "") or response.url
        self.url = (own and absolute(self.url, own)) or self.url

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link in order, each address and text once."""
        found = [*self._anchors(self._selector), *self._anchors(self._hidden)]
        found += [*self._frames(), *self._clicks(), *self._options(), *self._objects()]
        if len(found) <= SHELL:  # a shell that only sends the reader on
            found += self._sent_on()
        return tuple(dict.fromkeys(found))

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
            dated = len(text) > 5 and self._in_dated_row(anchor)
            for name in ("href", "data-href"):
                href = anchor.attrib.get(name, "").strip()
                if href.lower().startswith("javascript:"):
                    yield from self._scripted(href, text)
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

    def _frames(self) -> Iterator[Link]:
        for tag, attribute in FRAMES:
            for source in self._selector.xpath(f"//{tag}/@{attribute}")[:MOST_LINKS].getall():
                if url := absolute(self.url, source):
                    yield Link(url, "", embedded=True)

    def _clicks(self) -> Iterator[Link]:
        for tag in self._selector.xpath("//*[@onclick]")[:MOST_LINKS]:
            text = squash(tag.attrib.get("title", "") or tag.xpath("string()").get(default=""))
            yield from self._scripted(tag.attrib["onclick"], text)

    def _options(self) -> Iterator[Link]:
        """Units and years that are chosen from a list."""
        for option in self._selector.xpath("//option[@value]")[:MOST_LINKS]:
            value = option.attrib["value"]
            if PAGE_LIKE.search(value) and (url := absolute(self.url, value)):
                yield Link(url, squash(option.xpath("string()").get(default="")))

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


def _is_dated(row: str) -> bool:
    return len(row) < LONGEST_ROW and DATE.search(row) is not None


def squash(text: str) -> str:
    """Drop every blank: editors put them between the characters of a title.

    >>> squash("政府信息\u3000公开 年报\\n")
    '政府信息公开年报'
    """
    return BLANK.sub("", text)


def text_of(response: Response) -> str:
    """Decode a page: strict UTF-8, then what it declares, then GB18030 with marks for what is bad.

    Declarations lie in both directions, and Chinese text in GBK is practically never valid UTF-8.
    """
    declared = response.encoding if isinstance(response, TextResponse) else "utf-8"
    for name in ("utf-8-sig", declared, "gb18030"):
        try:
            return response.body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return response.body.decode("gb18030", "replace")
